import { errorCodes, errorEntry } from "@trunkline/trunking";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Customer, keptOf, newCustomer } from "../support/customer.ts";
import { type Platform, startPlatform } from "../support/platform.ts";
import type { Heard } from "../support/scripted-dialog.ts";
import { haveSipp } from "../support/sipp.ts";
import { PLAIN_OFFER, runSipp, type SippCall, SRTP_OFFER } from "../support/sipp-call.ts";

const PBX = "127.0.0.51";
/** TEST-NET-1 (RFC 5737): nobody calls from there. */
const UNLISTED = "192.0.2.51";
const LOGIN = { username: "pbx", password: "Correct-Horse-9" };
const WRONG_PASSWORD = { ...LOGIN, password: "Wrong-Horse-9" };
const WRONG_USER = { ...LOGIN, username: "nobody" };

let platform: Platform;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(async () => {
  expect(platform.log()).toBe("");
  expect(await platform.stop()).toBe(0);
});

/** What is set for a customer whose trunk nobody may call over yet. */
type Configure = (customer: Customer) => Promise<unknown>;

const all =
  (...parts: readonly Configure[]): Configure =>
  async (customer) => {
    for (const part of parts) await part(customer);
  };
const nothing: Configure = async () => undefined;
const listed: Configure = (customer) => customer.listAddress(PBX);
const listedElsewhere: Configure = (customer) => customer.listAddress(UNLISTED);
const withLogin: Configure = (customer) => customer.addLogin(LOGIN);
const secure: Configure = ({ post, trunkSid }) => post(`/v1/Trunks/${trunkSid}`, { Secure: "true" });
const account =
  (change: Readonly<Record<string, string>>): Configure =>
  ({ sid }) =>
    platform.post(`/2010-04-01/Accounts/${sid}.json`, change, "operator");
const limit =
  (form: Readonly<Record<string, string>>): Configure =>
  ({ post, trunkSid }) =>
    post(`/trunkline/v1/Trunks/${trunkSid}`, form);
const pooled =
  (form: Readonly<Record<string, string>>): Configure =>
  ({ sid }) =>
    platform.post("/trunkline/v1/Limits", { OwnerSid: sid, ...form }, "operator");
const limitOf =
  (owner: (customer: Customer) => Promise<string>, form: Readonly<Record<string, string>>): Configure =>
  async (customer) =>
    customer.post("/trunkline/v1/Limits", { OwnerSid: await owner(customer), ...form });
/** Twilio's own surface. */
const country =
  (isoCode: string, low: boolean): Configure =>
  ({ post }) =>
    post("/v1/DialingPermissions/BulkCountryUpdates", {
      UpdateRequest: JSON.stringify([{ iso_code: isoCode, low_risk_numbers_enabled: low }]),
    });
const prefix =
  (destination: string, low: boolean): Configure =>
  ({ post }) =>
    post("/trunkline/v1/GeoPermissions", { Destination: destination, LowRiskNumbersEnabled: String(low) });
const TRIAL = { Type: "Trial" };
const NONE_AT_ONCE = { MaxConcurrentCalls: "0" };
const SELDOM = { MaxCps: "0.1" };

/** A call to a number that is busy, from the customer's number, except for what is said; `{number}` and `{domain}` are the customer's. */
type Dialled = Partial<Pick<SippCall, "forwards" | "body" | "login" | "calls">> & {
  readonly to?: string;
  readonly host?: string;
  readonly from?: string;
  readonly headers?: readonly string[] | ((customer: Customer) => Promise<readonly string[]>);
};

/** The simulated PSTN says this number's status; who hears 486 has passed every rule of ours. */
const saying = (status: number): Dialled => ({ to: `+15005551${status}` });
const BUSY = "+15005551486";
const LONDON = "+442079460000";
const FOREIGN = "<sip:+14155550199@pbx.example>";
const NO_NUMBER = "<sip:office@pbx.example>";

/** What a call carries that was here twice: the mark that it would get now (EVD-3), two times. */
async function backAgain({ post, number, domain }: Customer): Promise<readonly string[]> {
  const call = { Source: PBX, RequestUri: `sip:${BUSY}@${domain}`, From: number };
  const { targets } = await post<{ targets: { headers: string[] }[] }>("/trunkline/v1/Simulations", call);
  const mark = targets[0]?.headers.find((line) => line.startsWith("X-Trunkline-Hops: ")) ?? "";
  return [`${mark}, ${mark.replace(/^.*: /, "")}`];
}

type Row = readonly [
  ids: string,
  title: string,
  configure: Configure,
  dialled: Dialled,
  /** Status and phrase of the last answer. */
  wire: string,
  /** Text of `X-Twilio-Error`, code and text of the alert, code of the record; empty: no refusal of ours, and none of these. */
  alert: string,
  /** The last step of the decision trace. */
  rule: string,
];

const NOT_LISTED = "32201 Authentication failure - source IP Address not in ACL";
const BAD_LOGIN = "32202 Authentication failure - bad user credentials";
const BAD_NUMBER = "32101 Invalid phone number";
const BAD_CALLER = "32204 Invalid Caller ID";
const UNVERIFIED = "32100 Trial accounts may only make calls to verified numbers";
const NO_COUNTRY = "32205 No International Authorization";
const CLOSED = "10001 Account is not active";
const TRUNK_CPS = "32001 Trunk CPS limit exceeded";
const POOL_CPS = "32012 Account trunking CPS limit exceeded";
const AT_ONCE = "10004 Trunk concurrent call limit exceeded";

/** In the order in which it is looked at (contract §8.2). */
// biome-ignore format: a table
const REFUSALS: readonly Row[] = [
  ["TERM-2", "nothing authenticates the trunk", nothing, {}, "403 Insufficient permissions", "32200 Insufficient permissions - trunk has no authentication configured", "termination.authentication"],
  ["TERM-2", "an address in no list", listedElsewhere, {}, "403 Forbidden", NOT_LISTED, "termination.acl"],
  ["TERM-2", "an address in no list, whatever password it has", all(listedElsewhere, withLogin), { login: LOGIN }, "403 Forbidden", NOT_LISTED, "termination.acl"],
  ["TERM-2", "a wrong password", withLogin, { login: WRONG_PASSWORD }, "403 Forbidden", BAD_LOGIN, "termination.digest"],
  ["TERM-2", "an unknown user", withLogin, { login: WRONG_USER }, "403 Forbidden", BAD_LOGIN, "termination.digest"],
  ["TERM-2", "a listed address with a wrong password: both must pass", all(listed, withLogin), { login: WRONG_PASSWORD }, "403 Forbidden", BAD_LOGIN, "termination.digest"],
  ["ACC-1", "a suspended account", all(listed, account({ Status: "suspended" })), {}, "603 Decline", CLOSED, "termination.account"],
  ["ACC-1", "a closed account", all(listed, account({ Status: "closed" })), {}, "603 Decline", CLOSED, "termination.account"],
  ["SEC-2", "a secure trunk called without TLS", all(listed, secure), { body: SRTP_OFFER }, "488 Secure SIP transport required", "32209 Secure SIP transport required", "termination.secure-transport"],
  ["TERM-6", "Max-Forwards used up", listed, { forwards: 0 }, "483 Too Many Hops", "32006 Too many hops", "termination.max-forwards"],
  ["LIM-1", "a trunk's calls per second", all(listed, limit(SELDOM)), { calls: 2 }, "503 Trunk CPS limit exceeded", TRUNK_CPS, "termination.limits"],
  ["LIM-1", "a trunk's calls at once", all(listed, limit(NONE_AT_ONCE)), {}, "503 Trunk concurrent call limit exceeded", AT_ONCE, "termination.limits"],
  ["LIM-1", "an account's calls per second", all(listed, pooled(SELDOM)), { calls: 2 }, "503 Account CPS limit exceeded", POOL_CPS, "termination.limits"],
  ["LIM-1", "an account's calls at once", all(listed, pooled(NONE_AT_ONCE)), {}, "503 Account concurrent call limit exceeded", AT_ONCE, "termination.limits"],
  ["LIM-1", "an address's calls per second", limitOf((one) => one.listAddress(PBX), SELDOM), { calls: 2 }, "503 Source CPS limit exceeded", TRUNK_CPS, "termination.limits"],
  ["LIM-1", "a credential's calls per second", limitOf((one) => one.addLogin(LOGIN), SELDOM), { calls: 2, login: LOGIN }, "503 Credential CPS limit exceeded", TRUNK_CPS, "termination.limits"],
  ["ACC-2", "a trial's calls per second", all(listed, account(TRIAL)), { calls: 2 }, "503 Account CPS limit exceeded", POOL_CPS, "termination.limits"],
  ["TERM-4", "a number without +", listed, { to: "15005551486" }, "400 Invalid Phone Number", BAD_NUMBER, "termination.called-number"],
  ["TERM-4", "an international prefix", listed, { to: "0015005551486" }, "400 Invalid Phone Number", BAD_NUMBER, "termination.called-number"],
  ["TERM-4", "a country code that begins with 0", listed, { to: "+05005551486" }, "400 Invalid Phone Number", BAD_NUMBER, "termination.called-number"],
  ["TERM-4", "sixteen digits", listed, { to: "+1500555148600000" }, "400 Invalid Phone Number", BAD_NUMBER, "termination.called-number"],
  ["TERM-4", "an extension", listed, { to: "100" }, "400 Invalid Phone Number", BAD_NUMBER, "termination.called-number"],
  ["TERM-4", "a name", listed, { to: "office" }, "400 Invalid Phone Number", BAD_NUMBER, "termination.called-number"],
  ["TERM-4", "a service that is no emergency number", listed, { to: "119" }, "400 Invalid Phone Number", BAD_NUMBER, "termination.called-number"],
  ["TERM-5", "a caller ID of somebody else", listed, { from: FOREIGN }, "403 Invalid Caller ID", BAD_CALLER, "termination.caller-id"],
  ["TERM-5", "no caller ID anywhere", listed, { from: NO_NUMBER }, "403 Invalid Caller ID", BAD_CALLER, "termination.caller-id"],
  ["TERM-5", "somebody else's in Remote-Party-ID, where From has none", listed, { from: NO_NUMBER, headers: [`Remote-Party-ID: ${FOREIGN}`, "P-Asserted-Identity: <sip:{number}@{domain}>"] }, "403 Invalid Caller ID", BAD_CALLER, "termination.caller-id"],
  ["TERM-5", "a caller ID that is not E.164", listed, { from: "<sip:13035550001@pbx.example>" }, "403 Invalid From Number", "32206 Invalid From number", "termination.caller-id"],
  ["ACC-2", "a trial to an unverified number", all(listed, account(TRIAL)), {}, `400 The number ${BUSY} is unverified`, UNVERIFIED, "termination.trial"],
  ["ACC-2", "a trial with a caller ID of somebody else", all(listed, account(TRIAL)), { from: FOREIGN }, "403 Invalid Caller ID", BAD_CALLER, "termination.caller-id"],
  ["TERM-13", "a country that nobody opened", listed, { to: LONDON }, "403 No International Authorization", NO_COUNTRY, "termination.geo-permission"],
  ["TERM-13", "the home country, closed", all(listed, country("US", false)), {}, "403 No International Authorization", NO_COUNTRY, "termination.geo-permission"],
  ["TERM-13", "a prefix closed in an open country", all(listed, country("GB", true), prefix("+4420", false)), { to: LONDON }, "403 No International Authorization", NO_COUNTRY, "termination.geo-permission"],
  ["TERM-13", "a high-risk number of an open country", all(listed, country("GB", true)), { to: "+447012345678" }, "403 No International Authorization", NO_COUNTRY, "termination.geo-permission"],
  ["SEC-2", "SRTP on a trunk that is not secure", listed, { body: SRTP_OFFER }, "488 Secure media not accepted", "32207 Secure media not accepted", "termination.secure-media"],
  ["LIM-4", "a call that comes back for the third time", listed, { headers: backAgain }, "482 Loop Detected", "32006 Too many hops", "termination.loop"],
  ["TERM-11", "a call reason of 51 characters", listed, { headers: [`X-Branded-CallReason: ${"x".repeat(51)}`] }, "400 Invalid X-Branded-CallReason", "32115 X-Branded-CallReason is longer than 50 characters", "termination.call-reason"],
  ["TERM-11", "SDP that cannot be read", listed, { body: "v=0\r\nthis is no SDP\r\n" }, "400 Bad SDP", "32102 Bad SDP", "call.refusal"],
];

/** Every form of the domain, every way to prove oneself and to name oneself; the far side's answer is passed on as it is. */
// biome-ignore format: a table
const PASSES: readonly Row[] = [
  ["TERM-1", "the localized form of the domain", listed, { host: "{name}.pstn.frankfurt.{zone}" }, "486 Busy Here", "", "call.attempt"],
  ["TERM-1", "the form of a region", listed, { host: "{name}.pstn.ie1.{zone}" }, "486 Busy Here", "", "call.attempt"],
  ["TERM-1", "the domain in capitals", listed, { host: "{NAME}.PSTN.{zone}" }, "486 Busy Here", "", "call.attempt"],
  ["TERM-2", "a listed address", listed, {}, "486 Busy Here", "", "call.attempt"],
  ["TERM-2, TERM-3", "the right password", withLogin, { login: LOGIN }, "486 Busy Here", "", "call.attempt"],
  ["TERM-2", "a listed address with the right password", all(listed, withLogin), { login: LOGIN }, "486 Busy Here", "", "call.attempt"],
  ["TERM-5", "Remote-Party-ID, where From has no number", listed, { from: NO_NUMBER, headers: ["Remote-Party-ID: <sip:{number}@{domain}>;party=calling"] }, "486 Busy Here", "", "call.attempt"],
  ["TERM-5", "P-Asserted-Identity, where neither has one", listed, { from: NO_NUMBER, headers: ["Remote-Party-ID: <sip:office@pbx.example>", "P-Asserted-Identity: <sip:{number}@{domain}>"] }, "486 Busy Here", "", "call.attempt"],
  ["TERM-6", "the last hop", listed, { forwards: 1 }, "486 Busy Here", "", "call.attempt"],
  ["TERM-13", "a prefix opened in a closed country", all(listed, country("US", false), prefix("+1500555", true)), {}, "486 Busy Here", "", "call.attempt"],
  ["TERM-11", "a call reason of 50 characters", listed, { headers: [`X-Branded-CallReason: ${"x".repeat(50)}`] }, "486 Busy Here", "", "call.attempt"],
  ["TERM-12", "the far side has no such number", listed, saying(404), "404 Not Found", "", "call.attempt"],
  ["TERM-12", "the far side does not take the media", listed, saying(415), "415 Unsupported Media Type", "", "call.attempt"],
  ["TERM-12", "the far side does not answer", listed, saying(480), "480 Temporarily Unavailable", "", "call.attempt"],
  ["TERM-12", "the far side declines", listed, saying(603), "603 Decline", "", "call.attempt"],
  ["TERM-12", "the far side is overloaded, and there is no other", listed, saying(503), "503 Service Unavailable", "", "call.attempt"],
  ["TERM-12", "the far side asks us for a password, which is no business of the caller's", listed, saying(407), "502 Bad Gateway", "", "call.attempt"],
];

/** What a switch would say (ITU-T Q.850), after RFC 3398 §8.2.6.1. */
const CAUSES: Readonly<Record<string, number>> = {
  ...{ 400: 41, 403: 21, 404: 1, 415: 79, 480: 19, 482: 25, 483: 25, 486: 17, 488: 65, 502: 38, 503: 41, 603: 21 },
};
/** Rules that hide from strangers what is configured: they read what the code says, and no more. */
const PROVED_NOTHING: ReadonlySet<string> = new Set(["termination.authentication", "termination.acl"]);
/** Contract §12; the others are errors. */
const WARNINGS: ReadonlySet<string> = new Set(["32006", "32012", "32100", "32101", "32102"]);
/** Contract §4.1 "Calls"; the others failed. */
const STATUSES: Readonly<Record<string, string>> = { 480: "no-answer", 486: "busy" };

const TRANSPORTS = ["udp", "tcp"] as const;

/** Sets up a customer and calls; gives the last answer, and what is kept of that call. */
async function play(configure: Configure, dialled: Dialled, transport: (typeof TRANSPORTS)[number], alerts: number) {
  const customer = await newCustomer(platform);
  await configure(customer);
  const { domain, number, sid } = customer;
  const name = domain.split(".")[0] ?? "";
  const fill = (text: string): string =>
    text
      .replaceAll("{domain}", domain)
      .replaceAll("{number}", number)
      .replaceAll("{name}", name)
      .replaceAll("{NAME}", name.toUpperCase())
      .replaceAll("{zone}", platform.zone);
  const { to = BUSY, host = "{domain}", from = "<sip:{number}@{domain}>", headers = [], ...rest } = dialled;
  const lines = typeof headers === "function" ? await headers(customer) : headers.map(fill);
  const { answers, errors } = await runSipp("refused.xml", {
    ...{ transport, target: `${platform.sipHost}:${platform.sipPort}`, address: PBX },
    ...{ uri: fill(`sip:${to}@${host}`), from: fill(from), headers: lines, body: PLAIN_OFFER, ...rest },
  });
  const answer = answers.at(-1);
  if (!answer) throw new Error(`no answer: ${errors}`);
  return { answer, answers, kept: await keptOf(platform, sid, answer.header("X-Twilio-CallSid"), alerts) };
}

describe.skipIf(!haveSipp).concurrent.each(TRANSPORTS)("SIPp over %s calls out (contract §8.3)", (transport) => {
  it.each(REFUSALS)("%s: %s", async (_ids, _title, configure, dialled, wire, alert, rule) => {
    const { answer, kept } = await play(configure, dialled, transport, 1);
    expect(answer.startLine).toBe(`SIP/2.0 ${wire}`);
    expect(answer.header("X-Twilio-Error")).toBe(alert);
    const [code = "", text] = split(alert);
    const [status = "", phrase] = split(wire);
    const [last] = kept.trace.slice(-1);
    expect(last).toMatchObject({ rule, verdict: "refuse" });
    expectReason(answer, status, [text, ...(PROVED_NOTHING.has(rule) ? [] : [last?.detail ?? ""])]);
    expect(kept).toMatchObject({
      ...{ direction: "trunking-terminating", status: "failed", ended_by: "platform", attempts: [] },
      ...{ sip_status: Number(status), reason: phrase, error_code: Number(code) },
    });
    expect(kept.alerts).toEqual([
      expect.objectContaining({
        ...{ error_code: code, log_level: WARNINGS.has(code) ? "warning" : "error" },
        alert_text: expect.stringContaining(`${text}: `),
      }),
    ]);
    const waitSec = answer.header("Retry-After");
    if (status !== "503") expect(waitSec).toBe("");
    else expect(last?.detail).toContain(`Try again in ${waitSec} s.`);
  });

  it.each(PASSES)("%s: %s", async (_ids, _title, configure, dialled, wire, _alert, rule) => {
    const { answer, kept } = await play(configure, dialled, transport, 0);
    expect(answer.startLine).toBe(`SIP/2.0 ${wire}`);
    expect([answer.all("X-Twilio-Error"), answer.all("Retry-After"), kept.alerts]).toEqual([[], [], []]);
    const [status = "", phrase] = split(wire);
    expectReason(answer, status, [phrase, kept.attempts[0]?.reason ?? ""]);
    expect(kept.trace.at(-1)).toMatchObject({ rule, verdict: "refuse" });
    expect(kept).toMatchObject({
      ...{ direction: "trunking-terminating", status: STATUSES[status] ?? "failed", ended_by: "callee" },
      ...{ sip_status: Number(status), reason: phrase, error_code: null, attempts: [{ reason: expect.any(String) }] },
    });
  });
});

/** Refusals that calls like these do not meet, and where they are proved. */
const ELSEWHERE: Readonly<Record<number, string>> = {
  13224: "termination-matrix-carriers.test.ts",
  32010: "origination-matrix.test.ts",
  32103: "termination-matrix-calls.test.ts",
  32208: "termination-matrix-calls.test.ts",
  32210: "termination-matrix-calls.test.ts",
  32219: "origination-matrix.test.ts",
  32203: "no number and no pattern of calls is blocked yet (LIM-3)",
  32218: "transfers are refused, but only inside of calls (XFER-1)",
};

it("TERM-11: no refusal of the catalogue is left out", () => {
  const refusals = errorCodes().filter((code) => errorEntry(code).sip !== null);
  const met = REFUSALS.map(([, , , , , alert]) => Number(alert.slice(0, 5)));
  expect([...new Set([...met, ...Object.keys(ELSEWHERE).map(Number)])].toSorted()).toEqual([...refusals].toSorted());
});

/** Status and phrase, or code and text. */
function split(line: string): [number: string, text: string] {
  const at = line.indexOf(" ");
  return [line.slice(0, at), line.slice(at + 1)];
}

/** RFC 3326, RFC 6432: the cause that goes with the status, and one of these sentences. */
function expectReason(answer: Heard, status: string, sentences: readonly string[]): void {
  const [, cause, text = ""] = /^Q\.850;cause=(\d+);text="(.*)"$/.exec(answer.header("Reason")) ?? [];
  expect([answer.all("Reason").length, Number(cause)]).toEqual([1, CAUSES[status]]);
  expect(sentences.map((sentence) => sentence.slice(0, 120))).toContain(text.replace(/\\(.)/g, "$1"));
}
