import type { DirectoryFollower } from "../follow-directory.ts";
import { WantedNames } from "../wanted-names.ts";

/** One certificate that is to be there. */
export type Want = {
  /** The first of its names, by which it is kept. */
  readonly id: string;
  readonly names: readonly string[];
};

export type AcmeWantsOptions = {
  readonly zone: string;
  readonly edge: string;
  readonly challenge: "http-01" | "dns-01";
  /** All names of the server (`certificateNames`), wildcards among them. */
  readonly serverNames: readonly string[];
  onChange(): void;
};

/** The default of `TRUNKLINE_EDGE`: an edge without a name is in nobody's DNS. */
const NAMELESS_EDGE = "local";

/**
 * What is to be ordered. By dns-01 one certificate with every name of the server, and one for each trunk that asks for its own. By http-01
 * no wildcard can be had, and the name has to lead to this very node: so one certificate for each exact name of this edge, lest a name
 * that is not in DNS keep the others from theirs.
 */
export class AcmeWants {
  readonly #options: AcmeWantsOptions;
  readonly #server: readonly Want[];
  #wanted: WantedNames | undefined;
  #trunks = new Map<string, readonly Want[]>();
  #isLoaded = false;

  constructor(options: AcmeWantsOptions) {
    this.#options = options;
    this.#server = this.#wants(options.challenge === "dns-01" ? options.serverNames : this.#exactServerNames());
  }

  /** What everybody is shown who asks for no name with a certificate of its own; undefined: nothing of ours (http-01). */
  get serverId(): string | undefined {
    return this.#options.challenge === "dns-01" ? this.#server[0]?.id : undefined;
  }

  /** Whether the directory has been read; until then trunks' certificates that are not wanted may only be not known yet. */
  get isComplete(): boolean {
    return this.#isLoaded;
  }

  *all(): Generator<Want> {
    yield* this.#server;
    for (const wants of this.#trunks.values()) yield* wants;
  }

  /** Follows the directory in place of the reading before. What was wanted stays so until the new reading is complete. */
  follow(): DirectoryFollower {
    const { zone, edge, challenge } = this.#options;
    const wanted = new WantedNames({ zone, edge, coversDeepNames: false, otherEdges: challenge === "dns-01" });
    this.#wanted = wanted;
    this.#isLoaded = false;
    return {
      changes: (changes) => {
        const isLive = this.#isLoaded && this.#wanted === wanted;
        let isChanged = false;
        for (const change of changes) {
          for (const trunkSid of wanted.apply(change)) if (isLive) isChanged = this.#take(trunkSid) || isChanged;
        }
        if (isChanged) this.#options.onChange();
      },
      loaded: () => {
        if (this.#wanted !== wanted) return;
        this.#isLoaded = true;
        this.#trunks = new Map();
        for (const trunkSid of wanted.trunks()) this.#take(trunkSid);
        this.#options.onChange();
      },
    };
  }

  /** Gives whether its wants are others now. */
  #take(trunkSid: string): boolean {
    const before = this.#trunks.get(trunkSid) ?? [];
    const wants = this.#wants(this.#namesOf(trunkSid));
    if (wants.length === 0) this.#trunks.delete(trunkSid);
    else this.#trunks.set(trunkSid, wants);
    return JSON.stringify(wants) !== JSON.stringify(before);
  }

  #namesOf(trunkSid: string): readonly string[] {
    const names = this.#wanted?.namesOf(trunkSid) ?? [];
    if (this.#options.challenge === "dns-01") return names;
    const nameless = `.pstn.${NAMELESS_EDGE}.${this.#options.zone}`;
    return names.filter((name) => !name.endsWith(nameless));
  }

  #exactServerNames(): readonly string[] {
    const { zone, edge } = this.#options;
    return [`sip.${zone}`, ...(edge === NAMELESS_EDGE ? [] : [`${edge}.${zone}`])];
  }

  #wants(given: readonly string[]): readonly Want[] {
    const names = [...new Set(given.map((name) => name.toLowerCase()))];
    const [id] = names;
    if (id === undefined) return [];
    if (this.#options.challenge === "dns-01") return [{ id, names }];
    return names.map((name) => ({ id: name, names: [name] }));
  }
}
