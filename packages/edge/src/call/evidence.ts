import {
  type Attempt,
  type BegunRecording,
  type CallEvent,
  type CallIdentity,
  type ErrorCode,
  errorText,
  type TraceStep,
} from "@trunkline/trunking";
import type { CallOutput } from "./call.types.ts";
import type { CallParts } from "./parts.ts";

type Attempted = Extract<CallOutput, { readonly kind: "attempted" }>;
type Ended = Extract<CallOutput, { readonly kind: "ended" }>;

/** What is left of a call: the events of its record, the decision trace that goes on growing, and its alerts (EVD-1, EVD-4). */
export class Evidence {
  readonly #parts: Pick<CallParts, "journal" | "alert" | "wallClockMs" | "host">;
  readonly #sid: string;
  readonly #identity: CallIdentity;
  readonly #startedMonoMs: number;
  readonly #steps: TraceStep[] = [];

  constructor(
    parts: Pick<CallParts, "journal" | "alert" | "wallClockMs" | "host">,
    call: { readonly sid: string; readonly identity: CallIdentity },
  ) {
    this.#parts = parts;
    this.#sid = call.sid;
    this.#identity = call.identity;
    this.#startedMonoMs = parts.host.nowMs();
  }

  /** @param sipCallId of leg B; null when no INVITE was sent */
  attempted(attempt: Attempt, output: Attempted, startedAtMs: number, sipCallId: string | null): void {
    const { uri, carrierSid, originationUrlSid } = attempt;
    const { status, reason, verdict, detail } = output;
    this.#append({
      kind: "attempt",
      atMs: this.#parts.wallClockMs(),
      sid: this.#sid,
      attempt: { uri, carrierSid, originationUrlSid, startedAtMs, status, reason },
      sipCallId,
    });
    this.traced([{ rule: "call.attempt", input: uri, verdict, detail, atMs: 0 }]);
  }

  rang(): void {
    this.#append({ kind: "ringing", atMs: this.#parts.wallClockMs(), sid: this.#sid });
  }

  /** @param uri of the attempt that took the call */
  answered(atMs: number, uri: string | null): void {
    const to = this.#identity.direction === "trunking-originating" ? uri : null;
    this.#appendTrace(atMs);
    this.#append({ kind: "answered", atMs, sid: this.#sid, to });
  }

  /** Its file is on the disk (REC-4). */
  recorded(recording: BegunRecording): void {
    this.#append({ kind: "recording", atMs: recording.startedAtMs, sid: this.#sid, recording });
    this.#tracedRecording(recording.sid, "pass", "the recording runs, and its file is on the disk");
  }

  notRecorded(code: ErrorCode, why: string): void {
    this.#tracedRecording("", "refuse", `the call goes on without a recording: ${why}`);
    this.alert(code, `${errorText(code)}: ${why}`);
  }

  ended({ ending, quality }: Ended): void {
    const { by, sipStatus, reason, errorCode, detail } = ending;
    const atMs = this.#parts.wallClockMs();
    if (detail !== undefined && !this.#hasTold(detail)) {
      const input = `${sipStatus} ${reason}`;
      this.traced([{ rule: "call.refusal", input, verdict: "refuse", detail, atMs: 0 }]);
    }
    this.#appendTrace(atMs);
    this.#append({ kind: "ended", atMs, sid: this.#sid, by, sipStatus, reason, errorCode, quality });
  }

  /** Steps that were decided now. They go to the journal with the next event that waits for nothing. */
  traced(steps: readonly TraceStep[]): void {
    const atMs = Math.round(this.#parts.host.nowMs() - this.#startedMonoMs);
    this.#steps.push(...steps.map((step) => ({ ...step, atMs })));
  }

  alert(errorCode: number, text: string): void {
    this.#parts.alert(this.#identity.accountSid, errorCode, this.#sid, text);
  }

  #tracedRecording(input: string, verdict: TraceStep["verdict"], detail: string): void {
    this.traced([{ rule: "call.recording", input, verdict, detail, atMs: 0 }]);
  }

  /** A refusal of ours is the trace's last word (TERM-11), once: the step that led to it may say all there is to say. */
  #hasTold(detail: string): boolean {
    const last = this.#steps.at(-1);
    return last?.verdict === "refuse" && last.detail.includes(detail);
  }

  #appendTrace(atMs: number): void {
    if (this.#steps.length === 0) return;
    this.#append({ kind: "trace", atMs, sid: this.#sid, steps: this.#steps.splice(0) });
  }

  #append(event: CallEvent): void {
    this.#parts.journal.append(event);
  }
}
