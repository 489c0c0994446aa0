import type { AlarmName, RecorderAlarm, RecordingResult } from "@trunkline/media";
import { type ErrorCode, errorText, type RecordingSink } from "@trunkline/trunking";
import type { RaiseAlert } from "../call/parts.ts";
import type { EdgePorts } from "../edge.types.ts";
import { RECORDING_TROUBLE_MS } from "../limits.ts";
import type { Counters } from "../metrics.ts";
import { outcomeOf } from "./outcome.ts";
import type { CallRecorder } from "./recording.types.ts";

/** Alarms that are the account's matter too, by the code it is told them with. Of what is absent the outcome tells more exactly. */
const CODES: Readonly<Record<AlarmName, ErrorCode | null>> = {
  "disk-full": 16191,
  "disk-failed": 16191,
  overrun: 16191,
  codec: 16191,
  "too-long": 16191,
  fault: 16191,
  "disk-slow": null,
  "no-media": null,
  "encryption-failed": 16104,
  "storage-failed": 16111,
  unreadable: 16192,
};

/** What the customer's side does to its own recordings; anything else is the operator's to mend. */
const NOT_OURS: ReadonlySet<AlarmName> = new Set(["codec", "too-long", "no-media"]);

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
  readonly #troubles = new Map<AlarmName, number>();

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

  /** The recorder tells of trouble, at once; at most one of a kind per recording. */
  alarmed({ name, sid, call, why }: RecorderAlarm): void {
    const { counters, log, alert, nowMs } = this.#parts;
    counters.add(`recording_alarms_${name}`);
    if (!NOT_OURS.has(name)) {
      log(name === "disk-slow" ? "warn" : "error", "trouble with recordings", {
        trouble: name,
        recordingSid: sid,
        why,
      });
      this.#troubles.set(name, nowMs());
    }
    const code = CODES[name];
    if (call && code !== null) alert(call.accountSid, code, call.callSid, `${errorText(code)} (${sid}): ${why}`);
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
    return [...this.#troubles].filter(([, atMs]) => atMs >= sinceMs).map(([name]) => `recordings: ${name}`);
  }
}
