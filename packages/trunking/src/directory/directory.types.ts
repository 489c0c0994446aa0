import type {
  Account,
  AccountSettings,
  CallerId,
  CallLimit,
  Carrier,
  CarrierDress,
  CarrierPrefix,
  CarrierTarget,
  Credential,
  DialingPermission,
  DirectoryChange,
  EdgeLocation,
  OriginationUrl,
  PeerSettings,
  PhoneNumber,
  PublicKey,
  Trunk,
  TrunkTls,
} from "../model.ts";

/** An entry of an access control list: its SID, its block and the list it stands in. */
export type AclMatch = { readonly sid: string; readonly cidr: string; readonly listSid: string };

/** The read side of configuration: every question routing asks, each answered without a walk over all rows. */
export interface DirectoryReader {
  account(sid: string): Account | undefined;
  trunk(sid: string): Trunk | undefined;
  /** By whole domain name in lower case. */
  trunkByDomain(domainName: string): Trunk | undefined;
  originationUrls(trunkSid: string): readonly OriginationUrl[];
  hasIpAccessControlList(trunkSid: string): boolean;
  hasCredentialList(trunkSid: string): boolean;
  /** The most specific entry of the trunk's lists that contains the address, undefined when none does. */
  matchAcl(trunkSid: string, address: string): AclMatch | undefined;
  /** Trunks with a list that contains the address, by the most specific entries first, 64 at most: whose peer a stranger may be. */
  trunksBySource(address: string): readonly Trunk[];
  /** Credentials of that user name in the trunk's lists (several lists may know it). */
  credentials(trunkSid: string, username: string): readonly Credential[];
  phoneNumber(e164: string): PhoneNumber | undefined;
  callerId(accountSid: string, e164: string): CallerId | undefined;
  carrier(sid: string): Carrier | undefined;
  /** The carrier a packet from there belongs to. */
  carrierBySource(address: string, port: number): Carrier | undefined;
  /** Carriers with a prefix of the number, longest prefix first; for equal length by priority, then cost. */
  carriersFor(e164: string): readonly { readonly carrier: Carrier; readonly prefix: CarrierPrefix }[];
  /** The carrier that leads back to the platform itself. */
  ownNumbersCarrier(): Carrier | undefined;
  carrierTargets(carrierSid: string): readonly CarrierTarget[];
  carrierDress(carrierSid: string): CarrierDress | undefined;
  /** How a carrier or a trunk's PBX is met by us as its client. */
  peerSettings(ownerSid: string): PeerSettings | undefined;
  /** Every owner's; for registrations and probes, which no call asks for. */
  allPeerSettings(): Iterable<PeerSettings>;
  trunkTls(trunkSid: string): TrunkTls | undefined;
  /** Every trunk's; for certificates. */
  allTrunkTls(): Iterable<TrunkTls>;
  /** The limit of an account, trunk, credential, access control list entry or carrier. */
  callLimit(ownerSid: string): CallLimit | undefined;
  accountSettings(accountSid: string): AccountSettings | undefined;
  /** A key that `accountSettings` name is there: the store deletes none that is in use. */
  publicKey(sid: string): PublicKey | undefined;
  /** The account's own row for exactly this destination; which one decides is routing's to say. */
  dialingPermission(accountSid: string, destination: string): DialingPermission | undefined;
  edge(nameOrAlias: string): EdgeLocation | undefined;
}

/** The in-memory index. Applies changes in order; never rebuilt for one change. */
export interface DirectoryIndex extends DirectoryReader {
  apply(changes: readonly DirectoryChange[]): void;
  /** Highest `seq` applied. */
  readonly seq: number;
}

export type DirectoryOptions = {
  /**
   * Told while changes are applied, for every row that says how a carrier or trunk is met as a peer and where: settings, targets,
   * origination URLs, the owner itself. The directory is in the middle of the change: read it later.
   */
  peerTouched?(ownerSid: string): void;
};
