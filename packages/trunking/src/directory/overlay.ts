import type {
  DialingPermission,
  DirectoryChange,
  DirectoryEntity,
  DirectoryRows,
  OriginationUrl,
  PhoneNumber,
  Trunk,
} from "../model.ts";
import type { DirectoryReader } from "./directory.types.ts";

/** What an overlay can change. */
type OverlayEntity = "trunk" | "originationUrl" | "phoneNumber" | "dialingPermission";
export type OverlayChange = Extract<DirectoryChange, { readonly entity: OverlayEntity }>;

/**
 * The directory as it would be after these changes, without making them (EVD-3): answers what the changes are about by itself, and passes
 * on everything else. Rows of a million stay where they are; a question costs what it costs below, and a look at the few changes.
 */
export function overlay(base: DirectoryReader, changes: readonly OverlayChange[]): DirectoryReader {
  const trunks = rowsOf(changes, "trunk");
  const urls = rowsOf(changes, "originationUrl");
  const numbers = rowsOf(changes, "phoneNumber");
  const permissions = rowsOf(changes, "dialingPermission");
  const changed: Partial<DirectoryReader> = {
    trunk: (sid) => pick(trunks, sid, () => base.trunk(sid)),
    trunkByDomain: (domainName): Trunk | undefined =>
      present(trunks).find((trunk) => trunk.domainName === domainName) ??
      unchanged(trunks, base.trunkByDomain(domainName), ({ sid }) => sid),
    trunksBySource: (address) =>
      base.trunksBySource(address).flatMap((trunk) => pick(trunks, trunk.sid, () => trunk) ?? []),
    originationUrls: (trunkSid): readonly OriginationUrl[] => {
      const kept = base.originationUrls(trunkSid).flatMap((url) => pick(urls, url.sid, () => url) ?? []);
      const known = new Set(kept.map(({ sid }) => sid));
      const others = present(urls).filter((url) => !known.has(url.sid));
      return [...kept, ...others].filter((url) => url.trunkSid === trunkSid);
    },
    phoneNumber: (e164): PhoneNumber | undefined =>
      present(numbers).find((number) => number.e164 === e164) ??
      unchanged(numbers, base.phoneNumber(e164), ({ sid }) => sid),
    dialingPermission: (accountSid, destination): DialingPermission | undefined =>
      pick(permissions, `${accountSid}/${destination}`, () => base.dialingPermission(accountSid, destination)),
  };
  return new Proxy(base, {
    get(target, name) {
      const own: unknown = Reflect.get(changed, name);
      if (own !== undefined) return own;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

type Rows<Row> = ReadonlyMap<string, Row | null>;

/** The last change of a row counts. */
function rowsOf<Entity extends DirectoryEntity>(
  changes: readonly DirectoryChange[],
  entity: Entity,
): Rows<DirectoryRows[Entity]> {
  const found = changes.filter((change) => change.entity === entity);
  return new Map(found.map(({ key, row }) => [key, row as DirectoryRows[Entity] | null]));
}

function pick<Row>(rows: Rows<Row>, key: string, below: () => Row | undefined): Row | undefined {
  const row = rows.get(key);
  return row === undefined ? below() : (row ?? undefined);
}

function present<Row>(rows: Rows<Row>): readonly Row[] {
  return [...rows.values()].filter((row) => row !== null);
}

/** A row from below that no change is about: one that is changed would have been found under its new name. */
function unchanged<Row>(rows: Rows<Row>, row: Row | undefined, keyOf: (row: Row) => string): Row | undefined {
  return row !== undefined && rows.has(keyOf(row)) ? undefined : row;
}
