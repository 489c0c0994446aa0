import type { EdgeNamedCertificates } from "@trunkline/edge";

/**
 * Certificates that are shown by name (SNI), of two issuers: trunks' own under the installation's root, and public ones. A name that both
 * are for is shown the public one, and the other again when that is gone.
 */
export class NamedCertificates {
  /** By trunk. */
  readonly #own: Map<string, EdgeNamedCertificates>;
  #public: readonly EdgeNamedCertificates[];
  #publicNames: ReadonlySet<string>;

  constructor(own: readonly EdgeNamedCertificates[], publicOnes: readonly EdgeNamedCertificates[]) {
    this.#own = new Map(own.map((one) => [one.key, one]));
    this.#public = publicOnes;
    this.#publicNames = namesOf(publicOnes);
  }

  current(): readonly EdgeNamedCertificates[] {
    return [...Array.from(this.#own.values(), (one) => this.#withoutPublic(one)), ...this.#public];
  }

  /** Gives what is shown otherwise now, in the order in which it is to be told. */
  ownChanged(changes: readonly EdgeNamedCertificates[]): readonly EdgeNamedCertificates[] {
    for (const change of changes) {
      if (change.certificates.length === 0) this.#own.delete(change.key);
      else this.#own.set(change.key, change);
    }
    return changes.map((one) => this.#withoutPublic(one));
  }

  /** The same, when these are all public ones from now on. */
  publicChanged(now: readonly EdgeNamedCertificates[]): readonly EdgeNamedCertificates[] {
    const before = new Map(this.#public.map((one) => [one.key, one]));
    const keys = new Set(now.map(({ key }) => key));
    const [had, has] = [this.#publicNames, namesOf(now)];
    const isMoved = (name: string): boolean => had.has(name) !== has.has(name);
    this.#public = now;
    this.#publicNames = has;
    const gone = [...before.keys()].filter((key) => !keys.has(key)).map((key) => ({ key, certificates: [] }));
    const own = [...this.#own.values()].filter((one) => [...namesOf([one])].some(isMoved));
    const fresh = now.filter((one) => one.certificates[0]?.certPem !== before.get(one.key)?.certificates[0]?.certPem);
    return [...gone, ...own.map((one) => this.#withoutPublic(one)), ...fresh];
  }

  #withoutPublic({ key, certificates }: EdgeNamedCertificates): EdgeNamedCertificates {
    const left = certificates.map((one) => ({
      ...one,
      names: one.names.filter((name) => !this.#publicNames.has(name)),
    }));
    return { key, certificates: left.filter(({ names }) => names.length > 0) };
  }
}

function namesOf(all: readonly EdgeNamedCertificates[]): ReadonlySet<string> {
  return new Set(all.flatMap(({ certificates }) => certificates.flatMap(({ names }) => names)));
}
