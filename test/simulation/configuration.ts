import { digestRealm } from "@trunkline/edge";
import { type Host, ha1 } from "@trunkline/sip";
import { DEFAULT_ACCOUNT_SETTINGS, type DirectoryChange, type RecordingMode } from "@trunkline/trunking";
import {
  ACCOUNT,
  account,
  carrier,
  changes,
  originationUrl,
  sid,
  TRUNK,
  trunk,
  type WrittenRow,
} from "../support/lent-fixtures.ts";

export const ZONE = "example.test";
export const TRUNK_DOMAIN = `demo.pstn.${ZONE}`;
export const NUMBER = "+12025550100";
export const USER = { username: "demo", password: "Correct-Horse-9" };

export const EDGE = { address: "10.0.0.10", port: 5060 };
/** The customer's servers, in the order of the trunk's origination URLs; the first also calls out. */
export const PBXES = ["10.0.0.1", "10.0.0.2", "10.0.0.3"] as const;
/** Where the customer's servers send calls that they redirect; no target of the trunk. */
export const ELSEWHERE = "10.0.0.9";
/** One target of each carrier, in the order of their priority; the first also calls in. */
export const CARRIERS = ["10.0.0.20", "10.0.0.21", "10.0.0.22"] as const;

const CALLED = "+14155550123";

/** How the customer calls out, and how a carrier calls in. */
export const TERMINATION = {
  requestUri: `sip:${CALLED}@${TRUNK_DOMAIN}`,
  from: `<sip:${NUMBER}@${TRUNK_DOMAIN}>`,
  to: `<sip:${CALLED}@${TRUNK_DOMAIN}>`,
  credentials: USER,
};

export const ORIGINATION = {
  requestUri: `sip:${NUMBER}@${EDGE.address}`,
  from: `<sip:${CALLED}@${CARRIERS[0]}>`,
  to: `<sip:${NUMBER}@${EDGE.address}>`,
};

/** One account with one number; one trunk with one user and three origination URLs; three carriers of every number; and what else is given. */
export function configuration(hash: Host["hash"], rows: readonly WrittenRow[] = []): readonly DirectoryChange[] {
  const ha1Of = (name: "MD5" | "SHA-256"): string => ha1(hash, name, USER.username, digestRealm(ZONE), USER.password);
  const listSid = sid("CL", 1);
  return changes([
    ["account", ACCOUNT, account()],
    ["trunk", TRUNK, trunk({ domainName: TRUNK_DOMAIN })],
    [
      "credential",
      sid("CR", 1),
      { sid: sid("CR", 1), listSid, username: USER.username, ha1Md5: ha1Of("MD5"), ha1Sha256: ha1Of("SHA-256") },
    ],
    ["trunkCredentialList", `${TRUNK}/${listSid}`, { trunkSid: TRUNK, listSid }],
    ["phoneNumber", sid("PN", 1), { sid: sid("PN", 1), accountSid: ACCOUNT, e164: NUMBER, trunkSid: TRUNK }],
    ...PBXES.map((address, index): WrittenRow => {
      const url = originationUrl(index + 1, { sipUrl: `sip:${address}`, priority: index + 1 });
      return ["originationUrl", url.sid, url];
    }),
    ...CARRIERS.flatMap((address, index) => carrierAt(address, index + 1)),
    ...rows,
  ]);
}

/** ACC-5: the account's calls end after so long. */
export function maximumDuration(ms: number): WrittenRow {
  const row = { accountSid: ACCOUNT, ...DEFAULT_ACCOUNT_SETTINGS, maxCallDurationSec: ms / 1_000 };
  return ["accountSettings", ACCOUNT, row];
}

/** REC-1. */
export function recordedTrunk(recordingMode: RecordingMode): WrittenRow {
  return ["trunk", TRUNK, trunk({ domainName: TRUNK_DOMAIN, recordingMode })];
}

function carrierAt(address: string, number: number): readonly WrittenRow[] {
  const row = carrier(number, { priority: number, retryStatuses: [503] });
  const [target, prefix, source] = [sid("CT", number), sid("CF", number), sid("CS", number)];
  return [
    ["carrier", row.sid, row],
    ["carrierTarget", target, { sid: target, carrierSid: row.sid, sipUrl: `sip:${address}`, priority: 1, weight: 1 }],
    ["carrierPrefix", prefix, { sid: prefix, carrierSid: row.sid, prefix: "", costMicros: 0 }],
    ["carrierSource", source, { sid: source, carrierSid: row.sid, cidr: `${address}/32`, port: null }],
  ];
}
