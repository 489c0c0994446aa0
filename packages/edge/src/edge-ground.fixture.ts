import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SessionEvent } from "@trunkline/sip";
import type { DirectoryChange } from "@trunkline/trunking";
import { onTestFinished } from "vitest";
import { changes, type WrittenRow } from "../../../test/support/lent-fixtures.ts";
import { createEdge } from "./edge.ts";
import type { Edge, EdgeOptions, EdgePorts } from "./edge.types.ts";
import { DOMAIN, demoRows, LOGIN, NUMBER, ZONE } from "./edge-world.fixture.ts";
import { FakePlane } from "./fake-plane.fixture.ts";
import { MemorySink } from "./journal/calls.fixture.ts";
import { openSocketPhone, type SocketPhone, type SocketPhoneOptions } from "./socket-phone.fixture.ts";

/** A call of the demo user. */
export const demoCall = {
  requestUri: `sip:+15005550001@${DOMAIN}`,
  from: `<sip:${NUMBER}@${DOMAIN}>`,
  credentials: LOGIN,
};

export const kinds = (heard: readonly SessionEvent[]): string[] => heard.map(({ kind }) => kind);
export const failure = (heard: readonly SessionEvent[]) => heard.find((event) => event.kind === "fail");

export type GroundEdge = {
  readonly edge: Edge;
  /** Of UDP and TCP. */
  readonly port: number;
  readonly tlsPort: number;
  apply(more: readonly DirectoryChange[]): void;
};

/** Real sockets, a folder for the journal, a sink: what an edge needs around it. Everything is closed with the test. */
export class EdgeGround {
  readonly dir = mkdtempSync(join(tmpdir(), "trunkline-edge-"));
  readonly sink = new MemorySink();
  readonly plane = new FakePlane();
  readonly logged: string[] = [];
  readonly #edges: Edge[] = [];
  readonly #phones: SocketPhone[] = [];

  constructor() {
    onTestFinished(async () => {
      for (const edge of this.#edges) await edge.close(0);
      for (const phone of this.#phones) await phone.close();
      rmSync(this.dir, { recursive: true, force: true });
    });
  }

  async phone(options?: SocketPhoneOptions): Promise<SocketPhone> {
    const opened = await openSocketPhone(options);
    this.#phones.push(opened);
    return opened;
  }

  /** An edge on free ports. Whoever has no place is at an address where nobody answers. */
  async open(
    places: { pbx?: SocketPhone; carrier?: SocketPhone; spare?: SocketPhone },
    options: Partial<EdgeOptions> = {},
    ports: Partial<EdgePorts> = {},
    rows: readonly WrittenRow[] = [],
  ): Promise<GroundEdge> {
    const at = (who: SocketPhone | undefined): string => who?.place ?? "127.0.0.9:9";
    const { host } = await this.phone();
    const demo = demoRows(host.hash, { pbx: at(places.pbx), carrier: at(places.carrier), spare: at(places.spare) });
    let apply: (more: readonly DirectoryChange[]) => void = () => undefined;
    const edge = await createEdge(
      {
        edge: "local",
        zone: ZONE,
        addresses: [{ bind: "127.0.0.1", advertise: "127.0.0.1" }],
        sipPort: 0,
        sipsPort: 0,
        journalDir: join(this.dir, "journal"),
        nonceSecret: "11".repeat(32),
        ...options,
      },
      {
        directory: {
          subscribe: async (deliver) => {
            apply = deliver;
            deliver(changes([...demo, ...rows]));
            return { stop: async () => undefined };
          },
        },
        records: this.sink,
        alerts: { save: async () => undefined },
        media: this.plane,
        log: (level, event, fields) => void this.logged.push(`${level} ${event} ${JSON.stringify(fields)}`),
        ...ports,
      },
    );
    this.#edges.push(edge);
    const portOf = (name: "udp" | "tls"): number =>
      edge.listeners.find(({ transport }) => transport === name)?.port ?? 0;
    return { edge, port: portOf("udp"), tlsPort: portOf("tls"), apply: (more) => apply(more) };
  }
}
