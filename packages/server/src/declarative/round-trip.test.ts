import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { carryOut } from "./carry-out.ts";
import type { Client } from "./client.ts";
import { type Ground, openGround, terminalOf } from "./declarative.fixture.ts";
import { KINDS, partsOf } from "./kinds.ts";
import { withPlaceholders } from "./placeholders.ts";
import { readDocument } from "./read-document.ts";
import { readState } from "./read-state.ts";
import { writeDocument } from "./write-document.ts";

let ground: Ground;
beforeAll(async () => {
  ground = await openGround("trunkline.test");
}, 60_000);
afterAll(() => ground.close());

const PASSWORD = "Correct-Horse-7";
const environment = new Proxy<Record<string, string>>({}, { get: () => PASSWORD });

async function exported(client: Client, installation = false): Promise<string> {
  const roots = new Set(partsOf(null).filter((kind) => (KINDS[kind].operator ?? false) === installation));
  return writeDocument(withPlaceholders((await readState(client, { roots })).items).items);
}

async function applied(client: Client, file: string, options: { prune?: boolean; addToInventory?: boolean } = {}) {
  const terminal = terminalOf(true);
  const fixed = {
    prune: false,
    setPasswords: false,
    dryRun: false,
    yes: true,
    json: true,
    environment,
    folder: "/",
    addToInventory: false,
  };
  const code = await carryOut(client, readDocument(file, "test.yaml"), { ...fixed, ...options }, terminal);
  return { code, ...(JSON.parse(terminal.text()) as { steps: unknown[]; done: number; failure: string | null }) };
}

const EVERYTHING = `trunkline: 1
settings:
  home_country: JP
  max_call_duration: 3600
  deprecated_tls_allowed: true
  media_auth_required: false
  second_factor_required: true
debugger_webhook:
  url: https://alerts.example.com/hook
  enabled: false
geo_permissions:
  "*":
    low_risk: true
  "+8190":
    high_risk_tollfraud: true
  JP:
    low_risk: true
    high_risk_special: true
credential_lists:
  PBX users:
    credentials:
      alice:
        password: \${PASSWORD_PBX_USERS_ALICE}
        limit:
          max_cps: 0.5
          max_concurrent_calls: 2
      bob:
        password: \${PASSWORD_PBX_USERS_BOB}
  empty: {}
ip_access_control_lists:
  Offices:
    addresses:
      Osaka:
        address: 2001:db8::/32
      Tokyo:
        address: 192.0.2.0/24
        limit:
          burst: 3
trunks:
  Branch:
    domain: branch.office
  Office:
    domain: office
    secure: true
    cnam_lookup_enabled: true
    transfer_mode: sip-only
    transfer_caller_id: from-transferor
    disaster_recovery_url: https://dr.example.com/twiml
    disaster_recovery_method: GET
    recording_mode: record-from-answer-dual
    recording_trim: trim-silence
    recording_status_callback: https://rec.example.com/hook
    recording_status_callback_event:
      - in-progress
      - completed
    recording_retention_days: 30
    symmetric_rtp_enabled: true
    failover_codes:
      - 404
      - 486
    failover_timeout_ms: 2500
    username: us
    password: \${PASSWORD_OFFICE}
    probe_interval: 30
    client_certificate: true
    own_certificate: true
    client_names:
      - pbx.example.com
    limit:
      max_cps: 10
      burst: 20
      max_concurrent_calls: 100
    origination_urls:
      first:
        sip_url: sip:pbx.example.com;transport=tcp
      second:
        sip_url: sip:192.0.2.9
        priority: 20
        weight: 5
        enabled: false
    credential_lists:
      - PBX users
    ip_access_control_lists:
      - Offices
`;

const INSTALLATION = `trunkline: 1
carriers:
  Inside:
    own_numbers_only: true
  Tokyo Tel:
    enabled: false
    priority: 20
    retry_causes:
      - 503
    max_cps: 50
    max_channels: 400
    caller_id_header: []
    called_number_form: digits
    caller_number_form: north-american
    called_prefix: "0091"
    added_headers:
      - "X-Route: a"
    removed_headers:
      - x-internal
    codecs:
      - pcma
      - pcmu
    srtp: true
    username: us
    password: \${PASSWORD_TOKYO_TEL}
    probe_interval: 30
    client_certificate: true
    registrar_url: sip:reg.example.com
    registration_expires: 600
    targets:
      sip:sbc.example.com;transport=tls:
        priority: 5
    prefixes:
      "*": {}
      "+81":
        cost: 0.0125
    sources:
      - 192.0.2.0/24
      - 198.51.100.7/32 port 5060
`;

const NUMBERS = `trunkline: 1
trunks:
  Office: {}
numbers:
  "+12125550180":
    friendly_name: Front desk
    trunk: Office
    voice_url: https://www.example.com/voice.xml
    voice_method: GET
    status_callback: https://www.example.com/status
  "+12125550181": {}
`;

describe("API-5: an account as a file", () => {
  it("export after apply is the same file octet by octet, and a second apply does nothing", async () => {
    const client = await ground.newAccount();
    expect(await applied(client, EVERYTHING)).toMatchObject({ code: 0, failure: null });
    expect(await exported(client)).toBe(EVERYTHING);
    expect(await applied(client, EVERYTHING, { prune: true })).toMatchObject({ code: 0, steps: [], done: 0 });
  });

  it("the operator's part too, and another file's changes, and pruning all of it", async () => {
    const client = ground.asOperator((await ground.newAccount()).accountSid);
    expect(await applied(client, INSTALLATION)).toMatchObject({ code: 0, failure: null });
    expect(await exported(client, true)).toBe(INSTALLATION);
    const changed = INSTALLATION.replace("priority: 5", "priority: 7").replace(/ {4}codecs:\n.*\n.*\n/, "");
    expect(await applied(client, changed)).toMatchObject({ code: 0, done: 2, failure: null });
    expect(await exported(client, true)).toBe(changed);
    expect(await applied(client, "trunkline: 1\ncarriers: {}", { prune: true })).toMatchObject({ code: 0, done: 2 });
    expect(await exported(client, true)).toBe("trunkline: 1\n");
  });

  it("numbers that the operator puts into the inventory, with their trunk; a customer buys what is on sale", async () => {
    const client = ground.asOperator((await ground.newAccount()).accountSid);
    expect(await applied(client, NUMBERS, { addToInventory: true })).toMatchObject({ code: 0, failure: null });
    expect(await exported(client)).toBe(NUMBERS);
    const moved = NUMBERS.replace(/ {4}trunk: Office\n/, "").replace("voice.xml", "other.xml");
    expect(await applied(client, moved)).toMatchObject({ code: 0, failure: null, done: 1 });
    expect(await exported(client)).toBe(moved);
    const customer = await ground.newAccount();
    const theirs = "trunkline: 1\nnumbers:\n  +12125550190: {}\n";
    expect(await applied(customer, theirs)).toMatchObject({
      code: 1,
      done: 0,
      failure: expect.stringContaining("21422"),
    });
    await client.post("/trunkline/v1/InventoryNumbers", { PhoneNumber: "+12125550190" });
    expect(await applied(customer, theirs)).toMatchObject({ code: 0, failure: null });
  });

  it("a customer is told that carriers are the operator's", async () => {
    const client = await ground.newAccount();
    await expect(applied(client, INSTALLATION)).rejects.toThrow(/403 .*only the operator/);
  });

  it("two things with one name are refused, with what to do", async () => {
    const client = await ground.newAccount();
    await client.post("/v1/Trunks", { FriendlyName: "Office" });
    await client.post("/v1/Trunks", { FriendlyName: "Office" });
    await client.post("/v1/Trunks", {});
    await expect(exported(client)).rejects.toThrow(
      /^trunk "Office" is there more than once \(TK\w+ is the second\); give one of them another name\ntrunk TK\w+ has no name/,
    );
  });

  it("any configuration comes back as it was written, and pruned to nothing", async () => {
    await fc.assert(
      fc.asyncProperty(configuration, async (file) => {
        const client = await ground.newAccount();
        expect(await applied(client, file)).toMatchObject({ code: 0, failure: null });
        expect(await exported(client)).toBe(file);
        const nothing = "trunkline: 1\ntrunks: {}\ncredential_lists: {}\nip_access_control_lists: {}\n";
        expect(await applied(client, nothing, { prune: true })).toMatchObject({ code: 0, failure: null });
        expect(await exported(client)).toBe("trunkline: 1\n");
      }),
      { numRuns: 8 },
    );
  });
});

const name = fc
  .string({ unit: "grapheme", minLength: 1, maxLength: 20 })
  // biome-ignore lint/suspicious/noControlCharactersInRegex: names have none.
  .filter((one) => !/[\u0000-\u001f\u007f]/.test(one) && one.trim() !== "" && one !== "__proto__");
const names = fc.uniqueArray(name, { maxLength: 3 });
const label = fc.stringMatching(/^[a-z]{12}$/);

/** Files in the form in which they are exported. */
const configuration = fc
  .record({
    lists: names,
    acls: names,
    trunks: fc.uniqueArray(
      fc.record({ name, domain: label, secure: fc.boolean(), urls: names, failover: fc.boolean() }),
      {
        maxLength: 3,
        selector: (one) => one.name,
      },
    ),
  })
  .map(({ lists, acls, trunks }) => {
    const text = JSON.stringify({
      trunkline: 1,
      credential_lists: Object.fromEntries(lists.map((one) => [one, {}])),
      ip_access_control_lists: Object.fromEntries(
        acls.map((one) => [one, { addresses: { one: { address: `192.0.2.${one.length}` } } }]),
      ),
      trunks: Object.fromEntries(
        trunks.map((trunk) => [
          trunk.name,
          {
            domain: trunk.domain,
            secure: trunk.secure,
            ...(trunk.failover ? { failover_codes: [404, 404, 486] } : {}),
            origination_urls: Object.fromEntries(trunk.urls.map((one, i) => [one, { sip_url: `sip:192.0.2.${i}` }])),
            credential_lists: lists,
            ip_access_control_lists: acls,
          },
        ]),
      ),
    });
    return writeDocument(readDocument(text, "random.json").items);
  });
