import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { carryOut } from "./carry-out.ts";
import { type Client, createClient } from "./client.ts";
import { type Ground, openGround, terminalOf } from "./declarative.fixture.ts";
import { openPasswordFile } from "./password-file.ts";
import { readDocument } from "./read-document.ts";
import { openTwilio } from "./twilio.fixture.ts";
import { readTwilio } from "./twilio.ts";
import { writeDocument } from "./write-document.ts";

let there: Ground;
let here: Ground;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "trunkline-import-"));
  [there, here] = await Promise.all([openGround("twilio.test"), openGround("sip.example.com")]);
}, 60_000);
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await Promise.all([there.close(), here.close()]);
});

const OPTIONS = {
  prune: false,
  setPasswords: false,
  dryRun: false,
  yes: true,
  json: true,
  folder: "/",
  addToInventory: false,
};
const quiet = (): void => undefined;

type Outcome = {
  readonly code: number;
  readonly steps: readonly { readonly kind: string; readonly path: readonly string[] }[];
  readonly notes: readonly string[];
  readonly done: number;
  readonly failure: string | null;
};

async function imported(from: Client, to: Client, passwords?: string): Promise<Outcome> {
  const terminal = terminalOf(true);
  const file = passwords === undefined ? undefined : openPasswordFile(passwords, {});
  const taken = await readTwilio(from, quiet);
  const code = await carryOut(
    to,
    taken,
    {
      ...OPTIONS,
      environment: file?.environment ?? {},
      withoutUnknownPasswords: true,
      notes: taken.notes,
      beforeApplying: () => file?.save(),
    },
    terminal,
  );
  return { code, ...(JSON.parse(terminal.text()) as Omit<Outcome, "code">) };
}

const ACCOUNT = `trunkline: 1
geo_permissions: {JP: {low_risk: true}}
credential_lists:
  PBX users:
    credentials:
      alice:
        password: \${P}
  empty:
ip_access_control_lists: {Offices: {addresses: {Tokyo: {address: 192.0.2.0/24}}}}
trunks:
  Office:
    domain: office
    secure: true
    recording_mode: record-from-answer-dual
    origination_urls: {first: {sip_url: "sip:192.0.2.9", priority: 5, enabled: false}}
    credential_lists: [PBX users]
    ip_access_control_lists: [Offices]
`;

describe("API-5: the file of new passwords", () => {
  it("keeps what it has, and adds what is asked for; the environment wins", () => {
    const path = join(folder, "kept.env");
    writeFileSync(path, "# ours\nPASSWORD_A='Kept-1'", { mode: 0o644 });
    const file = openPasswordFile(path, { PASSWORD_C: "Given-1" });
    const { PASSWORD_A: a, PASSWORD_B: b, PASSWORD_C: c } = file.environment;
    expect([a, c, file.environment["PASSWORD_B"]]).toEqual(["Kept-1", "Given-1", b]);
    file.save();
    expect(readFileSync(path, "utf8")).toBe(`# ours\nPASSWORD_A='Kept-1'\nPASSWORD_B='${b}'\n`);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    writeFileSync(path, "something else\n");
    expect(() => openPasswordFile(path, {})).toThrow(/holds no passwords; name another file/);
  });
});

describe("API-5: trunkline import-twilio", () => {
  it("takes over another installation's account; passwords are made into a private file; again: nothing to do", async () => {
    const [from, to] = [await there.newAccount(), await here.newAccount()];
    const declared = readDocument(ACCOUNT, "there.yaml");
    await carryOut(from, declared, { ...OPTIONS, environment: { P: "Correct-Horse-7" } }, terminalOf(true));
    const passwords = join(folder, "passwords");
    const first = await imported(from, to, passwords);
    expect(first).toMatchObject({ code: 0, failure: null, notes: [] });
    expect(statSync(passwords).mode & 0o777).toBe(0o600);
    expect(readFileSync(passwords, "utf8")).toMatch(/^PASSWORD_PBX_USERS_ALICE='Aa1[0-9a-f]{32}'\n$/);
    expect(JSON.stringify(first)).not.toMatch(/Aa1[0-9a-f]{32}/);
    const [one, other] = [await readTwilio(from, quiet), await readTwilio(to, quiet)];
    expect(writeDocument(other.items)).toBe(writeDocument(one.items));
    const trunk = (await here.store.trunks.list(to.accountSid, { limit: 10 })).rows[0];
    expect(trunk).toMatchObject({ domainName: "office.pstn.sip.example.com", secure: true });
    expect(await imported(from, to, passwords)).toMatchObject({ code: 0, steps: [], done: 0 });
  });

  it("without a place for passwords, leaves users out and says what to do; nothing is written", async () => {
    const [from, to] = [await there.newAccount(), await here.newAccount()];
    const declared = readDocument(ACCOUNT.replace("domain: office", "domain: second"), "there.yaml");
    await carryOut(from, declared, { ...OPTIONS, environment: { P: "Correct-Horse-7" } }, terminalOf(true));
    const { notes, code, steps } = await imported(from, to);
    expect(code).toBe(0);
    expect(steps.map(({ kind }) => kind)).not.toContain("credential");
    expect(notes).toEqual([expect.stringMatching(/^credential "alice" .*PASSWORD_PBX_USERS_ALICE is not set/)]);
    expect(existsSync(join(folder, "none"))).toBe(false);
  });

  it("an account of Twilio's: paged, busy at times, with names twice and what there is no place for", async () => {
    const twilio = await openTwilio();
    const to = await here.newAccount();
    const from = createClient({ ...twilio.access, baseUrl: twilio.origin }, { pauseMs: 1 });
    const taken = await readTwilio(from, quiet);
    expect(writeDocument(taken.items.filter(({ kind }) => kind !== "number"))).toBe(IMPORTED);
    expect(
      taken.items.filter(({ kind }) => kind === "number").map(({ path, fields }) => [path[0], fields["trunk"]]),
    ).toEqual([
      ["+12025550100", "Office"],
      ["+12025550101", null],
    ]);
    expect(taken.notes).toEqual([
      expect.stringMatching(/^trunk "Office" \(TK0{31}2\): its name is not its own; it is called "Office 2" here/),
      expect.stringMatching(/^number "\+12025550101": voice application AP1/),
      expect.stringMatching(/^dialing permission "XX"/),
      expect.stringMatching(/^caller ID "\+12025550199": verify it here/),
    ]);
    expect(twilio.busyAnswers).toBe(1);
    const trunksAlone = {
      ...taken,
      items: taken.items.filter(({ kind }) => kind !== "number" && kind !== "credential"),
    };
    const terminal = terminalOf(true);
    expect(await carryOut(to, trunksAlone, { ...OPTIONS, environment: {} }, terminal)).toBe(0);
    twilio.close();
  });

  it("stops at the first failure, says so, and goes on from there", async () => {
    const to = await here.newAccount();
    const file = (domain: string) =>
      readDocument(`trunkline: 1\ntrunks: {A: {}, B: {domain: ${domain}}, C: {}}`, "f.yaml");
    await here
      .asOperator((await here.newAccount()).accountSid)
      .post("/v1/Trunks", { DomainName: "taken.pstn.sip.example.com" });
    const terminal = terminalOf(true);
    expect(await carryOut(to, file("taken"), { ...OPTIONS, json: false, environment: {} }, terminal)).toBe(1);
    expect(terminal.text()).toMatch(
      /2 of 3 done\. This failed:\n {2}\+ trunk "B"\n {6}.*\(21248\) The DomainName is taken/,
    );
    const again = terminalOf(true);
    expect(await carryOut(to, file("free"), { ...OPTIONS, json: false, environment: {} }, again)).toBe(0);
    expect(again.text()).toContain("Done: 1 created, 0 changed, 0 deleted.");
  });

  it("a no changes nothing, and a dry run asks nobody", async () => {
    const to = await here.newAccount();
    const file = readDocument("trunkline: 1\ntrunks: {A: {}}", "f.yaml");
    const no = terminalOf(false);
    expect(await carryOut(to, file, { ...OPTIONS, yes: false, json: false, environment: {} }, no)).toBe(1);
    expect(no.text()).toContain("Nothing was changed.");
    expect(await carryOut(to, file, { ...OPTIONS, yes: false, dryRun: true, environment: {} }, terminalOf(true))).toBe(
      0,
    );
    expect((await here.store.trunks.list(to.accountSid, { limit: 1 })).rows).toEqual([]);
  });
});

const IMPORTED = `trunkline: 1
geo_permissions:
  CA:
    low_risk: true
  US:
    low_risk: true
credential_lists:
  PBX:
    credentials:
      alice:
        password: \${PASSWORD_PBX_ALICE}
ip_access_control_lists: {}
trunks:
  Office:
    domain: acme
    disaster_recovery_url: https://dr.example.com/
    recording_mode: record-from-answer
    origination_urls:
      first:
        sip_url: sip:192.0.2.1
    credential_lists:
      - PBX
  Office 2: {}
`.replace("ip_access_control_lists: {}\n", "");
