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
  /**
   * The platform as a carrier of its own (TERM-12): asked first for numbers that hang on a trunk here, never for others. It has no targets,
   * prefixes and sources, and there is at most one.
   */
  readonly ownNumbersOnly: boolean;
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

/** How numbers are written towards a carrier: `+14155550100`, `14155550100`, `0014155550100`, `011…` or ten digits within North America. */
export type NumberForm = "e164" | "digits" | "double-zero" | "north-american";
/** Headers beside From that tell a carrier the caller ID. */
export type CallerIdHeader = "P-Asserted-Identity" | "P-Preferred-Identity" | "Remote-Party-ID";

/** How calls to one carrier are dressed (CAR-1); a carrier without such a row: `DEFAULT_CARRIER_DRESS`. */
export type CarrierDress = {
  readonly carrierSid: string;
  readonly calledNumberForm: NumberForm;
  readonly callerNumberForm: NumberForm;
  /** Digits in front of the called number that some carriers tell their customers or routes by; empty: none. */
  readonly calledPrefix: string;
  /** Empty: From alone says who calls. */
  readonly callerIdHeaders: readonly CallerIdHeader[];
  /** Lines `Name: value` that this carrier wants on every INVITE. */
  readonly addedHeaders: readonly string[];
  /** Names, in lower case, of headers that it must not get. */
  readonly removedHeaders: readonly string[];
  /** Encodings it is offered, in lower case (`pcmu`), with telephone-event and comfort noise always; null: what the caller offers. */
  readonly codecs: readonly string[] | null;
  /** Its media is SRTP; its targets should then be TLS ones. */
  readonly srtp: boolean;
};

/**
 * How we meet a carrier or a customer's PBX as its client: digest, registration, health probes, mutual TLS (CAR-1, ORIG-12). An owner
 * without such a row: none of them.
 */
export type PeerSettings = {
  /** `CX…` or `TK…`. */
  readonly ownerSid: string;
  /** Answer to 401 and 407; null, and then the password is null too: such an answer is a failed attempt. */
  readonly username: string | null;
  readonly password: string | null;
  /** Carriers only: where our Contact is kept registered with these credentials; null: nowhere. */
  readonly registrarUrl: string | null;
  /** Asked for; the registrar may grant less. */
  readonly registrationExpiresSec: number;
  /** OPTIONS go to each target that often; null: health is learnt from calls alone. */
  readonly probeIntervalSec: number | null;
  /** Over TLS, our certificate is shown to the peer. */
  readonly clientCertificate: boolean;
};

/** What TLS towards one trunk asks beyond the installation's own settings (SEC-6). */
export type TrunkTls = {
  readonly trunkSid: string;
  /** The trunk's own names have a certificate of their own, shown by SNI, beside the wildcard one. */
  readonly ownCertificate: boolean;
  /** Names, one of which the certificate of a calling peer must bear; empty: none is asked for. */
  readonly clientNames: readonly string[];
};

/**
 * How many calls an account (its subaccounts included), trunk, credential, entry of an access control list (each address in it by itself)
 * or carrier may have (LIM-1). Null, and an owner without such a row: unlimited.
 */
export type CallLimit = {
  /** `AC…`, `TK…`, `CR…`, `IP…` or `CX…`. */
  readonly ownerSid: string;
  /** Calls started per second; fractions are allowed. */
  readonly maxCps: number | null;
  /** Calls that may start at the same moment; null: one second's worth. */
  readonly burst: number | null;
  readonly maxConcurrentCalls: number | null;
};

/** What an account decided about itself (ACC-5); an account without such a row: `DEFAULT_ACCOUNT_SETTINGS`. */
export type AccountSettings = {
  readonly accountSid: string;
  /** ISO 3166-1 code; calls to its ordinary numbers need no permission. */
  readonly homeCountry: string;
  /** 4 h, at most 24 h. */
  readonly maxCallDurationSec: number;
  /** Lets peers of the account use TLS 1.0 and 1.1. */
  readonly deprecatedTlsAllowed: boolean;
  /** Of a subaccount: the dialing permissions of its parent hold instead of its own. */
  readonly dialingPermissionsInherited: boolean;
  /** One of the account's public keys, to which its recordings are encrypted at rest; null: they are not (REC-5). */
  readonly recordingKeySid: string | null;
  /** Recordings are given to nobody without credentials, whoever knows their URL. */
  readonly mediaAuthRequired: boolean;
  /** The account's users can do nothing but set up a second factor until they have one (ACC-3). */
  readonly secondFactorRequired: boolean;
};

/** A public key of an account; only its owner can open what is encrypted to it. */
export type PublicKey = {
  /** `CR…` */
  readonly sid: string;
  readonly accountSid: string;
  /** RSA, PEM. */
  readonly publicKey: string;
};

/** Where an account may call (TERM-13); the longest prefix decides, then the country, then `*`. */
export type DialingPermission = {
  readonly accountSid: string;
  /** An ISO 3166-1 code, `+` and digits, or `*` for everywhere. */
  readonly destination: string;
  readonly lowRisk: boolean;
  readonly highRiskSpecial: boolean;
  readonly highRiskTollFraud: boolean;
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
  carrierDress: CarrierDress;
  peerSettings: PeerSettings;
  trunkTls: TrunkTls;
  callLimit: CallLimit;
  publicKey: PublicKey;
  accountSettings: AccountSettings;
  dialingPermission: DialingPermission;
  edgeLocation: EdgeLocation;
};
export type DirectoryEntity = keyof DirectoryRows;

/**
 * One row-level change, applied in order of `seq`. `key` is the row's sid, `trunkSid/listSid` for a `TrunkList`, the name of an edge,
 * the owner's sid for what an account, trunk or carrier has one of, `accountSid/destination` for a `DialingPermission`.
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
