import { createHash, randomBytes } from "node:crypto";
import type { InventoryNumber, Outcome, PhoneNumberSettings, Store } from "@trunkline/store";
import type { Carrier, Trunk } from "@trunkline/trunking";
import { ensureDemoUser, type Login } from "./console-users.ts";
import { addDemoRates } from "./demo-rates.ts";
import type { Secrets } from "./secrets.ts";

/** Of the carrier that a demo makes for the simulated PSTN. */
export const SIMULATED_CARRIER_SID = `CX${"0".repeat(31)}1`;
const SIMULATED_CARRIER_NAME = "Simulated PSTN";
const DEMO_USER = "demo";
const PAGE_OF_ALL = { limit: 1_000 };

/** The demo's numbers, +12025550100 to +12025550119: reserved for fiction by the North American Numbering Plan. */
const DEMO_NUMBERS: readonly string[] = Array.from(
  { length: 20 },
  (_unused, i) => `+120255501${String(i).padStart(2, "0")}`,
);

/** What the demo's verification calls show: the last of its numbers, which no example uses. */
export const DEMO_CALLER_ID = "+12025550119";

/** The first ten answer on the demo trunk; the others are free for a trunk of your own. */
const ON_DEMO_TRUNK = 10;

const EVERYWHERE = { destination: "*", lowRisk: true, highRiskSpecial: true, highRiskTollFraud: true };

export type Demo = {
  readonly accountSid: string;
  readonly authToken: string;
  readonly domain: string;
  readonly username: string;
  readonly password: string;
  /** Of the account's owner, in the console. */
  readonly console: Login;
  readonly numbers: readonly string[];
};

/**
 * Makes sure that the demo exists: a Full account, twenty numbers, a trunk `demo.pstn.{zone}` with one credential list. Safe to repeat:
 * what is there stays as its owner changed it, except that the password follows the setting.
 */
export async function ensureDemo(store: Store, zone: string, secrets: Secrets): Promise<Demo> {
  const accountSid = secrets.demoAccountSid;
  if (!(await store.accounts.fetch(accountSid))) {
    taken(
      await store.accounts.create({
        sid: accountSid,
        parentSid: null,
        friendlyName: "Demo",
        status: "active",
        type: "Full",
        authToken: secrets.demoAuthToken,
      }),
    );
    // Every call of the demo ends at the simulated PSTN and costs nothing, so all the world may be tried.
    taken(await store.dialingPermissions.set(accountSid, [EVERYWHERE]));
    await addDemoRates(store, mint);
  }
  const domain = `demo.pstn.${zone}`;
  const trunk =
    (await store.trunks.byDomain(domain)) ?? taken(await store.trunks.create(demoTrunk(accountSid, domain)));
  await ensureCredential(store, trunk, zone, secrets.demoPassword);
  await ensureNumbers(store, trunk);
  await ensureStock(store);
  return {
    accountSid,
    authToken: (await store.accounts.authToken(accountSid)) ?? secrets.demoAuthToken,
    domain,
    username: DEMO_USER,
    password: secrets.demoPassword,
    console: await ensureDemoUser(store, zone, accountSid, secrets.demoPassword),
    numbers: DEMO_NUMBERS,
  };
}

/**
 * Makes the simulated PSTN a carrier like any other: it takes every number and is recognised by the port it calls from. A name that the
 * operator has given to another carrier is left to that one.
 */
export async function ensureSimulatedCarrier(store: Store, address: string, port: number): Promise<void> {
  for (let n = 1; ; n++) {
    const friendlyName = n === 1 ? SIMULATED_CARRIER_NAME : `${SIMULATED_CARRIER_NAME} ${n}`;
    const outcome = await upsertSimulatedCarrier(store, friendlyName, address, port);
    if (outcome.kind !== "conflict" || outcome.which !== "friendly-name") return void taken(outcome);
  }
}

function upsertSimulatedCarrier(
  store: Store,
  friendlyName: string,
  address: string,
  port: number,
): Promise<Outcome<Carrier>> {
  const host = address.includes(":") ? `[${address}]` : address;
  const carrierSid = SIMULATED_CARRIER_SID;
  const child = (prefix: string): string => `${prefix}${"0".repeat(31)}1`;
  return store.carriers.upsert(
    {
      sid: carrierSid,
      friendlyName,
      enabled: true,
      priority: 100,
      retryStatuses: [408, 500, 502, 503, 504],
      ownNumbersOnly: false,
    },
    [{ sid: child("CT"), carrierSid, sipUrl: `sip:${host}:${port}`, priority: 10, weight: 10 }],
    [{ sid: child("CF"), carrierSid, prefix: "", costMicros: 0 }],
    [{ sid: child("CS"), carrierSid, cidr: `${address}/${address.includes(":") ? 128 : 32}`, port }],
  );
}

function demoTrunk(accountSid: string, domainName: string): Trunk {
  return {
    sid: mint("TK"),
    accountSid,
    friendlyName: "Demo trunk",
    domainName,
    disasterRecoveryUrl: null,
    disasterRecoveryMethod: null,
    secure: false,
    cnamLookupEnabled: false,
    recordingMode: "do-not-record",
    recordingTrim: "do-not-trim",
    transferMode: "disable-all",
    transferCallerId: "from-transferee",
    symmetricRtpEnabled: false,
    failoverFinalStatuses: null,
    failoverTimeoutMs: null,
  };
}

async function ensureCredential(store: Store, trunk: Trunk, zone: string, password: string): Promise<void> {
  const lists = (await store.credentialLists.list(trunk.accountSid, PAGE_OF_ALL)).rows;
  const list =
    lists.find((one) => one.friendlyName === "Demo users") ??
    taken(
      await store.credentialLists.create({ sid: mint("CL"), accountSid: trunk.accountSid, friendlyName: "Demo users" }),
    );
  const hashes = {
    ha1Md5: hash("md5", `${DEMO_USER}:sip.${zone}:${password}`),
    ha1Sha256: hash("sha256", `${DEMO_USER}:sip.${zone}:${password}`),
  };
  const users = (await store.credentials.list(list.sid, PAGE_OF_ALL)).rows;
  const user = users.find((one) => one.username === DEMO_USER);
  if (!user)
    taken(await store.credentials.create({ sid: mint("CR"), listSid: list.sid, username: DEMO_USER, ...hashes }));
  else if (user.ha1Sha256 !== hashes.ha1Sha256) taken(await store.credentials.update(list.sid, user.sid, hashes));
  if (!(await store.trunkCredentialLists.fetch(trunk.sid, list.sid)))
    taken(await store.trunkCredentialLists.add(trunk.sid, list.sid));
}

async function ensureNumbers(store: Store, trunk: Trunk): Promise<void> {
  const { accountSid } = trunk;
  const owned = new Set((await store.phoneNumbers.list(accountSid, {}, PAGE_OF_ALL)).rows.map((row) => row.e164));
  for (const [i, e164] of DEMO_NUMBERS.entries()) {
    if (owned.has(e164)) continue;
    const trunkSid = i < ON_DEMO_TRUNK ? trunk.sid : null;
    taken(await store.phoneNumbers.create({ sid: mint("PN"), accountSid, e164, trunkSid, ...numberSettings(e164) }));
  }
}

/** Numbers to buy, of several kinds; those of North America and Britain are reserved for fiction. */
const STOCK = [
  ...stockOf("+12025550120", 20, { type: "local", region: "DC", locality: "Washington" }),
  ...stockOf("+13035550100", 10, { type: "local", region: "CO", locality: "Denver" }),
  ...stockOf("+18335550100", 5, { type: "toll free" }),
  ...stockOf("+447700900100", 5, { isoCountry: "GB", type: "mobile" }),
];

function stockOf(
  first: string,
  count: number,
  fields: Partial<InventoryNumber>,
): readonly Omit<InventoryNumber, "sid">[] {
  return Array.from({ length: count }, (_unused, n) => ({
    e164: `+${Number(first) + n}`,
    isoCountry: "US",
    type: "local",
    carrierSid: null,
    monthlyPriceMicros: 0,
    capabilities: ["voice"],
    locality: null,
    region: null,
    state: "available",
    ...fields,
  }));
}

async function ensureStock(store: Store): Promise<void> {
  const there = await store.inventory.list({}, { limit: 1 });
  if (there.rows.length > 0) return;
  for (const number of STOCK) {
    taken(await store.inventory.create({ ...number, sid: mint("IN") }));
  }
}

function numberSettings(e164: string): PhoneNumberSettings {
  return {
    friendlyName: `(${e164.slice(2, 5)}) ${e164.slice(5, 8)}-${e164.slice(8)}`,
    voiceUrl: null,
    voiceMethod: "POST",
    voiceFallbackUrl: null,
    voiceFallbackMethod: "POST",
    voiceApplicationSid: null,
    voiceCallerIdLookup: false,
    statusCallback: null,
    statusCallbackMethod: "POST",
    isoCountry: "US",
    type: "local",
    capabilities: ["voice"],
    smsUrl: null,
    smsMethod: "POST",
    smsFallbackUrl: null,
    smsFallbackMethod: "POST",
    smsApplicationSid: null,
    addressSid: null,
    identitySid: null,
    bundleSid: null,
  };
}

const mint = (prefix: string): string => prefix + randomBytes(16).toString("hex");
const hash = (name: "md5" | "sha256", text: string): string => createHash(name).update(text, "latin1").digest("hex");

/** The row of an outcome that cannot fail unless we are wrong. */
function taken<T>(outcome: Outcome<T>): T {
  if (outcome.kind === "ok") return outcome.row;
  throw new Error(
    `the demo could not be made: ${outcome.kind === "conflict" ? `conflict on ${outcome.which}` : `${outcome.what} not found`}`,
  );
}
