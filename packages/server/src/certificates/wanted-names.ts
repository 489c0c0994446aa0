import { type DirectoryChange, trunkDomainSuffix } from "@trunkline/trunking";

type Place = {
  readonly zone: string;
  readonly edge: string;
  /** A trunk need not ask when no wildcard covers its name, `a.b.pstn.{zone}`. */
  readonly coversDeepNames: boolean;
  /** Also the forms for edges that are not this one. */
  readonly otherEdges: boolean;
};

/** Which trunks are to have a certificate of their own, and for what names: as the directory has it so far. */
export class WantedNames {
  readonly #place: Place;
  readonly #domains = new Map<string, string>();
  readonly #asking = new Set<string>();
  /** Names and aliases of each edge. */
  readonly #edges = new Map<string, readonly string[]>();

  constructor(place: Place) {
    this.#place = place;
  }

  /** Gives the trunks whose names may be others now. */
  apply({ entity, key, row }: DirectoryChange): Iterable<string> {
    switch (entity) {
      case "trunk":
        if (row?.domainName == null) this.#domains.delete(key);
        else this.#domains.set(key, row.domainName);
        return [key];
      case "trunkTls":
        if (row?.ownCertificate) this.#asking.add(key);
        else this.#asking.delete(key);
        return [key];
      case "edgeLocation":
        if (row) this.#edges.set(key, [row.name, ...row.aliases]);
        else this.#edges.delete(key);
        return this.trunks();
      default:
        return [];
    }
  }

  *trunks(): Generator<string> {
    yield* this.#asking;
    if (!this.#place.coversDeepNames) return;
    for (const [trunkSid, domainName] of this.#domains) if (this.#isDeep(domainName)) yield trunkSid;
  }

  /** The trunk's domain in each form that it is found by (TERM-1), the plain one first; none: it has no certificate of its own. */
  namesOf(trunkSid: string): readonly string[] {
    const domainName = this.#domains.get(trunkSid);
    if (domainName === undefined) return [];
    const isWanted = this.#asking.has(trunkSid) || (this.#place.coversDeepNames && this.#isDeep(domainName));
    if (!isWanted) return [];
    const { zone, edge, otherEdges } = this.#place;
    const name = domainName.slice(0, -trunkDomainSuffix(zone).length);
    const known = otherEdges ? [...this.#edges.values()].flat() : (this.#edges.get(edge) ?? []);
    const edges = new Set([edge, ...known].map((one) => one.toLowerCase()));
    return [domainName, ...[...edges].sort().map((one) => `${name}.pstn.${one}.${zone}`)];
  }

  #isDeep(domainName: string): boolean {
    return domainName.slice(0, -trunkDomainSuffix(this.#place.zone).length).includes(".");
  }
}
