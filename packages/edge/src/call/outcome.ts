import type { ExtraHeader } from "@trunkline/sip";
import { MAX_REASON_TEXT } from "../limits.ts";
import type { RecordingNote } from "./call-recording.ts";

/**
 * ITU-T Q.850 cause for a final SIP status, after RFC 3398 §8.2.6.1 turned round: what a switch on the other side would have said.
 * Anything without a better word is 127, interworking.
 */
const CAUSES: ReadonlyMap<number, number> = new Map([
  [200, 16],
  [400, 41],
  [401, 21],
  [402, 21],
  [403, 21],
  [404, 1],
  [405, 63],
  [407, 21],
  [408, 102],
  [410, 22],
  [415, 79],
  [480, 19],
  [482, 25],
  [483, 25],
  [484, 28],
  [486, 17],
  [487, 31],
  [488, 65],
  [500, 41],
  [502, 38],
  [503, 41],
  [504, 102],
  [600, 17],
  [603, 21],
  [604, 1],
  [606, 58],
]);

function q850Cause(sipStatus: number): number {
  return CAUSES.get(sipStatus) ?? 127;
}

/** A Reason value for a final status, e.g. `Q.850;cause=17;text="Busy Here"` (RFC 3326, in responses RFC 6432). */
export function reasonValue(sipStatus: number, text: string): string {
  const printable = text.replace(/[^\x20-\x7e]/g, "?").slice(0, MAX_REASON_TEXT);
  return `Q.850;cause=${q850Cause(sipStatus)};text="${printable.replace(/["\\]/g, "\\$&")}"`;
}

/** What the BYE to a customer's server says of the call's recording (contract §9, REC-6). */
export function recordingHeaders(note: RecordingNote | undefined): readonly ExtraHeader[] {
  if (!note) return [];
  return [
    ["X-Twilio-RecordingSid", note.sid],
    ["X-Twilio-RecordingDuration", String(Math.round(note.durationMs / 1_000))],
  ];
}

/**
 * What the caller is told when the far side's final answer was `status`. Passed through, except where it would ask the caller for something
 * that concerns only us: a challenge to us (401, 407), a redirection (3xx) or a demanded extension (421) become 502.
 */
export function outwardStatus(status: number, reason: string): { readonly status: number; readonly reason: string } {
  const ours = status < 400 || status === 401 || status === 407 || status === 421;
  return ours ? { status: 502, reason: "Bad Gateway" } : { status, reason };
}
