import type {
  Account,
  Carrier,
  DirectoryChange,
  DirectoryEntity,
  DirectoryRows,
  OriginationUrl,
  Trunk,
} from "./model.ts";

/** A SID with a readable end: `sid("TK", 1)` is `TK0…01`. */
export function sid(prefix: string, number: number): string {
  return prefix + number.toString(16).padStart(32, "0");
}

export const ACCOUNT = sid("AC", 1);
export const TRUNK = sid("TK", 1);
export const ZONE = "trunkline.localhost";

export function account(change: Partial<Account> = {}): Account {
  return { sid: ACCOUNT, parentSid: null, friendlyName: "Acme", status: "active", type: "Full", ...change };
}

export function trunk(change: Partial<Trunk> = {}): Trunk {
  return {
    sid: TRUNK,
    accountSid: ACCOUNT,
    friendlyName: null,
    domainName: `acme.pstn.${ZONE}`,
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
    ...change,
  };
}

export function originationUrl(number: number, change: Partial<OriginationUrl> = {}): OriginationUrl {
  return {
    sid: sid("OU", number),
    accountSid: ACCOUNT,
    trunkSid: TRUNK,
    friendlyName: `pbx${number}`,
    sipUrl: `sip:pbx${number}.example.com`,
    priority: 10,
    weight: 10,
    enabled: true,
    ...change,
  };
}

export function carrier(number: number, change: Partial<Carrier> = {}): Carrier {
  return {
    sid: sid("CX", number),
    friendlyName: `Carrier ${number}`,
    enabled: true,
    priority: 10,
    retryStatuses: [500, 502, 503, 504],
    ownNumbersOnly: false,
    ...change,
  };
}

/** Changes with growing `seq` from rows written as `[entity, key, row]`. */
export type WrittenRow = {
  [Entity in DirectoryEntity]: readonly [entity: Entity, key: string, row: DirectoryRows[Entity] | null];
}[DirectoryEntity];

export function changes(rows: readonly WrittenRow[], firstSeq = 1): readonly DirectoryChange[] {
  return rows.map(([entity, key, row], index) => ({ seq: firstSeq + index, entity, key, row }) as DirectoryChange);
}
