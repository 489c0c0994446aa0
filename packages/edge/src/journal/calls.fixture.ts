import type { CallEvent, CallRecord } from "@trunkline/trunking";

export const T0_MS = Date.UTC(2026, 0, 1);

export function callSid(n: number): string {
  return `CA${String(n).padStart(32, "0")}`;
}

/** The life of one call, `seconds` long, as the edge would tell it. */
export function callEvents(n: number, seconds = 10): readonly CallEvent[] {
  const sid = callSid(n);
  const atMs = T0_MS + n;
  const attempt = {
    uri: "sip:+15005550001@192.0.2.30",
    carrierSid: null,
    originationUrlSid: null,
    startedAtMs: atMs,
    status: 200,
    reason: "OK",
  };
  return [
    {
      kind: "started",
      atMs,
      sid,
      accountSid: "AC1",
      trunkSid: "TK1",
      direction: "trunking-terminating",
      from: "+12025550100",
      to: "+15005550001",
      callerName: null,
      phoneNumberSid: null,
      sipCallId: `call-${n}`,
      source: "192.0.2.20",
      trace: [{ rule: "termination.trunk", input: "acme", verdict: "pass", detail: "found", atMs: 0 }],
    },
    { kind: "attempt", atMs, sid, attempt, sipCallId: `b-${n}` },
    { kind: "ringing", atMs, sid },
    { kind: "answered", atMs: atMs + 1_000, sid, to: null },
    {
      kind: "ended",
      atMs: atMs + 1_000 + seconds * 1_000,
      sid,
      by: "caller",
      sipStatus: 200,
      reason: "caller hung up",
      errorCode: null,
      quality: [],
    },
  ];
}

/** A sink that can be away; keeps the highest revision of each call, as the real one does. */
export class MemorySink {
  readonly records = new Map<string, CallRecord>();
  isAway = false;
  batches: number[] = [];

  async save(records: readonly CallRecord[]): Promise<void> {
    if (this.isAway) throw new Error("away");
    this.batches.push(records.length);
    for (const record of records) {
      if ((this.records.get(record.sid)?.revision ?? 0) < record.revision) this.records.set(record.sid, record);
    }
  }

  get ended(): number {
    return [...this.records.values()].filter((record) => record.endedAtMs !== null).length;
  }
}
