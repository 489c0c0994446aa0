/**
 * What the product is made of: the rows that configuration consists of, as routing sees them.
 *
 * Names follow Twilio's API in camelCase; SIDs are two letters and 32 hex digits (see `sid.ts`). Times are epoch milliseconds.
 */
export type AccountStatus = "active" | "suspended" | "closed";
export type AccountType = "Trial" | "Full";

export type Account = {
  readonly sid: string;
  readonly parentSid: string | null;
  readonly friendlyName: string;
  readonly status: AccountStatus;
  readonly type: AccountType;
};

export type RecordingMode =
  | "do-not-record"
  | "record-from-ringing"
  | "record-from-answer"
  | "record-from-ringing-dual"
  | "record-from-answer-dual";
export type RecordingTrim = "trim-silence" | "do-not-trim";
export type TransferMode = "disable-all" | "enable-all" | "sip-only";
export type TransferCallerId = "from-transferee" | "from-transferor";

export type Trunk = {
  readonly sid: string;
  readonly accountSid: string;
  readonly friendlyName: string | null;
  /** Whole name in lower case, ending in `.pstn.{zone}`; null until chosen. */
  readonly domainName: string | null;
  readonly disasterRecoveryUrl: string | null;
  readonly disasterRecoveryMethod: "GET" | "POST" | null;
  readonly secure: boolean;
  readonly cnamLookupEnabled: boolean;
  readonly recordingMode: RecordingMode;
  readonly recordingTrim: RecordingTrim;
  readonly transferMode: TransferMode;
  readonly transferCallerId: TransferCallerId;
  readonly symmetricRtpEnabled: boolean;
  /** Final answers that end the search for an origination target; null: `DEFAULT_FINAL_STATUSES`. */
  readonly failoverFinalStatuses: readonly number[] | null;
  /** How long one target may stay silent; null: 4,000. */
  readonly failoverTimeoutMs: number | null;
};

export type OriginationUrl = {
  readonly sid: string;
  readonly accountSid: string;
  readonly trunkSid: string;
  readonly friendlyName: string;
  readonly sipUrl: string;
  /** 0–65535, lower first. */
  readonly priority: number;
  /** 1–65535. */
  readonly weight: number;
  readonly enabled: boolean;
};

export type IpAccessControlList = { readonly sid: string; readonly accountSid: string; readonly friendlyName: string };
export type IpAddress = {
  readonly sid: string;
  readonly listSid: string;
  readonly friendlyName: string;
  /** Address in its canonical text form, without prefix. */
  readonly ipAddress: string;
  readonly cidrPrefixLength: number;
};
export type CredentialList = { readonly sid: string; readonly accountSid: string; readonly friendlyName: string };
export type Credential = {
  readonly sid: string;
  readonly listSid: string;
  readonly username: string;
  /** HASH(username:realm:password) in lower-case hex, per algorithm (RFC 7616 §3.4.2); the password itself is never kept. */
  readonly ha1Md5: string;
  readonly ha1Sha256: string;
};

/** An IncomingPhoneNumber as routing sees it. */
export type PhoneNumber = {
  readonly sid: string;
  readonly accountSid: string;
  readonly e164: string;
  readonly trunkSid: string | null;
};
/** A verified OutgoingCallerId. */
export type CallerId = { readonly sid: string; readonly accountSid: string; readonly e164: string };

export type Carrier = {
  readonly sid: string;
  readonly friendlyName: string;
  readonly enabled: boolean;
  /** Lower first. */
  readonly priority: number;
  /** Final answers after which the next carrier is tried; anything else is definite. */
  readonly retryStatuses: readonly number[];
};
export type CarrierTarget = {
  readonly sid: string;
  readonly carrierSid: string;
  readonly sipUrl: string;
  readonly priority: number;
  readonly weight: number;
};
/** Called numbers this carrier takes; `prefix` is digits after `+`, empty for all. */
export type CarrierPrefix = {
  readonly sid: string;
  readonly carrierSid: string;
  readonly prefix: string;
  readonly costMicros: number;
};
/** Where this carrier's calls come from; `port` null: any port. */
export type CarrierSource = {
  readonly sid: string;
  readonly carrierSid: string;
  readonly cidr: string;
  readonly port: number | null;
};

/** A named location; `aliases` holds legacy region names (us1 ...). */
export type EdgeLocation = { readonly name: string; readonly aliases: readonly string[] };

/** Which list hangs on which trunk. */
export type TrunkList = { readonly trunkSid: string; readonly listSid: string };

/** Every kind of row that the directory indexes. */
export type DirectoryRows = {
  account: Account;
  trunk: Trunk;
  originationUrl: OriginationUrl;
  ipAddress: IpAddress;
  trunkIpAccessControlList: TrunkList;
  credential: Credential;
  trunkCredentialList: TrunkList;
  phoneNumber: PhoneNumber;
  callerId: CallerId;
  carrier: Carrier;
  carrierTarget: CarrierTarget;
  carrierPrefix: CarrierPrefix;
  carrierSource: CarrierSource;
  edgeLocation: EdgeLocation;
};
export type DirectoryEntity = keyof DirectoryRows;

/**
 * One row-level change, applied in order of `seq`. `key` is the row's sid, `trunkSid/listSid` for a `TrunkList`, the name of an edge.
 * `row` null: deleted. A whole directory is the changes from an empty one.
 */
export type DirectoryChange = {
  [E in DirectoryEntity]: {
    readonly seq: number;
    readonly entity: E;
    readonly key: string;
    readonly row: DirectoryRows[E] | null;
  };
}[DirectoryEntity];
