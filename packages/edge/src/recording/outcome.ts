import type { Absence, Gap, GapCause, RecordingResult } from "@trunkline/media";
import type { ErrorCode, RecordingOutcome } from "@trunkline/trunking";
import { GAP_WORDS } from "./trouble.ts";

const ABSENCES: Readonly<Record<Absence, { readonly why: string; readonly errorCode: ErrorCode }>> = {
  "too-short": { why: "it ended before a single sample of sound", errorCode: 16101 },
  silent: { why: "it was nothing but silence, which was trimmed", errorCode: 16102 },
  "no-media": { why: "no speech that can be recorded came from either side", errorCode: 16102 },
  lost: { why: "its file is gone", errorCode: 16192 },
};

/** How a recording ended, in the words of the store and its API. */
export function outcomeOf(result: RecordingResult): RecordingOutcome {
  const { sid, callSid, accountSid, channels, startedAtMs, durationMs, interrupted } = result;
  const known = { sid, callSid, accountSid, channels, startedAtMs, durationMs, interrupted };
  switch (result.state) {
    case "completed":
      return { ...known, state: "completed", why: null, errorCode: null, file: result.file };
    case "damaged":
      return { ...known, state: "damaged", why: gapsText(result.gaps), errorCode: 16191, file: result.file };
    case "absent": {
      const { why, errorCode } = ABSENCES[result.why];
      const gaps = result.gaps.length === 0 ? "" : ` (${gapsText(result.gaps)})`;
      return { ...known, state: "absent", why: `${why}${gaps}`, errorCode, file: null };
    }
    default:
      return result satisfies never;
  }
}

/** `missing: 3.2 s (the disk was full), 1.0 s of the caller (…)`: one entry per cause and side, however many stretches there are. */
function gapsText(gaps: readonly Gap[]): string {
  const sums = new Map<string, { readonly cause: GapCause; readonly leg: Gap["leg"]; ms: number }>();
  for (const { cause, leg, fromMs, toMs } of gaps) {
    const sum = sums.get(`${cause} ${leg}`) ?? { cause, leg, ms: 0 };
    sum.ms += toMs - fromMs;
    sums.set(`${cause} ${leg}`, sum);
  }
  const texts = [...sums.values()].map(
    ({ cause, leg, ms }) => `${(ms / 1_000).toFixed(1)} s${SIDES[leg ?? "both"]} (${GAP_WORDS[cause]})`,
  );
  return `missing: ${texts.join(", ")}`;
}

const SIDES = { a: " of the caller", b: " of the called side", both: "" } as const;
