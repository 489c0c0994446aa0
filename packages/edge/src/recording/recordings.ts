import type { RecorderAlarm, RecordingResult } from "@trunkline/media";
import { errorText, type RecordingSink } from "@trunkline/trunking";
import type { RaiseAlert } from "../call/parts.ts";
import type { EdgePorts } from "../edge.types.ts";
import { RECORDING_TROUBLE_MS } from "../limits.ts";
import type { Counters } from "../metrics.ts";
import { outcomeOf } from "./outcome.ts";
import type { CallRecorder } from "./recording.types.ts";
import { type Told, type TroubleName, toldOfRefusal, toldOfTrouble } from "./trouble.ts";

/** What the customer's side does to its own recordings; anything else is the operator's to mend. */
const NOT_OURS: ReadonlySet<TroubleName | "not-begun"> = new Set(["codec", "too-long", "no-media"]);

/** The same trouble stands in the log once in this time, however many recordings it meets; the metrics count all. */
const LOG_AGAIN_MS = 60_000;

/** What the media plane or the recorder tells of a recording, or of all of them. */
type Trouble = Omit<RecorderAlarm, "name"> & { readonly name: TroubleName };

type Parts = {
  readonly recorder: CallRecorder | undefined;
  readonly sink: RecordingSink | undefined;
  readonly alert: RaiseAlert;
  readonly counters: Counters;
  readonly log: EdgePorts["log"];
  nowMs(): number;
};

/** What the edge does about recordings beside their calls: takes their outcomes, and tells people of what goes wrong (REC-4). */
export class Recordings {
  readonly #parts: Parts;
  /** Of calls that nobody answered: without sound nothing is missing. Each until its outcome comes. */
  readonly #unanswered = new Set<string>();
  /** When each was met last, and logged last. */
  readonly #troubles = new Map<string, { readonly atMs: number; readonly loggedMs: number }>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Undefined: this edge cannot record. */
  get recorder(): CallRecorder | undefined {
    return this.#parts.recorder;
  }

  /** Nobody answered that recording's call: should there be nothing in it, that is no alarm. */
  expectNothing(sid: string): void {
    this.#unanswered.add(sid);
  }

  /** Trouble with a recording that runs or is being finished; at most once of a kind per recording. */
  alarmed({ name, sid, call, why }: Trouble): void {
    this.#parts.counters.add(`recording_alarms_${name}`);
    this.#note(name, { recordingSid: sid, why });
    const told = toldOfTrouble(name, why);
    if (call && told) {
      this.#parts.alert(call.accountSid, told.code, call.callSid, `${errorText(told.code)} (${sid}): ${told.words}`);
    }
  }

  /** A recording does not begin; its call goes on. @returns what its account is to be told */
  notBegun(error: unknown): Told {
    this.#parts.counters.add("recordings_not_begun");
    const told = toldOfRefusal(error);
    if (told.code !== 16105) this.#note("not-begun", { why: error instanceof Error ? error.message : String(error) });
    return told;
  }

  /** The recorder is done with one. Rejects when the sink is away: then it comes again. */
  async finished(result: RecordingResult): Promise<void> {
    const { sink, counters, alert } = this.#parts;
    const outcome = outcomeOf(result);
    await sink?.save(outcome);
    counters.add(`recordings_${outcome.state}`);
    const isExpected = this.#unanswered.delete(outcome.sid) && result.state === "absent" && result.why !== "lost";
    if (outcome.state !== "absent" || outcome.errorCode === null || isExpected) return;
    const text = `${errorText(outcome.errorCode)} (${outcome.sid}): ${outcome.why}`;
    alert(outcome.accountSid, outcome.errorCode, outcome.callSid, text);
  }

  /** What an operator should look at: trouble of the last minutes. */
  troubles(): readonly string[] {
    const sinceMs = this.#parts.nowMs() - RECORDING_TROUBLE_MS;
    return [...this.#troubles].filter(([, { atMs }]) => atMs >= sinceMs).map(([name]) => `recordings: ${name}`);
  }

  #note(name: TroubleName | "not-begun", fields: Readonly<Record<string, unknown>>): void {
    if (NOT_OURS.has(name)) return;
    const atMs = this.#parts.nowMs();
    const loggedMs = this.#troubles.get(name)?.loggedMs ?? Number.NEGATIVE_INFINITY;
    const isNew = atMs - loggedMs >= LOG_AGAIN_MS;
    this.#troubles.set(name, { atMs, loggedMs: isNew ? atMs : loggedMs });
    if (isNew) this.#parts.log("warn", "trouble with recordings", { trouble: name, ...fields });
  }
}
