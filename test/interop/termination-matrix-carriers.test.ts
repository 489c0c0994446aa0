import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Customer, keptOf, newCustomer } from "../support/customer.ts";
import { eventually } from "../support/eventually.ts";
import { freeSipPort, type Platform, startPlatform } from "../support/platform.ts";
import type { Heard } from "../support/scripted-dialog.ts";
import { haveSipp, startSipp } from "../support/sipp.ts";
import { heardIn, PLAIN_OFFER, runSipp } from "../support/sipp-call.ts";
import { type Manner, openSippServer, type SippServer } from "../support/sipp-server.ts";

const PBX = "127.0.0.53";
const CARRIER = "127.0.0.54";
const OPERATOR = "operator";
/** The demo's carrier, which takes every number that no other has. */
const SIMULATED = `/trunkline/v1/Carriers/CX${"0".repeat(31)}1`;

let platform: Platform;
beforeAll(async () => {
  platform = await startPlatform();
  await platform.post(SIMULATED, { Enabled: "false" }, OPERATOR);
});
afterAll(async () => {
  const told = platform.log().split("\n").slice(0, -1);
  expect(told.filter((line) => !line.includes('"msg":"target is down"'))).toEqual([]);
  expect(await platform.stop()).toBe(0);
});

type Row = { readonly sid: string };
type Form = Readonly<Record<string, string>>;

let prefixes = 0;

/** Carriers for a prefix that nobody else has, first to last; a number that they serve, and a customer who may call it. */
async function lay(manners: readonly Manner[], settings: Form = {}) {
  const prefix = `+4930${String(++prefixes).padStart(3, "0")}`;
  const servers = await Promise.all(manners.map((manner) => openSippServer(CARRIER, manner)));
  const sids: string[] = [];
  for (const [index, { uri }] of servers.entries()) {
    const form = { FriendlyName: `${prefix} ${index + 1}`, Priority: String(index + 1), ...settings };
    const { sid } = await platform.post<Row>("/trunkline/v1/Carriers", form, OPERATOR);
    await platform.post(`/trunkline/v1/Carriers/${sid}/Targets`, { SipUrl: uri }, OPERATOR);
    await platform.post(`/trunkline/v1/Carriers/${sid}/Prefixes`, { Prefix: prefix }, OPERATOR);
    sids.push(sid);
  }
  const customer = await newCustomer(platform);
  await customer.listAddress(PBX);
  await customer.post("/trunkline/v1/GeoPermissions", { Destination: "DE", LowRiskNumbersEnabled: "true" });
  return { customer, servers, sids, number: `${prefix}12345` };
}

/** A call that is refused by somebody: the answer, and what is kept of it. */
async function refused(
  { customer, number }: { readonly customer: Customer; readonly number: string },
  { from, headers = [], alerts = 0 }: { from?: string; headers?: readonly string[]; alerts?: number } = {},
) {
  const own = `<sip:${customer.number}@${customer.domain}>`;
  const { answers, errors } = await runSipp("refused.xml", {
    ...{ transport: "udp", target: `${platform.sipHost}:${platform.sipPort}`, address: PBX, body: PLAIN_OFFER },
    ...{ uri: `sip:${number}@${customer.domain}`, from: from ?? own, headers },
  });
  const [answer] = answers;
  if (!answer) throw new Error(`no answer: ${errors}`);
  return { answer, kept: await keptOf(platform, customer.sid, answer.header("X-Twilio-CallSid"), alerts) };
}

/** A call that is answered and talks for so long; its record. */
async function answered(customer: Customer, number: string, talkMs: number) {
  const { done } = startSipp({
    ...{ scenario: "uac.xml", target: `${platform.sipHost}:${platform.sipPort}`, address: PBX },
    port: await freeSipPort(PBX),
    keys: { domain: customer.domain, from: customer.number, to: number },
    extra: ["-d", String(talkMs)],
  });
  const { successful, messages, errors } = await done;
  expect(successful, errors).toBe(1);
  const answer = heardIn(messages).find(({ label }) => label === "200 INVITE");
  return keptOf(platform, customer.sid, answer?.header("X-Twilio-CallSid") ?? "", 0);
}

const invitesTo = async (server: SippServer): Promise<readonly Heard[]> => {
  return (await server.end()).filter(({ label }) => label === "INVITE");
};
const BUSY = "486 Busy Here";

describe.skipIf(!haveSipp).concurrent("SIPp as carriers: which of them are called", () => {
  it("TERM-12: of three the first is silent, the second overloaded: the record shows it, and later calls pass them by", async () => {
    const { customer, servers, number } = await lay(["silent", "503 Service Unavailable", "answers"]);
    const uris = servers.map(({ uri }) => uri.replace("sip:", `sip:${number}@`));
    for (let call = 1; call <= 3; call++) {
      const { attempts, trace, status } = await answered(customer, number, 100);
      expect(attempts.map(({ uri, status: said }) => [uri, said])).toEqual([
        [uris[0], 408],
        [uris[1], 503],
        [uris[2], 200],
      ]);
      expect(status).toBe("completed");
      expect(trace.slice(-3).map(({ rule, verdict }) => `${rule} ${verdict}`)).toEqual([
        ...["call.attempt refuse", "call.attempt refuse", "call.attempt pass"],
      ]);
    }
    const { attempts, trace } = await answered(customer, number, 100);
    expect(attempts.map(({ uri, status }) => [uri, status])).toEqual([[uris[2], 200]]);
    const choice = trace.find(({ rule }) => rule === "termination.carrier")?.detail ?? "";
    expect(choice.match(/known to be down since [\dT:.-]+Z, 3 failures/g)).toHaveLength(2);
    await Promise.all(servers.map((server) => server.end()));
  });

  const retried: [status: string, settings: Form, isRetried: boolean][] = [
    ["402 Payment Required", {}, true],
    ["500 Server Internal Error", {}, true],
    ["502 Bad Gateway", {}, true],
    ["504 Server Time-out", {}, true],
    ["403 Forbidden", {}, false],
    ["404 Not Found", {}, false],
    ["480 Temporarily Unavailable", {}, false],
    ["488 Not Acceptable Here", {}, false],
    ["603 Decline", {}, false],
    ["403 Forbidden", { RetryCauses: "403" }, true],
    ["503 Service Unavailable", { RetryCauses: "403" }, false],
  ];
  it.each(retried)("TERM-12: after %s with %j the next carrier is tried: %s", async (status, settings, isRetried) => {
    const ground = await lay([status as Manner, BUSY], settings);
    const { answer, kept } = await refused(ground);
    const said = isRetried ? [status, BUSY] : [status];
    expect(answer.startLine).toBe(`SIP/2.0 ${said.at(-1)}`);
    expect(kept.attempts.map((attempt) => `${attempt.status} ${attempt.reason}`)).toEqual(said);
    const calls = await Promise.all(ground.servers.map(invitesTo));
    expect(calls.map((invites) => invites.length)).toEqual(isRetried ? [1, 1] : [1, 0]);
  });

  it("LIM-1, TERM-12: a carrier at its limit is passed over; when all are, 503 with Retry-After and 13224", async () => {
    const { customer, servers, sids, number } = await lay(["answers", BUSY], { MaxChannels: "1" });
    const talk = answered(customer, number, 3_000);
    await eventually("a call that is up", async () => {
      return (await customer.get<{ live_calls: unknown[] }>("/trunkline/v1/LiveCalls")).live_calls[0];
    });
    const elsewhere = await refused({ customer, number });
    expect(elsewhere.answer.startLine).toBe("SIP/2.0 486 Busy Here");
    expect(elsewhere.kept.attempts).toMatchObject([{ status: 486 }]);
    await platform.post(`/trunkline/v1/Carriers/${sids[1]}`, { Enabled: "false" }, OPERATOR);
    const { answer, kept } = await refused({ customer, number }, { alerts: 1 });
    expect(answer.startLine).toBe("SIP/2.0 503 Service Unavailable");
    expect([answer.header("X-Twilio-Error"), answer.header("Retry-After")]).toEqual([
      ...["13224 Called number is not served", "5"],
    ]);
    expect(kept).toMatchObject({ sip_status: 503, error_code: 13224, attempts: [] });
    expect(kept.alerts).toMatchObject([{ error_code: "13224", log_level: "error" }]);
    const last = kept.trace.at(-1);
    expect([last?.rule, last?.verdict]).toEqual(["termination.carrier", "refuse"]);
    expect(last?.detail).toContain("at its limit, the carrier's 1 calls at once");
    expect((await talk).status).toBe("completed");
    await Promise.all(servers.map((server) => server.end()));
  });
});

describe.skipIf(!haveSipp).concurrent("SIPp as a carrier: what it sees of the caller", () => {
  type Seen = Readonly<Record<string, string>>;
  const rows: [ids: string, title: string, said: { from?: string; headers?: readonly string[] }, seen: Seen][] = [
    [
      "TERM-5",
      "the caller ID, and nothing that hides it",
      {},
      { From: "<sip:{number}@", "P-Asserted-Identity": "<sip:{number}@", Privacy: "", Diversion: "" },
    ],
    [
      "TERM-5",
      "a name beside it",
      { from: '"Office" <sip:{number}@pbx.example>' },
      { From: '"Office" <sip:{number}@' },
    ],
    [
      "TERM-5",
      "Privacy: id: anonymous in From, the number for the carrier alone",
      { headers: ["Privacy: id"] },
      { From: "anonymous@anonymous.invalid", "P-Asserted-Identity": "<sip:{number}@", Privacy: "id" },
    ],
    [
      "TERM-5",
      "anonymous with P-Asserted-Identity",
      {
        from: '"Anonymous" <sip:anonymous@anonymous.invalid>',
        headers: ["P-Asserted-Identity: <sip:{number}@pbx.example>"],
      },
      { From: "anonymous@anonymous.invalid", "P-Asserted-Identity": "<sip:{number}@", Privacy: "id" },
    ],
    [
      "TERM-10",
      "a Diversion of another network",
      { headers: ["Diversion: <sip:+493012345@other.example>;reason=no-answer"] },
      { Diversion: "<sip:+493012345@other.example>;reason=no-answer" },
    ],
    [
      "TERM-10",
      "a Diversion in our name with its own number",
      { headers: ["Diversion: <sip:{number}@{zone}>;reason=user-busy"] },
      { Diversion: "<sip:{number}@{zone}>;reason=user-busy" },
    ],
    [
      "TERM-10",
      "but none in our name with somebody else's",
      { headers: ["Diversion: <sip:+14155550199@{zone}>;reason=user-busy"] },
      { Diversion: "" },
    ],
    ["TERM-6", "one hop less", { headers: [] }, { "Max-Forwards": "69" }],
    [
      "TERM-11",
      "the reason of the call",
      { headers: ["X-Branded-CallReason: Your delivery"] },
      { "X-Branded-CallReason": "Your delivery" },
    ],
  ];
  it.each(rows)("%s: %s", async (_ids, _title, { from, headers = [] }, seen) => {
    const ground = await lay([BUSY]);
    const fill = (text: string): string =>
      text.replaceAll("{number}", ground.customer.number).replaceAll("{zone}", platform.zone);
    await refused(ground, { ...(from ? { from: fill(from) } : {}), headers: headers.map(fill) });
    const [invite] = await invitesTo(ground.servers[0] as SippServer);
    for (const [name, value] of Object.entries(seen)) {
      if (value === "") expect(invite?.all(name), name).toEqual([]);
      else expect(invite?.header(name), name).toContain(fill(value));
    }
  });
});

async function forgetPrefixes(): Promise<void> {
  const { prefixes: rows } = await platform.get<{ prefixes: Row[] }>(`${SIMULATED}/Prefixes`, OPERATOR);
  for (const { sid } of rows) await platform.delete(`${SIMULATED}/Prefixes/${sid}`, OPERATOR);
}

describe.skipIf(!haveSipp)("SIPp: numbers that no carrier takes", () => {
  it.each([
    ["those that take them are disabled", "503 Service Unavailable", async () => undefined],
    ["none has their prefix", "404 Not Found", forgetPrefixes],
  ])("TERM-12: %s: %s with 13224", async (_title, wire, configure) => {
    await configure();
    const customer = await newCustomer(platform);
    await customer.listAddress(PBX);
    const { answer, kept } = await refused({ customer, number: "+15005551486" }, { alerts: 1 });
    expect(answer.startLine).toBe(`SIP/2.0 ${wire}`);
    expect(answer.header("X-Twilio-Error")).toBe("13224 Called number is not served");
    expect(answer.header("Reason")).toMatch(/^Q\.850;cause=(41|1);text=".+"$/);
    expect(kept).toMatchObject({ status: "failed", error_code: 13224, ended_by: "platform", attempts: [] });
    expect(kept.alerts).toMatchObject([{ error_code: "13224", log_level: "error" }]);
    expect(kept.trace.at(-1)).toMatchObject({ rule: "termination.carrier", verdict: "refuse" });
  });
});
