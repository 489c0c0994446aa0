import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Platform, startPlatform } from "../support/platform.ts";
import { ackText, inviteText, RawSip } from "../support/raw-sip.ts";
import { twilioClient } from "../support/twilio-sdk.ts";

let platform: Platform;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(async () => {
  expect(await platform.stop()).toBe(0);
});

/** Answers busy at the simulated PSTN: whoever hears 486 has passed everything. */
const BUSY = "+15005551486";
const LONDON = "+442079460000";
const OPERATOR = "operator";

/** A customer whose trunk lets in every call from 127.0.0.1. */
type Customer = {
  readonly sid: string;
  readonly token: string;
  readonly domain: string;
  readonly number: string;
  readonly trunkSid: string;
  readonly addressSid: string;
};
type Row = { readonly sid: string };

let made = 0;
async function newCustomer(type: "Trial" | "Full" = "Full"): Promise<Customer> {
  const account = await platform.post<Row & { auth_token: string }>(
    "/2010-04-01/Accounts.json",
    { FriendlyName: "customer", Type: type },
    OPERATOR,
  );
  const as = { sid: account.sid, token: account.auth_token };
  const domain = `customer${++made}.pstn.${platform.zone}`;
  const trunk = await post<Row>(as, "/v1/Trunks", { DomainName: domain });
  const lists = `/2010-04-01/Accounts/${as.sid}/SIP/IpAccessControlLists`;
  const list = await post<Row>(as, `${lists}.json`, { FriendlyName: "pbx" });
  const pbx = { FriendlyName: "pbx", IpAddress: "127.0.0.1" };
  const address = await post<Row>(as, `${lists}/${list.sid}/IpAddresses.json`, pbx);
  await post(as, `/v1/Trunks/${trunk.sid}/IpAccessControlLists`, { IpAccessControlListSid: list.sid });
  const number = `+1202555${String(5_000 + made)}`;
  const form = { PhoneNumber: number, TrunkSid: trunk.sid };
  await platform.post(`/2010-04-01/Accounts/${as.sid}/IncomingPhoneNumbers.json`, form, OPERATOR);
  return { ...as, domain, number, trunkSid: trunk.sid, addressSid: address.sid };
}

async function post<T>(
  { sid, token }: Pick<Customer, "sid" | "token">,
  path: string,
  form: Readonly<Record<string, string>>,
): Promise<T> {
  const authorization = `Basic ${Buffer.from(`${sid}:${token}`).toString("base64")}`;
  const body = new URLSearchParams(form);
  const response = await fetch(platform.api + path, { method: "POST", headers: { authorization }, body });
  const answer = (await response.json()) as T;
  if (!response.ok) throw new Error(`${path}: ${JSON.stringify(answer)}`);
  return answer;
}

let calls = 0;
/** Calls over the customer's trunk; the head of the final answer, undefined for silence. */
async function dial(customer: Customer, to: string): Promise<string | undefined> {
  const pbx = await RawSip.open();
  try {
    const invite = inviteText({
      host: pbx.address,
      port: pbx.port,
      requestUri: `sip:${to}@${customer.domain}`,
      from: `sip:${customer.number}@${customer.domain}`,
      callId: `configuration${++calls}.${process.pid}`,
    });
    pbx.send(invite, platform.sipPort, platform.sipHost);
    const final = await pbx.final(10_000);
    if (final) pbx.send(ackText(invite, final), platform.sipPort, platform.sipHost);
    return final;
  } finally {
    pbx.close();
  }
}

type Simulation = {
  readonly verdict: string;
  readonly sip_status: number | null;
  readonly error_code: number | null;
  readonly targets: readonly { readonly uri: string; readonly carrier_sid: string | null }[];
};
const ask = (customer: Customer, to: string): Promise<Simulation> =>
  post<Simulation>(customer, "/trunkline/v1/Simulations", {
    Source: "127.0.0.1",
    RequestUri: `sip:${to}@${customer.domain}`,
    From: customer.number,
  });

/** What a call gets, asked by a dry run and then by a call: `403 32205`, `486` for one that reaches the busy number. */
async function outcome(customer: Customer, to = BUSY): Promise<string> {
  const { verdict, sip_status, error_code } = await ask(customer, to);
  const live = (await dial(customer, to)) ?? "";
  const status = /^SIP\/2\.0 (\d+)/.exec(live)?.[1] ?? "silence";
  const code = /\r\nX-Twilio-Error: (\d+)/.exec(live)?.[1];
  const heard = code === undefined ? status : `${status} ${code}`;
  expect(verdict === "pass" ? "486" : `${sip_status} ${error_code}`, "the dry run said what the call met").toBe(heard);
  return heard;
}

describe("a change is what the next call meets (EVD-3)", () => {
  it("ACC-1: a suspended account's calls are declined, and taken again when it is active", async () => {
    const customer = await newCustomer();
    const path = `/2010-04-01/Accounts/${customer.sid}.json`;
    expect(await outcome(customer)).toBe("486");
    await platform.post(path, { Status: "suspended" }, OPERATOR);
    // Its own credentials are refused meanwhile, so the dry run is the operator's.
    expect(await dial(customer, BUSY)).toMatch(/^SIP\/2\.0 603 Decline\r\n[\s\S]*\r\nX-Twilio-Error: 10001 /);
    await platform.post(path, { Status: "active" }, OPERATOR);
    expect(await outcome(customer)).toBe("486");
  });

  it("ACC-2: a trial calls verified numbers only, until the operator upgrades it", async () => {
    const customer = await newCustomer("Trial");
    expect(await outcome(customer)).toBe("400 32100");
    await platform.post(`/2010-04-01/Accounts/${customer.sid}.json`, { Type: "Full" }, OPERATOR);
    expect(await outcome(customer)).toBe("486");
  });

  it("TERM-13: countries open and close by either surface, Twilio's through its SDK", async () => {
    const customer = await newCustomer();
    expect(await outcome(customer, LONDON)).toBe("403 32205");
    const bulk = (low: boolean) =>
      twilioClient(platform.api, customer.sid, customer.token).voice.v1.dialingPermissions.bulkCountryUpdates.create({
        updateRequest: JSON.stringify([{ iso_code: "US", low_risk_numbers_enabled: low }]),
      });
    await bulk(false);
    expect(await outcome(customer)).toBe("403 32205");
    const permission = { Destination: "+1500555", LowRiskNumbersEnabled: "true" };
    await post(customer, "/trunkline/v1/GeoPermissions", permission);
    expect(await outcome(customer)).toBe("486");
    await post(customer, "/trunkline/v1/GeoPermissions/%2B1500555", { LowRiskNumbersEnabled: "false" });
    await bulk(true);
    expect(await outcome(customer)).toBe("403 32205");
    await post(customer, "/trunkline/v1/AccountSettings", { HomeCountry: "GB" });
    expect(await ask(customer, LONDON)).toMatchObject({ verdict: "pass" });
  });

  it("LIM-1: limits of account, trunk and address hold and are lifted", async () => {
    const customer = await newCustomer();
    const pool = { OwnerSid: customer.sid, MaxConcurrentCalls: "0" };
    await platform.post("/trunkline/v1/Limits", pool, OPERATOR);
    expect(await outcome(customer)).toBe("503 10004");
    await platform.delete(`/trunkline/v1/Limits/${customer.sid}`, OPERATOR);
    expect(await outcome(customer)).toBe("486");
    const trunk = `/trunkline/v1/Trunks/${customer.trunkSid}`;
    await post(customer, trunk, { MaxConcurrentCalls: "0" });
    expect(await dial(customer, BUSY)).toMatch(/^SIP\/2\.0 503 Trunk concurrent call limit exceeded\r\n/);
    await post(customer, trunk, { MaxConcurrentCalls: "" });
    await post(customer, "/trunkline/v1/Limits", { OwnerSid: customer.addressSid, MaxCps: "0.01" });
    expect(await outcome(customer)).toBe("486");
    expect(await outcome(customer)).toBe("503 32001");
    const refused = await dial(customer, BUSY);
    expect(refused).toMatch(/^SIP\/2\.0 503 Source CPS limit exceeded\r\n/);
    expect(Number(/\r\nRetry-After: *(\d+)/.exec(refused ?? "")?.[1])).toBeGreaterThan(50);
  });

  it("SEC-6: a trunk that names its peers' certificates takes no call without one", async () => {
    const customer = await newCustomer();
    const trunk = `/trunkline/v1/Trunks/${customer.trunkSid}`;
    await post(customer, trunk, { ClientNames: "pbx.example.com" });
    expect(await outcome(customer)).toBe("403 32202");
    await post(customer, trunk, { ClientNames: "" });
    expect(await outcome(customer)).toBe("486");
  });
});

describe("CAR-1: carriers made by API", () => {
  let carrier: RawSip;
  beforeAll(async () => {
    carrier = await RawSip.open();
  });
  afterAll(() => carrier.close());

  /** The INVITE that reaches the carrier, which says it is busy. */
  async function takeInvite(): Promise<string | undefined> {
    const invite = await carrier.next((message) => message.startsWith("INVITE "));
    if (invite === undefined) return undefined;
    carrier.send(busyTo(invite), platform.sipPort, platform.sipHost);
    await carrier.next((message) => message.startsWith("ACK "));
    return invite;
  }

  it("a new one takes the calls of its prefix, dressed as it wants them; when it is deleted, the next call goes elsewhere", async () => {
    const customer = await newCustomer();
    await post(customer, "/trunkline/v1/GeoPermissions", { Destination: "GB", LowRiskNumbersEnabled: "true" });
    const simulated = await ask(customer, LONDON);
    const { sid } = await platform.post<Row>(
      "/trunkline/v1/Carriers",
      {
        FriendlyName: "London",
        CalledNumberForm: "digits",
        CalledPrefix: "77",
        CallerNumberForm: "double-zero",
        CallerIdHeader: "P-Preferred-Identity",
        AddedHeaders: "X-Route: 7",
      },
      OPERATOR,
    );
    const path = `/trunkline/v1/Carriers/${sid}`;
    const target = { SipUrl: `sip:${carrier.address}:${carrier.port}` };
    await platform.post(`${path}/Targets`, target, OPERATOR);
    expect(await ask(customer, LONDON), "without a prefix it takes nothing").toEqual(simulated);
    await platform.post(`${path}/Prefixes`, { Prefix: "+4420" }, OPERATOR);

    const uri = `sip:77442079460000@${carrier.address}:${carrier.port}`;
    expect((await ask(customer, LONDON)).targets[0]).toMatchObject({ uri, carrier_sid: sid });
    const [invite, final] = await Promise.all([takeInvite(), dial(customer, LONDON)]);
    expect(final).toMatch(/^SIP\/2\.0 486 /);
    expect(invite).toMatch(new RegExp(`^INVITE ${uri.replace(/[.+]/g, "\\$&")} SIP`));
    expect(invite).toContain(`\r\nP-Preferred-Identity: <sip:00${customer.number.slice(1)}@`);
    expect(invite).not.toContain("P-Asserted-Identity");
    expect(invite).toContain("\r\nX-Route: 7\r\n");

    await platform.post(path, { CalledPrefix: "", AddedHeaders: "", CalledNumberForm: "e164" }, OPERATOR);
    const [plain] = await Promise.all([takeInvite(), dial(customer, LONDON)]);
    expect(plain).toMatch(/^INVITE sip:\+442079460000@/);
    expect(plain).not.toContain("X-Route");

    await platform.post(path, { Enabled: "false" }, OPERATOR);
    expect((await ask(customer, LONDON)).targets).toEqual(simulated.targets);
    await platform.delete(path, OPERATOR);
    expect(await ask(customer, LONDON)).toEqual(simulated);
  });

  it("CAR-2: its calls are taken from its sources only", async () => {
    const customer = await newCustomer();
    const requestUri = `sip:${customer.number}@${platform.sipHost}`;
    const originate = async (): Promise<string | undefined> => {
      const invite = inviteText({
        host: carrier.address,
        port: carrier.port,
        requestUri,
        from: `sip:+14155550123@${carrier.address}`,
        callId: `source${++calls}.${process.pid}`,
      });
      carrier.send(invite, platform.sipPort, platform.sipHost);
      const final = await carrier.final(1_500);
      if (final) carrier.send(ackText(invite, final), platform.sipPort, platform.sipHost);
      return final;
    };
    const { sid } = await platform.post<Row>("/trunkline/v1/Carriers", { FriendlyName: "Inbound" }, OPERATOR);
    expect(await originate(), "a stranger is not answered").toBeUndefined();
    const sources = `/trunkline/v1/Carriers/${sid}/Sources`;
    const source = { Cidr: carrier.address, Port: String(carrier.port) };
    const { sid: sourceSid } = await platform.post<Row>(sources, source, OPERATOR);
    expect(await originate()).toMatch(/^SIP\/2\.0 480 /);
    await platform.delete(`${sources}/${sourceSid}`, OPERATOR);
    expect(await originate()).toBeUndefined();
    await platform.delete(`/trunkline/v1/Carriers/${sid}`, OPERATOR);
  });
});

/** 486, with what a response takes over from its request (RFC 3261 §8.2.6.2). */
function busyTo(invite: string): string {
  const lines = invite.split("\r\n");
  const copied = ["Via", "From", "Call-ID", "CSeq"].flatMap((name) =>
    lines.filter((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`)),
  );
  const to = lines.find((line) => line.toLowerCase().startsWith("to:"));
  return ["SIP/2.0 486 Busy Here", ...copied, `${to};tag=carrier`, "Content-Length: 0", "", ""].join("\r\n");
}
