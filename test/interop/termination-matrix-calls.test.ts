import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Alert, type Customer, keptOf, newCustomer } from "../support/customer.ts";
import { eventually } from "../support/eventually.ts";
import { haveKamailio, startSbc } from "../support/kamailio.ts";
import { freeSipPort, type Platform, startPlatform } from "../support/platform.ts";
import { haveSipp, type Sipp, startSipp } from "../support/sipp.ts";
import { heardIn, PLAIN_OFFER, runSipp, type SippCall, type SippOutcome, SRTP_OFFER } from "../support/sipp-call.ts";

const SBC = "127.0.0.59";
const BUSY = "+15005551486";
const ANSWERS = "+15005552300";
const LOGIN = { username: "pbx", password: "Correct-Horse-9" };
const TRANSPORTS = ["udp", "tcp"] as const;
type Transport = (typeof TRANSPORTS)[number];

let platform: Platform;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(async () => {
  expect(platform.log()).toBe("");
  expect(await platform.stop()).toBe(0);
});

/** Each place is asked once in ten seconds (TERM-8), so everybody has an address of his own. */
let peers = 0;
const peerAddress = (): string => `127.0.5.${++peers}`;

const place = (): string => `${platform.sipHost}:${platform.sipPort}`;

/** One request to that host, and what came of it. */
function ask(
  scenario: Parameters<typeof runSipp>[0],
  transport: Transport,
  host: string,
  said: Partial<SippCall> = {},
): Promise<SippOutcome> {
  const user = scenario === "refused.xml" ? `${BUSY}@` : "";
  const call = { uri: `sip:${user}${host}`, from: `<sip:+13035550001@${host}>`, body: PLAIN_OFFER, ...said };
  return runSipp(scenario, { transport, target: place(), address: peerAddress(), ...call });
}

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`${platform.api}/metrics`)).text();
  return Number(new RegExp(`^trunkline_${name} (\\d+)$`, "m").exec(text)?.[1] ?? 0);
}

describe.skipIf(!haveSipp).concurrent.each(TRANSPORTS)("SIPp over %s: who is nobody's", (transport) => {
  it.each([
    ["a domain of no trunk", "nobody.pstn.{zone}"],
    ["a domain below none", "a.nobody.pstn.{zone}"],
    ["the zone itself", "{zone}"],
    ["somebody else's domain", "example.com"],
    ["our own address, called by no carrier", "{host}"],
  ])("TERM-1: %s: no answer over UDP, the connection closed over TCP; counted", async (_title, host) => {
    const before = await metric("dropped_unknown_host");
    const named = host.replace("{zone}", platform.zone).replace("{host}", platform.sipHost);
    const { received, closed, silent } = await ask("refused.xml", transport, named);
    expect([received, closed, silent]).toEqual([[], transport === "tcp", transport === "udp"]);
    expect(await metric("dropped_unknown_host")).toBeGreaterThan(before);
    expect(await metric("live_server_transactions")).toBe(0);
  });
});

describe.skipIf(!haveSipp).each(TRANSPORTS)("SIPp over %s: requests around calls", (transport) => {
  it("TERM-2, TERM-3: a trunk with a credential list asks for MD5 and SHA-256, and takes the right answer", async () => {
    const customer = await newCustomer(platform);
    await customer.addLogin(LOGIN);
    const from = `<sip:${customer.number}@${customer.domain}>`;
    const { answers } = await ask("refused.xml", transport, customer.domain, { login: LOGIN, from });
    const [challenge, final] = answers;
    expect(challenge?.startLine).toBe("SIP/2.0 407 Proxy Authentication required");
    const line = new RegExp(
      `^Digest realm="sip\\.${platform.zone}",qop="auth",nonce="[^"]+",opaque="[^"]+",algorithm=(MD5|SHA-256)$`,
    );
    const asked = challenge?.all("Proxy-Authenticate").map((value) => line.exec(value)?.[1]);
    expect(asked).toEqual(["MD5", "SHA-256"]);
    expect(challenge?.all("X-Twilio-Error")).toEqual([]);
    expect(final?.startLine).toBe("SIP/2.0 486 Busy Here");
    const { trace } = await keptOf(platform, customer.sid, final?.header("X-Twilio-CallSid") ?? "", 0);
    expect(trace.find(({ rule }) => rule === "termination.digest")?.verdict).toBe("pass");
  });

  it("TERM-7: REGISTER is refused with its code; the trunk's owner is told", async () => {
    const { domain, trunkSid, get } = await newCustomer(platform);
    const { answers } = await ask("register.xml", transport, domain);
    expect(answers.map(({ startLine }) => startLine)).toEqual(["SIP/2.0 405 Method Not Allowed"]);
    expect(answers[0]?.header("X-Twilio-Error")).toBe("32210 REGISTER is not supported on trunks");
    expect(answers[0]?.header("Reason")).toBe('Q.850;cause=63;text="REGISTER is not supported on trunks"');
    expect(answers[0]?.header("Allow")).toContain("INVITE");
    const alert = await eventually("the alert", async () => (await get<{ alerts: Alert[] }>("/v1/Alerts")).alerts[0]);
    expect(alert).toMatchObject({ error_code: "32210", log_level: "error", resource_sid: trunkSid });
    expect(alert.alert_text).toContain(domain);
  });

  it("TERM-8: OPTIONS needs no password; once in 10 s, and who goes on asking is blocked", async () => {
    const { domain } = await newCustomer(platform);
    const address = peerAddress();
    const { answers } = await ask("options.xml", transport, domain, { address });
    expect(answers.map(({ startLine }) => startLine)).toEqual(["SIP/2.0 200 OK"]);
    expect([answers[0]?.header("Accept"), answers[0]?.header("Allow")]).toEqual([
      "application/sdp",
      expect.stringContaining("INVITE"),
    ]);
    const before = await metric("sources_blocked_options");
    // Five that are early are only dropped. Over UDP SIPp repeats each of these two times.
    const early = transport === "udp" ? 2 : 6;
    const { received, closed } = await ask("options.xml", transport, domain, { address, calls: early, atOnce: early });
    expect([received, closed]).toEqual([[], false]);
    expect(await metric("sources_blocked_options")).toBe(before + 1);
  });
});

/** Calls of the customer that are up. */
async function talking({ get }: Customer): Promise<number> {
  const { live_calls: calls } = await get<{ live_calls: { status: string }[] }>("/trunkline/v1/LiveCalls");
  return calls.filter(({ status }) => status === "in-progress").length;
}

/** So many calls to its own number, each as long as that, once all of them are up. */
async function talk(customer: Customer, calls: number, perSecond: number, forMs: number): Promise<Sipp> {
  const address = peerAddress();
  await customer.listAddress(address);
  const sipp = startSipp({
    ...{ scenario: "uac.xml", target: place(), address, port: await freeSipPort(address), calls, perSecond },
    keys: { domain: customer.domain, from: customer.number, to: customer.number },
    extra: ["-d", String(forMs)],
  });
  await eventually(`${calls} calls`, async () => ((await talking(customer)) === calls ? true : undefined), 15_000);
  return sipp;
}

describe.skipIf(!haveSipp).concurrent("SIPp: calls that are up", () => {
  const cases: [
    ids: string,
    title: string,
    set: (customer: Customer) => Promise<unknown>,
    most: number,
    phrase: string,
  ][] = [
    [
      "LIM-1",
      "two calls at once over a trunk",
      ({ post, trunkSid }) => post(`/trunkline/v1/Trunks/${trunkSid}`, { MaxConcurrentCalls: "2" }),
      2,
      "Trunk concurrent call limit exceeded",
    ],
    [
      "ACC-2",
      "four of a trial, one started in a second, to its own number",
      ({ sid }) => platform.post(`/2010-04-01/Accounts/${sid}.json`, { Type: "Trial" }, "operator"),
      4,
      "Account concurrent call limit exceeded",
    ],
  ];
  it.each(cases)("%s: %s; one more is 503 with 10004 until they end", async (_ids, _title, set, most, phrase) => {
    const customer = await newCustomer(platform);
    await set(customer);
    const up = await talk(customer, most, 0.9, 9_000);
    const address = peerAddress();
    await customer.listAddress(address);
    const from = `<sip:${customer.number}@${customer.domain}>`;
    const uri = `sip:${customer.number}@${customer.domain}`;
    const { answers } = await ask("refused.xml", "udp", customer.domain, { address, from, uri });
    expect(answers[0]?.startLine).toBe(`SIP/2.0 503 ${phrase}`);
    expect(answers[0]?.header("X-Twilio-Error")).toBe("10004 Trunk concurrent call limit exceeded");
    expect(answers[0]?.header("Retry-After")).toBe("5");
    const kept = await keptOf(platform, customer.sid, answers[0]?.header("X-Twilio-CallSid") ?? "", 1);
    expect(kept.alerts).toMatchObject([{ error_code: "10004" }]);
    expect(kept.trace.at(-1)).toMatchObject({ rule: "termination.limits", verdict: "refuse" });
    expect(await talking(customer), "those that are up are left alone").toBe(most);
    expect(await up.done).toMatchObject({ successful: most, failed: 0 });
    const again = await talk(customer, 1, 1, 1_500);
    expect(await again.done).toMatchObject({ successful: 1 });
  });

  it("TERM-4, contract §8.8: an emergency number needs no +, no open country and no free place", async () => {
    const customer = await newCustomer(platform);
    await customer.post(`/trunkline/v1/Trunks/${customer.trunkSid}`, { MaxConcurrentCalls: "0", MaxCps: "0.001" });
    const address = peerAddress();
    await customer.listAddress(address);
    for (const to of ["911", "112"]) {
      const { done } = startSipp({
        ...{ scenario: "uac.xml", target: place(), address, port: await freeSipPort(address) },
        keys: { domain: customer.domain, from: customer.number, to },
        extra: ["-d", "200"],
      });
      const { successful, errors } = await done;
      expect(successful, errors).toBe(1);
    }
  });

  const broken: [title: string, scenario: string, reason: string, code: string, text: string][] = [
    [
      "a 200 that nobody acknowledges in 32 s",
      "unacknowledged.xml",
      'SIP;cause=408;text="ACK not received"',
      "32022",
      "the caller never acknowledged the answer",
    ],
    [
      "an offer in the 200 that nobody answers",
      "no-offer.xml",
      'Q.850;cause=16;text="the caller\'s ACK has no SDP, and its INVITE had none"',
      "32103",
      "the caller's ACK has no SDP, and its INVITE had none",
    ],
  ];
  it.each(broken)("contract §8.3, TERM-11: %s: BYE, record and alert", async (_title, scenario, reason, code, text) => {
    const customer = await newCustomer(platform);
    const address = peerAddress();
    await customer.listAddress(address);
    const { done } = startSipp({
      ...{ scenario, target: place(), address, port: await freeSipPort(address) },
      keys: { domain: customer.domain, from: customer.number, to: ANSWERS },
    });
    const { successful, messages, errors } = await done;
    expect(successful, errors).toBe(1);
    const heard = heardIn(messages);
    expect(heard.find(({ label }) => label === "BYE")?.header("Reason")).toBe(reason);
    const callSid = heard.find(({ label }) => label === "200 INVITE")?.header("X-Twilio-CallSid") ?? "";
    const kept = await keptOf(platform, customer.sid, callSid, 1);
    expect(kept).toMatchObject({ status: "completed", ended_by: "platform", error_code: Number(code) });
    expect(kept.alerts).toMatchObject([{ error_code: code, alert_text: text }]);
  });
});

describe.skipIf(!haveSipp || !haveKamailio)("SIPp behind Kamailio over TLS, on a secure trunk (SEC-2)", () => {
  let customer: Customer;
  let sbc: Awaited<ReturnType<typeof startSbc>>;
  let target: string;
  beforeAll(async () => {
    customer = await newCustomer(platform);
    await customer.post(`/v1/Trunks/${customer.trunkSid}`, { Secure: "true" });
    // When it connects, Kamailio uses its own address or leaves the choice to the kernel.
    for (const address of [SBC, platform.sipHost]) await customer.listAddress(address);
    const [port, tlsPort] = [await freeSipPort(SBC), await freeSipPort(SBC)];
    target = `${SBC}:${port}`;
    sbc = await startSbc({
      ...{ address: SBC, port, transport: "tls", phone: `${SBC}:9` },
      platform: { host: platform.sipHost, port: platform.sipsPort },
      tls: { port: tlsPort, caPem: await (await fetch(`${platform.api}/ca.pem`)).text() },
    });
  });
  afterAll(() => sbc?.stop());

  const dial = (body: string): Promise<SippOutcome> =>
    runSipp("refused.xml", {
      ...{ transport: "udp", target, address: peerAddress(), body },
      ...{ uri: `sip:${BUSY}@${customer.domain}`, from: `<sip:${customer.number}@${customer.domain}>` },
    });

  it("plain RTP is 488 with 32208, its alert, record and trace", async () => {
    const { answers, errors } = await dial(PLAIN_OFFER);
    const answer = answers[0];
    expect(answer?.startLine, errors + sbc.log()).toBe("SIP/2.0 488 Secure media required");
    expect(answer?.header("X-Twilio-Error")).toBe("32208 Secure media required");
    expect(answer?.header("Reason")).toBe('Q.850;cause=65;text="The trunk is secure; plain RTP was offered."');
    const kept = await keptOf(platform, customer.sid, answer?.header("X-Twilio-CallSid") ?? "", 1);
    expect(kept).toMatchObject({ status: "failed", sip_status: 488, error_code: 32208, attempts: [] });
    expect(kept.alerts).toMatchObject([{ error_code: "32208", log_level: "error" }]);
    expect(kept.trace.at(-1)).toMatchObject({ rule: "termination.secure-media", verdict: "refuse" });
  });

  it("SRTP passes", async () => {
    const { answers } = await dial(SRTP_OFFER);
    expect(answers[0]?.startLine).toBe("SIP/2.0 486 Busy Here");
  });

  it("TERM-11: keys that cannot be used are 488 with 32102, and the reason says which", async () => {
    const { answers } = await dial(SRTP_OFFER.replace("inline:", "inline:short"));
    expect(answers[0]?.startLine).toBe("SIP/2.0 488 Not Acceptable Here");
    expect(answers[0]?.header("X-Twilio-Error")).toBe("32102 Bad SDP");
    const kept = await keptOf(platform, customer.sid, answers[0]?.header("X-Twilio-CallSid") ?? "", 1);
    expect(kept.alerts).toMatchObject([{ error_code: "32102", alert_text: expect.stringContaining("AES_CM_128") }]);
    expect(kept.trace.at(-1)).toMatchObject({ rule: "call.refusal", verdict: "refuse" });
  });
});
