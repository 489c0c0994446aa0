import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Customer, keptOf, newCustomer } from "../support/customer.ts";
import { type Platform, startPlatform } from "../support/platform.ts";
import type { Heard } from "../support/scripted-dialog.ts";
import { haveSipp } from "../support/sipp.ts";
import { PLAIN_OFFER, runSipp, type SippOutcome } from "../support/sipp-call.ts";
import { type Manner, openSippServer, type SippServer } from "../support/sipp-server.ts";

const CARRIER = "127.0.0.55";
const STRANGER = "127.0.0.56";
const PBX = "127.0.0.57";
const OPERATOR = "operator";

let platform: Platform;
beforeAll(async () => {
  platform = await startPlatform();
  const { sid } = await platform.post<{ sid: string }>("/trunkline/v1/Carriers", { FriendlyName: "SIPp" }, OPERATOR);
  await platform.post(`/trunkline/v1/Carriers/${sid}/Sources`, { Cidr: `${CARRIER}/32` }, OPERATOR);
});
afterAll(async () => {
  expect(await platform.stop()).toBe(0);
});

const TRANSPORTS = ["udp", "tcp"] as const;
type Transport = (typeof TRANSPORTS)[number];

/** A call from the carrier, or whoever is at that address. */
function call(number: string, transport: Transport, { forwards = 70, address = CARRIER } = {}): Promise<SippOutcome> {
  const target = `${platform.sipHost}:${platform.sipPort}`;
  const from = "<sip:+493012345@carrier.example>";
  return runSipp("refused.xml", {
    ...{ transport, target, address, from, forwards },
    ...{ uri: `sip:${number}@${target}`, body: PLAIN_OFFER },
  });
}

type Configure = (customer: Customer) => Promise<unknown>;
const nothing: Configure = async () => undefined;
const limit =
  (form: Readonly<Record<string, string>>): Configure =>
  ({ post, trunkSid }) =>
    post(`/trunkline/v1/Trunks/${trunkSid}`, form);
const suspended: Configure = ({ sid }) =>
  platform.post(`/2010-04-01/Accounts/${sid}.json`, { Status: "suspended" }, OPERATOR);
const url =
  (sipUrl: string, priority: number, enabled = true): Configure =>
  ({ post, trunkSid }) =>
    post(`/v1/Trunks/${trunkSid}/OriginationUrls`, {
      ...{ FriendlyName: sipUrl, SipUrl: sipUrl, Priority: String(priority), Weight: "1", Enabled: String(enabled) },
    });

const BUSY = "486 Busy Here";

describe.skipIf(!haveSipp).concurrent.each(TRANSPORTS)("SIPp over %s as a carrier: what is refused", (transport) => {
  type Row = [ids: string, title: string, set: Configure, forwards: number, wire: string, alert: string, rule: string];
  // biome-ignore format: a table
  const rows: Row[] = [
    ["ORIG-4", "a trunk without an origination URL", nothing, 70, "480 Temporarily Unavailable", "32010 No valid origination URIs", "targets"],
    ["ORIG-1, ORIG-4", "a trunk whose only URL is switched off", url(`sip:${PBX}`, 1, false), 70, "480 Temporarily Unavailable", "32010 No valid origination URIs", "targets"],
    ["ACC-1", "a suspended account", suspended, 70, "603 Decline", "10001 Account is not active", "account"],
    ["TERM-6", "Max-Forwards used up", nothing, 0, "483 Too Many Hops", "32006 Too many hops", "max-forwards"],
    ["LIM-1", "more calls at once than the trunk may have", limit({ MaxConcurrentCalls: "0" }), 70, "503 Trunk concurrent call limit exceeded", "10004 Trunk concurrent call limit exceeded", "limits"],
  ];
  it.each(rows)("%s: %s", async (_ids, _title, set, forwards, wire, alert, rule) => {
    const customer = await newCustomer(platform);
    await set(customer);
    const [answer] = (await call(customer.number, transport, { forwards })).answers;
    expect(answer?.startLine).toBe(`SIP/2.0 ${wire}`);
    expect(answer?.header("X-Twilio-Error")).toBe(alert);
    expect(answer?.header("Reason")).toMatch(/^Q\.850;cause=\d+;text=".+"$/);
    expect(answer?.all("Retry-After")).toEqual(wire.startsWith("503") ? ["5"] : []);
    const kept = await keptOf(platform, customer.sid, answer?.header("X-Twilio-CallSid") ?? "", 1);
    const [code, text] = [alert.slice(0, 5), alert.slice(6)];
    expect(kept).toMatchObject({
      ...{ direction: "trunking-originating", status: "failed", ended_by: "platform", attempts: [] },
      ...{ sip_status: Number(wire.slice(0, 3)), reason: wire.slice(4), error_code: Number(code) },
    });
    expect(kept.alerts).toMatchObject([{ error_code: code, alert_text: expect.stringContaining(`${text}: `) }]);
    expect(kept.trace.at(-1)).toMatchObject({ rule: `origination.${rule}`, verdict: "refuse" });
  });

  it.each([
    ["that nobody has", async () => "+13035559999"],
    ["that is on no trunk", async () => platform.demo.numbers[19] as string],
    ["that is none", async () => "reception"],
  ])("CAR-2: a number %s is 404, and nobody's record", async (_title, number) => {
    const [answer] = (await call(await number(), transport)).answers;
    expect(answer?.startLine).toBe("SIP/2.0 404 Not Found");
    expect([answer?.all("X-Twilio-Error"), answer?.header("Reason")]).toEqual([
      [],
      expect.stringMatching(/^Q\.850;cause=1;text=".+"$/),
    ]);
  });

  it("CAR-2: who is no carrier gets no answer", async () => {
    const { number } = await newCustomer(platform);
    const { received, silent, closed } = await call(number, transport, { address: STRANGER });
    expect([received, silent, closed]).toEqual([[], transport === "udp", transport === "tcp"]);
  });
});

/** What the customer's servers do, in the order of their priorities. */
type Pbx = {
  readonly says: Manner;
  /** Of a 302; `{next}` is the place of the next server, which then has no URL of its own. */
  readonly contact?: string;
};

/** Starts the servers and sets them as origination URLs, but for those that a redirection leads to. */
async function deploy(customer: Customer, pbxes: readonly Pbx[]): Promise<readonly SippServer[]> {
  const servers: SippServer[] = [];
  for (const { says, contact } of pbxes.toReversed()) {
    const filled = contact
      ?.replace("{next}", servers[0]?.uri.replace("sip:", "") ?? "")
      .replace("{zone}", platform.zone)
      .replace("{us}", `${platform.sipHost}:${platform.sipPort}`);
    servers.unshift(await openSippServer(PBX, says, filled === undefined ? [] : [`Contact: ${filled}`]));
  }
  for (const [index, server] of servers.entries()) {
    if (pbxes[index - 1]?.contact === undefined) await url(server.uri, index + 1)(customer);
  }
  return servers;
}

type Delivery = { readonly pbxes: readonly Pbx[]; readonly set?: Configure; readonly alerts: readonly string[] };

/** One call to a customer with such servers: the answer, what is kept, and what reached each server. */
async function deliver({ pbxes, set = nothing, alerts }: Delivery) {
  const customer = await newCustomer(platform);
  await set(customer);
  const servers = await deploy(customer, pbxes);
  const { answers, errors } = await call(customer.number, "udp");
  const [answer] = answers;
  if (!answer) throw new Error(`no answer: ${errors}`);
  const kept = await keptOf(platform, customer.sid, answer.header("X-Twilio-CallSid"), alerts.length);
  expect(kept.alerts.map(({ error_code }) => error_code)).toEqual(alerts);
  const heard = await Promise.all(servers.map((server) => server.end()));
  const invites = heard.map((requests): readonly Heard[] => requests.filter(({ label }) => label === "INVITE"));
  return { customer, servers, answer, kept, invites };
}

const attemptsOf = ({ attempts }: { attempts: readonly { status: number; reason: string }[] }): readonly string[] =>
  attempts.map(({ status, reason }) => `${status} ${reason}`);

describe.skipIf(!haveSipp).concurrent("SIPp as a customer's servers: failover (ORIG-4)", () => {
  const definite: Manner[] = [
    ...(["400 Bad Request", "404 Not Found", "405 Method Not Allowed", "410 Gone"] as const),
    ...(["416 Unsupported URI Scheme", "482 Loop Detected", "484 Address Incomplete", BUSY] as const),
    ...(["600 Busy Everywhere", "603 Decline", "604 Does Not Exist Anywhere"] as const),
  ];
  it.each(definite)("%s is definite: passed on, nobody else is called, no alert", async (says) => {
    const { answer, kept, invites } = await deliver({ pbxes: [{ says }, { says: "answers" }], alerts: [] });
    expect(answer.startLine).toBe(`SIP/2.0 ${says}`);
    expect([answer.all("X-Twilio-Error"), attemptsOf(kept), invites.map(({ length }) => length)]).toEqual([
      ...[[], [says], [1, 0]],
    ]);
    expect(kept).toMatchObject({ ended_by: "callee", error_code: null, sip_status: Number(says.slice(0, 3)) });
  });

  const passing: Manner[] = [
    ...(["301 Moved Permanently", "401 Unauthorized", "403 Forbidden", "408 Request Timeout"] as const),
    ...(["480 Temporarily Unavailable", "488 Not Acceptable Here", "500 Server Internal Error"] as const),
    ...(["503 Service Unavailable"] as const),
  ];
  it.each(passing)("%s is not: the next is called, and 32011 names the target and its answer", async (says) => {
    const { answer, kept, servers } = await deliver({ pbxes: [{ says }, { says: BUSY }], alerts: ["32011"] });
    expect(answer.startLine).toBe(`SIP/2.0 ${BUSY}`);
    expect(attemptsOf(kept)).toEqual([says, BUSY]);
    expect(kept.alerts[0]?.log_level).toBe("warning");
    expect(kept.alerts[0]?.alert_text).toContain(servers[0]?.uri.replace("sip:", "") ?? "");
    expect(kept.alerts[0]?.alert_text).toContain(`answered ${says}`);
  });

  it("silence for 4 s is none: the next is called, and 32011 says so", async () => {
    const startMs = performance.now();
    const { answer, kept } = await deliver({ pbxes: [{ says: "silent" }, { says: BUSY }], alerts: ["32011"] });
    expect(performance.now() - startMs).toBeGreaterThan(4_000);
    expect(answer.startLine).toBe(`SIP/2.0 ${BUSY}`);
    expect(kept.attempts.map(({ status }) => status)).toEqual([408, 486]);
    expect(kept.alerts[0]?.alert_text).toContain("gave no response");
  });

  it("a server that is not there is none: the next is called at once", async () => {
    const { kept } = await deliver({
      pbxes: [{ says: BUSY }],
      set: url(`sip:${PBX}:9;transport=tcp`, 0),
      alerts: ["32011"],
    });
    expect(kept.attempts.map(({ status }) => status)).toEqual([503, 486]);
    expect(kept.alerts[0]?.alert_text).toContain("could not be reached");
  });

  it("when nobody is left the last answer is passed on; each failed attempt is an alert", async () => {
    const says: Manner[] = ["503 Service Unavailable", "500 Server Internal Error"];
    const pbxes = says.map((one) => ({ says: one }));
    const { answer, kept } = await deliver({ pbxes, alerts: ["32011", "32011"] });
    expect(answer.startLine).toBe("SIP/2.0 500 Server Internal Error");
    expect(attemptsOf(kept)).toEqual(says);
    expect(kept).toMatchObject({ status: "failed", ended_by: "callee", error_code: 32011 });
    expect(kept.trace.at(-1)?.detail).toContain("there is no further target");
  });

  it("a trunk may have its own list and time", async () => {
    const set = limit({ FailoverCodes: "503", FailoverTimeoutMs: "500" });
    const overloaded = await deliver({ pbxes: [{ says: "503 Service Unavailable" }, { says: BUSY }], set, alerts: [] });
    expect(attemptsOf(overloaded.kept)).toEqual(["503 Service Unavailable"]);
    const busy = await deliver({ pbxes: [{ says: BUSY }, { says: "603 Decline" }], set, alerts: ["32011", "32011"] });
    expect(attemptsOf(busy.kept)).toEqual([BUSY, "603 Decline"]);
  });
});

describe.skipIf(!haveSipp).concurrent("SIPp as a customer's servers: redirection (ORIG-9)", () => {
  const MOVED = "302 Moved Temporarily";

  it("302 is followed once, to the first Contact: no failed attempt, no alert", async () => {
    const pbxes = [
      { says: MOVED, contact: "<sip:agent@{next};edge=tokyo>, <sip:other@192.0.2.9>" },
      { says: BUSY },
    ] as const;
    const { answer, kept, invites, customer } = await deliver({ pbxes, alerts: [] });
    expect(answer.startLine).toBe(`SIP/2.0 ${BUSY}`);
    expect(attemptsOf(kept)).toEqual([MOVED, BUSY]);
    const [first, second] = invites.map(([invite]) => invite);
    expect(second?.startLine).toMatch(/^INVITE sip:agent@127\.0\.0\.57:\d+ SIP\/2\.0$/);
    expect(second?.header("X-Twilio-CallSid")).toBe(first?.header("X-Twilio-CallSid"));
    expect(second?.header("Diversion")).toContain(customer.number);
  });

  const nowhere: [title: string, pbxes: readonly Pbx[]][] = [
    [
      "a second 302",
      [{ says: MOVED, contact: "<sip:{next}>" }, { says: MOVED, contact: "<sip:{next}>" }, { says: BUSY }],
    ],
    ["a 302 without Contact", [{ says: MOVED }]],
    ["a 302 to a trunk's domain", [{ says: MOVED, contact: "<sip:+13035550001@office.pstn.{zone}>" }]],
    ["a 302 to a SIP domain of ours", [{ says: MOVED, contact: "<sip:alice@office.sip.{zone}>" }]],
    ["a 302 to our own address", [{ says: MOVED, contact: "<sip:+13035550001@{us}>" }]],
    ["a 302 to no SIP URI", [{ says: MOVED, contact: "<tel:+13035550001>" }]],
  ];
  it.each(nowhere)("%s ends the call: 502 with 32219, though another URL is left", async (_title, pbxes) => {
    const set = url(`sip:${PBX}:9`, 100);
    const { answer, kept } = await deliver({ pbxes, set, alerts: ["32219"] });
    expect(answer.startLine).toBe("SIP/2.0 502 Redirect Failed");
    expect(answer.header("X-Twilio-Error")).toBe("32219 Redirect failed");
    expect(answer.header("Reason")).toMatch(/^Q\.850;cause=38;text=".+"$/);
    expect(kept).toMatchObject({ status: "failed", ended_by: "platform", error_code: 32219 });
    expect(kept.attempts.every(({ status }) => status === 302)).toBe(true);
    expect(kept.trace.at(-1)).toMatchObject({ rule: "origination.redirect", verdict: "refuse" });
  });
});
