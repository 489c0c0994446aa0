import type { Alert, CallRecord, Trunk } from "@trunkline/trunking";
import type { Store } from "./store.ts";

let made = 0;

/** A SID no other row of this test run has. They grow, so that later ones sort after earlier ones. */
export function newSid(prefix: string): string {
  return prefix + (++made).toString(16).padStart(32, "0");
}

/** A number no other row of this test run has. */
export function newNumber(): string {
  return `+1202${String(++made).padStart(7, "0")}`;
}

export async function newAccount(store: Store, parentSid: string | null = null): Promise<string> {
  const sid = newSid("AC");
  const friendlyName = `account ${sid.slice(-4)}`;
  await store.accounts.create({
    sid,
    parentSid,
    friendlyName,
    status: "active",
    type: "Full",
    authToken: `token of ${sid}`,
  });
  return sid;
}

export function trunkRow(accountSid: string, fields: Partial<Trunk> = {}): Trunk {
  return {
    sid: newSid("TK"),
    accountSid,
    friendlyName: "Office",
    domainName: null,
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
    ...fields,
  };
}

export async function newTrunk(store: Store, accountSid: string, fields: Partial<Trunk> = {}): Promise<string> {
  const row = trunkRow(accountSid, fields);
  const outcome = await store.trunks.create(row);
  if (outcome.kind !== "ok") throw new Error(`no trunk: ${JSON.stringify(outcome)}`);
  return row.sid;
}

export function originationUrlRow(accountSid: string, trunkSid: string) {
  return {
    sid: newSid("OU"),
    accountSid,
    trunkSid,
    friendlyName: "PBX",
    sipUrl: "sip:pbx.example.com",
    priority: 10,
    weight: 20,
    enabled: true,
  };
}

export function phoneNumberRow(accountSid: string, trunkSid: string | null = null) {
  return {
    sid: newSid("PN"),
    accountSid,
    e164: newNumber(),
    trunkSid,
    friendlyName: "Reception",
    voiceUrl: "https://example.com/voice",
    voiceMethod: "POST",
    voiceFallbackUrl: null,
    voiceFallbackMethod: "GET",
    voiceApplicationSid: null,
    voiceCallerIdLookup: false,
    statusCallback: null,
    statusCallbackMethod: "POST",
    isoCountry: "US",
    type: "local",
    capabilities: ["voice"],
    ...PLAIN_NUMBER,
  } as const;
}

/** What a number has that nobody acts upon. */
const PLAIN_NUMBER = {
  smsUrl: null,
  smsMethod: "POST",
  smsFallbackUrl: null,
  smsFallbackMethod: "POST",
  smsApplicationSid: null,
  addressSid: null,
  identitySid: null,
  bundleSid: null,
} as const;

export async function newApplication(store: Store, accountSid: string): Promise<string> {
  const sid = newSid("AP");
  const outcome = await store.applications.create({
    sid,
    accountSid,
    friendlyName: "Reception",
    apiVersion: "2010-04-01",
    voiceUrl: "https://example.com/voice",
    voiceMethod: "POST",
    voiceFallbackUrl: null,
    voiceFallbackMethod: "POST",
    voiceCallerIdLookup: false,
    statusCallback: null,
    statusCallbackMethod: "POST",
    smsUrl: null,
    smsMethod: "POST",
    smsFallbackUrl: null,
    smsFallbackMethod: "POST",
    smsStatusCallback: null,
    messageStatusCallback: null,
    publicApplicationConnectEnabled: false,
  });
  if (outcome.kind !== "ok") throw new Error(`no application: ${JSON.stringify(outcome)}`);
  return sid;
}

export function callRow(accountSid: string, fields: Partial<CallRecord> = {}): CallRecord {
  return {
    sid: newSid("CA"),
    revision: 1,
    accountSid,
    trunkSid: "TK00000000000000000000000000000000",
    direction: "trunking-terminating",
    from: "+12025550100",
    to: "+12025550199",
    callerName: null,
    phoneNumberSid: null,
    status: "completed",
    createdAtMs: 1_795_000_000_123,
    answeredAtMs: 1_795_000_002_001,
    endedAtMs: 1_795_000_010_999,
    durationSec: 9,
    sipCallIdA: "a@192.0.2.1",
    sipCallIdB: null,
    source: "192.0.2.1:5060",
    endedBy: "caller",
    sipStatus: 200,
    reason: "OK",
    errorCode: null,
    attempts: [
      {
        uri: "sip:+12025550199@192.0.2.9",
        carrierSid: "CX00000000000000000000000000000001",
        originationUrlSid: null,
        startedAtMs: 1_795_000_000_130,
        status: 200,
        reason: "OK",
      },
    ],
    quality: [
      {
        leg: "a",
        codec: "PCMU",
        packetsReceived: 450,
        bytesReceived: 72_000,
        packetsLost: 1,
        jitterMs: 0.5,
        roundTripMs: null,
        mos: 4.38,
        sourceChanges: 0,
      },
    ],
    recordings: [],
    trace: [{ rule: "termination.acl", input: "192.0.2.1", verdict: "pass", detail: "listed", atMs: 0 }],
    ...fields,
  };
}

export function alertRow(accountSid: string, fields: Partial<Alert> = {}): Alert {
  return {
    sid: newSid("NO"),
    accountSid,
    atMs: 1_795_000_000_500,
    errorCode: 32201,
    level: "error",
    resourceSid: "CA00000000000000000000000000000001",
    text: "source not in the list",
    ...fields,
  };
}
