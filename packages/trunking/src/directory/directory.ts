import { readIpAddress } from "../ip-address.ts";
import type {
  Account,
  AccountSettings,
  CallerId,
  CallLimit,
  Carrier,
  CarrierDress,
  CarrierPrefix,
  CarrierSource,
  CarrierTarget,
  Credential,
  DialingPermission,
  DirectoryChange,
  DirectoryEntity,
  DirectoryRows,
  EdgeLocation,
  IpAddress,
  OriginationUrl,
  PeerSettings,
  PhoneNumber,
  PublicKey,
  Trunk,
  TrunkList,
  TrunkTls,
} from "../model.ts";
import type { AclMatch, DirectoryIndex, DirectoryOptions } from "./directory.types.ts";
import { PrefixTable } from "./prefix-table.ts";
import { GroupIndex, type RowIndex, RowTable, UniqueIndex } from "./row-index.ts";

/** Entries and trunks looked at for one address, however many customers let the whole world in by their lists. */
const MAX_ENTRIES_BY_SOURCE = 256;
const MAX_TRUNKS_BY_SOURCE = 64;

/**
 * An empty directory. Fill it with changes; rows may come in any order (an origination URL before its trunk), and a change that
 * comes again does no harm as long as the order of changes to one row is kept.
 *
 * Every lookup costs the same whether there are ten trunks or a hundred thousand; see `PrefixTable` for addresses.
 */
export function createDirectory(options: DirectoryOptions = {}): DirectoryIndex {
  return new Directory(options);
}

class Directory implements DirectoryIndex {
  #seq = 0;
  readonly #peerTouched: (ownerSid: string) => void;
  readonly #trunksByDomain = new UniqueIndex<Trunk>((trunk) => trunk.domainName);
  readonly #urlsByTrunk = new GroupIndex<OriginationUrl>((url) => url.trunkSid);
  readonly #addressesByList = new AccessControlIndex();
  readonly #addressesBySource = new PrefixTable<IpAddress>(cidrOf);
  readonly #accessListsByTrunk = new GroupIndex<TrunkList>((link) => link.trunkSid);
  readonly #trunksByAccessList = new GroupIndex<TrunkList>((link) => link.listSid);
  readonly #credentialsByName = new GroupIndex<Credential>((credential) =>
    credentialName(credential.listSid, credential.username),
  );
  readonly #credentialListsByTrunk = new GroupIndex<TrunkList>((link) => link.trunkSid);
  readonly #numbersByE164 = new UniqueIndex<PhoneNumber>((number) => number.e164);
  readonly #callerIdsByE164 = new UniqueIndex<CallerId>((callerId) => callerIdName(callerId.accountSid, callerId.e164));
  readonly #ownNumbersCarrier = new UniqueIndex<Carrier>(({ ownNumbersOnly }) => (ownNumbersOnly ? "" : null));
  readonly #targetsByCarrier = new GroupIndex<CarrierTarget>((target) => target.carrierSid);
  readonly #carriersByPrefix = new GroupIndex<CarrierPrefix>((prefix) => prefix.prefix);
  readonly #sourcesByAddress = new PrefixTable<CarrierSource>((source) => source.cidr);
  readonly #edgesByName = new EdgeNameIndex();

  readonly #tables: { readonly [Entity in DirectoryEntity]: RowTable<DirectoryRows[Entity]> } = {
    account: new RowTable<Account>([]),
    trunk: new RowTable<Trunk>([this.#trunksByDomain, this.#watch(({ sid }) => sid)]),
    originationUrl: new RowTable([this.#urlsByTrunk, this.#watch(({ trunkSid }) => trunkSid)]),
    ipAddress: new RowTable([this.#addressesByList, this.#addressesBySource]),
    trunkIpAccessControlList: new RowTable([this.#accessListsByTrunk, this.#trunksByAccessList]),
    credential: new RowTable([this.#credentialsByName]),
    trunkCredentialList: new RowTable([this.#credentialListsByTrunk]),
    phoneNumber: new RowTable([this.#numbersByE164], (number) => this.#withSharedOwners(number)),
    callerId: new RowTable([this.#callerIdsByE164]),
    carrier: new RowTable<Carrier>([this.#ownNumbersCarrier, this.#watch(({ sid }) => sid)]),
    carrierTarget: new RowTable([this.#targetsByCarrier, this.#watch(({ carrierSid }) => carrierSid)]),
    carrierPrefix: new RowTable([this.#carriersByPrefix]),
    carrierSource: new RowTable([this.#sourcesByAddress]),
    carrierDress: new RowTable<CarrierDress>([]),
    peerSettings: new RowTable<PeerSettings>([this.#watch(({ ownerSid }) => ownerSid)]),
    trunkTls: new RowTable<TrunkTls>([]),
    callLimit: new RowTable<CallLimit>([]),
    publicKey: new RowTable<PublicKey>([]),
    accountSettings: new RowTable<AccountSettings>([]),
    dialingPermission: new RowTable<DialingPermission>([]),
    edgeLocation: new RowTable([this.#edgesByName]),
  };

  constructor({ peerTouched = () => undefined }: DirectoryOptions) {
    this.#peerTouched = peerTouched;
  }

  get seq(): number {
    return this.#seq;
  }

  apply(changes: readonly DirectoryChange[]): void {
    for (const change of changes) {
      this.#applyOne(change);
      if (change.seq > this.#seq) this.#seq = change.seq;
    }
  }

  account(sid: string): Account | undefined {
    return this.#tables.account.get(sid);
  }

  trunk(sid: string): Trunk | undefined {
    return this.#tables.trunk.get(sid);
  }

  trunkByDomain(domainName: string): Trunk | undefined {
    return this.#trunksByDomain.get(domainName);
  }

  originationUrls(trunkSid: string): readonly OriginationUrl[] {
    return this.#urlsByTrunk.get(trunkSid);
  }

  hasIpAccessControlList(trunkSid: string): boolean {
    return this.#accessListsByTrunk.get(trunkSid).length > 0;
  }

  hasCredentialList(trunkSid: string): boolean {
    return this.#credentialListsByTrunk.get(trunkSid).length > 0;
  }

  matchAcl(trunkSid: string, address: string): AclMatch | undefined {
    const bytes = readIpAddress(address);
    if (!bytes) return undefined;
    let best: IpAddress | undefined;
    for (const { listSid } of this.#accessListsByTrunk.get(trunkSid)) {
      const entry = this.#addressesByList.find(listSid, bytes);
      if (entry && (!best || entry.cidrPrefixLength > best.cidrPrefixLength)) best = entry;
    }
    return best && { sid: best.sid, cidr: cidrOf(best), listSid: best.listSid };
  }

  trunksBySource(address: string): readonly Trunk[] {
    const bytes = readIpAddress(address);
    const found = new Set<Trunk>();
    let looked = 0;
    /** Collects what a block's entries lead to; gives one of them to end the search. */
    const look = (entries: readonly IpAddress[]): IpAddress | undefined => {
      for (const entry of entries) {
        looked += 1;
        for (const { trunkSid } of this.#trunksByAccessList.get(entry.listSid)) {
          const trunk = this.trunk(trunkSid);
          if (trunk) found.add(trunk);
          if (found.size >= MAX_TRUNKS_BY_SOURCE) return entry;
        }
        if (looked >= MAX_ENTRIES_BY_SOURCE) return entry;
      }
      return undefined;
    };
    if (bytes) this.#addressesBySource.find(bytes, look);
    return [...found];
  }

  credentials(trunkSid: string, username: string): readonly Credential[] {
    return this.#credentialListsByTrunk
      .get(trunkSid)
      .flatMap(({ listSid }) => this.#credentialsByName.get(credentialName(listSid, username)));
  }

  phoneNumber(e164: string): PhoneNumber | undefined {
    return this.#numbersByE164.get(e164);
  }

  callerId(accountSid: string, e164: string): CallerId | undefined {
    return this.#callerIdsByE164.get(callerIdName(accountSid, e164));
  }

  carrier(sid: string): Carrier | undefined {
    return this.#tables.carrier.get(sid);
  }

  /** In one block, an entry with the very port goes before one for any port; then the lower SID, so that restarts agree. */
  carrierBySource(address: string, port: number): Carrier | undefined {
    const bytes = readIpAddress(address);
    if (!bytes) return undefined;
    const source = this.#sourcesByAddress.find(
      bytes,
      (rows) =>
        lowestSid(rows.filter((row) => row.port === port)) ?? lowestSid(rows.filter((row) => row.port === null)),
    );
    return source && this.#tables.carrier.get(source.carrierSid);
  }

  /**
   * Each carrier once, by its longest prefix. A number without `+` (an emergency number) is served by carriers of all numbers
   * only: `911` is not the beginning of `+911…`, which is India.
   */
  carriersFor(e164: string): readonly { readonly carrier: Carrier; readonly prefix: CarrierPrefix }[] {
    const digits = e164.startsWith("+") ? e164.slice(1) : "";
    const found: { readonly carrier: Carrier; readonly prefix: CarrierPrefix }[] = [];
    const seen = new Set<string>();
    for (let length = digits.length; length >= 0; length--) {
      const serving = this.#carriersByPrefix.get(digits.slice(0, length)).flatMap((prefix) => {
        const carrier = this.#tables.carrier.get(prefix.carrierSid);
        return carrier ? [{ carrier, prefix }] : [];
      });
      for (const candidate of serving.sort(byPriorityThenCost)) {
        if (seen.has(candidate.carrier.sid)) continue;
        seen.add(candidate.carrier.sid);
        found.push(candidate);
      }
    }
    return found;
  }

  ownNumbersCarrier(): Carrier | undefined {
    return this.#ownNumbersCarrier.get("");
  }

  carrierTargets(carrierSid: string): readonly CarrierTarget[] {
    return this.#targetsByCarrier.get(carrierSid);
  }

  carrierDress(carrierSid: string): CarrierDress | undefined {
    return this.#tables.carrierDress.get(carrierSid);
  }

  peerSettings(ownerSid: string): PeerSettings | undefined {
    return this.#tables.peerSettings.get(ownerSid);
  }

  allPeerSettings(): Iterable<PeerSettings> {
    return this.#tables.peerSettings.rows();
  }

  trunkTls(trunkSid: string): TrunkTls | undefined {
    return this.#tables.trunkTls.get(trunkSid);
  }

  allTrunkTls(): Iterable<TrunkTls> {
    return this.#tables.trunkTls.rows();
  }

  callLimit(ownerSid: string): CallLimit | undefined {
    return this.#tables.callLimit.get(ownerSid);
  }

  accountSettings(accountSid: string): AccountSettings | undefined {
    return this.#tables.accountSettings.get(accountSid);
  }

  publicKey(sid: string): PublicKey | undefined {
    return this.#tables.publicKey.get(sid);
  }

  dialingPermission(accountSid: string, destination: string): DialingPermission | undefined {
    return this.#tables.dialingPermission.get(`${accountSid}/${destination}`);
  }

  edge(nameOrAlias: string): EdgeLocation | undefined {
    return this.#edgesByName.get(nameOrAlias);
  }

  /** Tells of every row that comes and goes, by the SID of its carrier or trunk. */
  #watch<Row>(ownerOf: (row: Row) => string): RowIndex<Row> {
    const touch = (row: Row): void => this.#peerTouched(ownerOf(row));
    return { add: touch, remove: touch };
  }

  #applyOne<Entity extends DirectoryEntity>(change: {
    readonly entity: Entity;
    readonly key: string;
    readonly row: DirectoryRows[Entity] | null;
  }): void {
    this.#tables[change.entity].put(change.key, change.row);
  }

  /** There are a million numbers and few owners: the owner's SIDs are kept once, with the owner. */
  #withSharedOwners(number: PhoneNumber): PhoneNumber {
    const accountSid = this.account(number.accountSid)?.sid ?? number.accountSid;
    const trunkSid = number.trunkSid === null ? null : (this.trunk(number.trunkSid)?.sid ?? number.trunkSid);
    return { sid: number.sid, accountSid, e164: number.e164, trunkSid };
  }
}

/** Addresses per list; a list without addresses is not kept. */
class AccessControlIndex implements RowIndex<IpAddress> {
  readonly #tables = new Map<string, PrefixTable<IpAddress>>();

  add(row: IpAddress): void {
    let table = this.#tables.get(row.listSid);
    if (!table) {
      table = new PrefixTable(cidrOf);
      this.#tables.set(row.listSid, table);
    }
    table.add(row);
  }

  remove(row: IpAddress): void {
    const table = this.#tables.get(row.listSid);
    table?.remove(row);
    if (table?.isEmpty) this.#tables.delete(row.listSid);
  }

  find(listSid: string, address: readonly number[]): IpAddress | undefined {
    return this.#tables.get(listSid)?.find(address, (rows) => rows[0]);
  }
}

/** Edges by name and alias, in lower case; a name goes before an alias of another edge. */
class EdgeNameIndex implements RowIndex<EdgeLocation> {
  readonly #byName = new UniqueIndex<EdgeLocation>((edge) => edge.name.toLowerCase());
  readonly #byAlias = new Map<string, EdgeLocation>();

  get(nameOrAlias: string): EdgeLocation | undefined {
    const name = nameOrAlias.toLowerCase();
    return this.#byName.get(name) ?? this.#byAlias.get(name);
  }

  add(edge: EdgeLocation): void {
    this.#byName.add(edge);
    for (const alias of edge.aliases) this.#byAlias.set(alias.toLowerCase(), edge);
  }

  remove(edge: EdgeLocation): void {
    this.#byName.remove(edge);
    for (const alias of edge.aliases) {
      if (this.#byAlias.get(alias.toLowerCase()) === edge) this.#byAlias.delete(alias.toLowerCase());
    }
  }
}

type Serving = { readonly carrier: Carrier; readonly prefix: CarrierPrefix };

function byPriorityThenCost(a: Serving, b: Serving): number {
  return (
    a.carrier.priority - b.carrier.priority ||
    a.prefix.costMicros - b.prefix.costMicros ||
    (a.carrier.sid < b.carrier.sid ? -1 : 1)
  );
}

function lowestSid<Row extends { readonly sid: string }>(rows: readonly Row[]): Row | undefined {
  return rows.reduce<Row | undefined>((lowest, row) => (lowest && lowest.sid < row.sid ? lowest : row), undefined);
}

function cidrOf(entry: IpAddress): string {
  return `${entry.ipAddress}/${entry.cidrPrefixLength}`;
}

function credentialName(listSid: string, username: string): string {
  return `${listSid}/${username}`;
}

function callerIdName(accountSid: string, e164: string): string {
  return `${accountSid}/${e164}`;
}
