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
});
afterAll(() => ground.close());

const PASSWORD = "Correct-Horse-7";
const environment = new Proxy<Record<string, string>>({}, { get: () => PASSWORD });

async function exported(client: Client, installation = false): Promise<string> {
  const roots = new Set(partsOf(null).filter((kind) => (KINDS[kind].operator ?? false) === installation));
  return writeDocument(withPlaceholders((await readState(client, { roots })).items).items);
}

async function applied(client: Client, file: string, options: { prune?: boolean } = {}) {
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

describe("API-5: an account as a file", () => {
  it("export after apply is the same file octet by octet, and a second apply does nothing", async () => {
    const client = await ground.newAccount();
    expect(await applied(client, EVERYTHING)).toMatchObject({ code: 0, failure: null });
    expect(await exported(client)).toBe(EVERYTHING);
    expect(await applied(client, EVERYTHING, { prune: true })).toMatchObject({ code: 0, steps: [], done: 0 });
  });
});
