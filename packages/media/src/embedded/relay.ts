import type { LegCounters } from "../plane.ts";
import { RingWriter } from "../recorder/ring.ts";
import { QualityCourse } from "../rtp/quality-course.ts";
import { countersOf, streamTotals } from "./counters.ts";
import { anchorLine, type Line, type LineEnd, Unbound } from "./line.ts";
import type { AnchorLine, LocalPair, WorkerReply, WorkerRequest } from "./protocol.ts";
import { SilenceWatch } from "./silence-watch.ts";

/** Sockets of ended calls are not kept for ever: whoever sends on must not hold our ports. The pair then rests like any other. */
const LONGEST_LINGER_MS = 60_000;

type RelayedSession = {
  readonly lines: (Line | undefined)[];
  readonly watch: SilenceWatch | null;
  readonly course: QualityCourse;
};

type Lingering = { readonly end: LineEnd; readonly sinceMs: number };

type RelayEvents = {
  /** The sockets of these pairs have been closed. */
  onFreed(pairs: readonly LocalPair[]): void;
  /** Neither leg of the session was heard for so long. */
  onSilent(session: number, forMs: number): void;
};

/** The sessions of one worker: takes requests, relays packets between the ends of each line. Knows sockets, no thread and no SDP. */
export class Relay {
  readonly #sessions = new Map<number, RelayedSession>();
  readonly #events: RelayEvents;
  readonly #quietMs: number;
  #lingering: Lingering[] = [];

  /**
   * @param quietMs an ended call's sockets stay open, deaf, until nothing came for this long, so that its stragglers meet no new
   *   call (MED-5)
   */
  constructor(quietMs: number, events: RelayEvents) {
    this.#quietMs = quietMs;
    this.#events = events;
  }

  async handle(request: WorkerRequest, nowMs: number): Promise<WorkerReply> {
    switch (request.kind) {
      case "anchor": {
        const line = await anchorLine(request);
        if (line instanceof Unbound) return { kind: "unbound", taken: line.leg, why: line.why };
        this.#sessionOf(request, nowMs).lines[request.line] = line;
        return { kind: "done" };
      }
      case "direct": {
        const session = this.#sessions.get(request.session);
        for (const { line, ends } of request.lines) {
          session?.lines[line]?.a.direct(ends.a, nowMs);
          session?.lines[line]?.b.direct(ends.b, nowMs);
        }
        session?.watch?.restart(nowMs);
        return { kind: "done" };
      }
      case "record": {
        const recorder = request.ring === null ? undefined : new RingWriter(request.ring);
        for (const [index, line] of (this.#sessions.get(request.session)?.lines ?? []).entries()) {
          line?.a.record(index === request.line ? recorder : undefined);
          line?.b.record(index === request.line ? recorder : undefined);
        }
        return { kind: "done" };
      }
      case "count":
        return { kind: "counted", counters: this.#count(request.session, nowMs) };
      case "end":
        return { kind: "counted", counters: this.#end(request.session, nowMs) };
      default:
        return request satisfies never;
    }
  }

  /**
   * Looks how calls are going and for those gone silent, and closes the sockets of ended ones that have been quiet long enough; to be
   * called a few times in `quietMs`.
   */
  sweep(nowMs: number): void {
    for (const [number, { lines, watch, course }] of this.#sessions) {
      if (course.isDue(nowMs)) course.take(streamTotals(lines), nowMs);
      const forMs = watch?.check(lines, nowMs);
      if (forMs !== undefined) this.#events.onSilent(number, forMs);
    }
    if (this.#lingering.length === 0) return;
    const freed: LocalPair[] = [];
    this.#lingering = this.#lingering.filter(({ end, sinceMs }) => {
      const quietSinceMs = Math.max(end.lastDatagramMs, sinceMs);
      if (nowMs - quietSinceMs < this.#quietMs && nowMs - sinceMs < LONGEST_LINGER_MS) return true;
      end.close();
      freed.push(end.local);
      return false;
    });
    if (freed.length > 0) this.#events.onFreed(freed);
  }

  #sessionOf({ session, silenceMs }: AnchorLine, nowMs: number): RelayedSession {
    const known = this.#sessions.get(session);
    if (known !== undefined) return known;
    const watch = silenceMs === null ? null : new SilenceWatch(silenceMs, nowMs);
    const opened = { lines: [], watch, course: new QualityCourse() };
    this.#sessions.set(session, opened);
    return opened;
  }

  #count(session: number, nowMs: number): readonly LegCounters[] {
    const { lines = [], course } = this.#sessions.get(session) ?? {};
    return countersOf(lines, course, nowMs);
  }

  #end(session: number, nowMs: number): readonly LegCounters[] {
    const lines = this.#sessions.get(session)?.lines ?? [];
    const counters = this.#count(session, nowMs);
    this.#sessions.delete(session);
    const freed: LocalPair[] = [];
    for (const line of lines) {
      if (line === undefined) continue;
      for (const end of [line.a, line.b]) {
        end.join(undefined);
        // Nothing ever came here, so nothing is on its way either: no need to wait.
        if (end.lastDatagramMs === 0) {
          end.close();
          freed.push(end.local);
        } else this.#lingering.push({ end, sinceMs: nowMs });
      }
    }
    if (freed.length > 0) this.#events.onFreed(freed);
    return counters;
  }
}
