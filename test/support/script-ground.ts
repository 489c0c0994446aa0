import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore } from "@trunkline/store";
import { eventually } from "./eventually.ts";
import { type Platform, type PlatformOptions, startPlatform } from "./platform.ts";
import { RawSip } from "./raw-sip.ts";
import { type Called, ScriptedDialog } from "./scripted-dialog.ts";

/** Timer H, J and L of what ended last, and a poll of the metrics. */
const LINGER_MS = 40_000;

/** Our own carrier takes numbers with this prefix; all others go to the simulated PSTN. */
const CARRIER_PREFIX = "+49";

export type Evidence = {
  readonly status: string;
  readonly direction: string;
  readonly sip_status: number | null;
  readonly reason: string | null;
  readonly error_code: number | null;
  readonly ended_by: string | null;
  readonly duration_sec: number | null;
  readonly date_ended: string | null;
  readonly attempts: readonly { readonly uri: string; readonly status: number; readonly reason: string }[];
  readonly trace: readonly { readonly rule: string; readonly verdict: string; readonly detail: string }[];
};

/** A platform between two scripted peers, a customer's PBX and a carrier, each of which can call the other. */
export type ScriptGround = {
  readonly platform: Platform;
  readonly domain: string;
  readonly pbx: RawSip;
  /** The carrier's first target, and the one that is tried after its silence or 503. */
  readonly carrier: RawSip;
  readonly spare: RawSip;
  /** The PBX calls a number that starts with `CARRIER_PREFIX`. */
  dial(number: string, said?: Partial<Called>): ScriptedDialog;
  /** The carrier calls a number of the PBX. */
  deliver(number: string, said?: Partial<Called>): ScriptedDialog;
  /** Waits for the INVITE that reaches a peer. */
  called(raw: RawSip, number: string, limitMs?: number): Promise<ScriptedDialog>;
  /** A call both sides of which are up, called in either direction. */
  connect(direction: "termination" | "origination", number: string): Promise<Connected>;
  /** The whole record of a call that has ended. */
  ended(sid: string): Promise<Evidence>;
  /** Waits until no call, session or transaction is left; rejects with what is. */
  idle(): Promise<void>;
  stop(): Promise<void>;
};

export type Connected = { readonly a: ScriptedDialog; readonly b: ScriptedDialog; readonly sid: string };

/**
 * Starts it: the carrier is put into the store before the platform's first start; the PBX is let in by its address and owns the demo's numbers
 * 10 to 18.
 */
export async function layScriptGround(options: PlatformOptions = {}): Promise<ScriptGround> {
  const [pbx, carrier, spare] = await Promise.all(
    ["127.0.0.21", "127.0.0.22", "127.0.0.23"].map((at) => RawSip.open(at)),
  );
  if (!pbx || !carrier || !spare) throw new Error("unreachable");
  const dataDir = mkdtempSync(join(tmpdir(), "trunkline-script-"));
  await seedCarrier(dataDir, [carrier, spare]);
  const platform = await startPlatform({ ...options, dataDir });
  const domain = await makeTrunk(platform, pbx);
  const place = { host: platform.sipHost, port: platform.sipPort };
  const stop = async (): Promise<void> => {
    for (const raw of [pbx, carrier, spare]) raw.close();
    await platform.stop();
    rmSync(dataDir, { recursive: true, force: true });
  };
  const from = `sip:${platform.demo.numbers[10]}@${domain}`;
  const ground = {
    platform,
    domain,
    pbx,
    carrier,
    spare,
    dial: (number: string, said: Partial<Called> = {}) =>
      ScriptedDialog.call(pbx, place, { uri: `sip:${number}@${domain}`, from, ...said }),
    deliver: (number: string, said: Partial<Called> = {}) =>
      ScriptedDialog.call(carrier, place, {
        uri: `sip:${number}@${platform.sipHost}:${platform.sipPort}`,
        from: "sip:+493012345@carrier.example",
        ...said,
      }),
    called: (raw: RawSip, number: string, limitMs?: number) => ScriptedDialog.called(raw, place, number, limitMs),
  };
  return {
    ...ground,
    connect: (direction, number) => connect(ground, direction, number),
    ended: (sid) => ended(platform, sid),
    idle: () => idle(platform),
    stop,
  };
}

async function connect(
  ground: Pick<ScriptGround, "dial" | "deliver" | "called" | "carrier" | "pbx">,
  direction: "termination" | "origination",
  number: string,
): Promise<Connected> {
  const a = direction === "termination" ? ground.dial(number) : ground.deliver(number);
  const b = await ground.called(direction === "termination" ? ground.carrier : ground.pbx, number);
  b.respond(b.invite, 200);
  const answer = await a.hear("200 INVITE");
  a.ack(answer);
  await b.hear("ACK");
  return { a, b, sid: answer.header("X-Twilio-CallSid") };
}

/** The row of a carrier and the secret it is stored under, in a data directory that no platform has used yet. */
async function seedCarrier(dataDir: string, targets: readonly RawSip[]): Promise<void> {
  const encryptionKey = randomBytes(32);
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(join(dataDir, "secrets.json"), JSON.stringify({ encryptionKey: encryptionKey.toString("hex") }));
  const store = await openStore({ url: `pglite:${join(dataDir, "store")}`, encryptionKey });
  const sid = (prefix: string, digit = 2): string => `${prefix}${"0".repeat(31)}${digit}`;
  const carrierSid = sid("CX");
  await store.carriers.upsert(
    {
      sid: carrierSid,
      friendlyName: "Scripted",
      enabled: true,
      priority: 1,
      retryStatuses: [503],
      ownNumbersOnly: false,
    },
    targets.map(({ address, port }, i) => ({
      sid: sid("CT", i + 2),
      carrierSid,
      sipUrl: `sip:${address}:${port}`,
      priority: i + 1,
      weight: 1,
    })),
    [{ sid: sid("CF"), carrierSid, prefix: CARRIER_PREFIX.slice(1), costMicros: 0 }],
    targets.map(({ address }, i) => ({ sid: sid("CS", i + 2), carrierSid, cidr: `${address}/32`, port: null })),
  );
  await store.close();
}

async function makeTrunk(platform: Platform, pbx: RawSip): Promise<string> {
  const account = `/2010-04-01/Accounts/${platform.demo.accountSid}`;
  const list = await platform.post<{ sid: string }>(`${account}/SIP/IpAccessControlLists.json`, {
    FriendlyName: "scripted",
  });
  await platform.post(`${account}/SIP/IpAccessControlLists/${list.sid}/IpAddresses.json`, {
    FriendlyName: "pbx",
    IpAddress: pbx.address,
  });
  const domain = `script.pstn.${platform.zone}`;
  const { sid } = await platform.post<{ sid: string }>("/v1/Trunks", { FriendlyName: "script", DomainName: domain });
  await platform.post(`/v1/Trunks/${sid}/IpAccessControlLists`, { IpAccessControlListSid: list.sid });
  await addOriginationUrl(platform, sid, `sip:${pbx.address}:${pbx.port}`, 1);
  for (const number of platform.demo.numbers.slice(10, 19)) await assignNumber(platform, sid, number);
  return domain;
}

export async function addOriginationUrl(
  platform: Platform,
  trunk: string,
  url: string,
  priority: number,
): Promise<void> {
  const form = { FriendlyName: url, SipUrl: url, Priority: String(priority), Weight: "1", Enabled: "true" };
  await platform.post(`/v1/Trunks/${trunk}/OriginationUrls`, form);
}

/** Lets a trunk answer one of the account's numbers. */
export async function assignNumber(platform: Platform, trunk: string, number: string): Promise<void> {
  const account = `/2010-04-01/Accounts/${platform.demo.accountSid}`;
  const path = `${account}/IncomingPhoneNumbers.json?PhoneNumber=${encodeURIComponent(number)}`;
  const { incoming_phone_numbers: found } = await platform.get<{ incoming_phone_numbers: { sid: string }[] }>(path);
  await platform.post(`/v1/Trunks/${trunk}/PhoneNumbers`, { PhoneNumberSid: found[0]?.sid ?? "" });
}

/** The whole record of a call that has ended, with its decision trace. */
export async function ended(platform: Platform, sid: string): Promise<Evidence> {
  const path = `/trunkline/v1/Calls/${sid}`;
  const record = await eventually(`end of ${sid}`, async () => {
    const call = await platform.get<Omit<Evidence, "trace">>(path);
    return call.date_ended === null ? undefined : call;
  });
  const { steps } = await platform.get<{ steps: Evidence["trace"] }>(`${path}/Trace`);
  return { ...record, trace: steps };
}

const LIVE = /^trunkline_(live_(?:calls|sessions|client_transactions|server_transactions)) (\d+)$/gm;

async function idle(platform: Platform): Promise<void> {
  await eventually(
    "an idle platform",
    async () => {
      const text = await (await fetch(`${platform.api}/metrics`)).text();
      const live = [...text.matchAll(LIVE)].map(([, name, value]) => `${name} ${value}`);
      if (live.length < 4) throw new Error(`metrics are missing: ${live.join(", ")}`);
      const left = live.filter((line) => !line.endsWith(" 0"));
      if (left.length > 0) throw new Error(left.join(", "));
      return true;
    },
    LINGER_MS,
  );
}
