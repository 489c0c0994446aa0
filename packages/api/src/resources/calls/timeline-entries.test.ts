import type { CallCapture, CallRecord, CapturedMessage } from "@trunkline/trunking";
import { describe, expect, it } from "vitest";
import { type TimelineSources, timelineOf } from "./timeline-entries.ts";

const BEGUN_MS = 1_764_000_000_000;

const record = {
  sid: "CA1",
  createdAtMs: BEGUN_MS,
  answeredAtMs: BEGUN_MS + 900,
  endedAtMs: BEGUN_MS + 9_000,
  source: "192.0.2.1",
  sipStatus: 200,
  reason: "caller hung up",
  attempts: [
    { uri: "sip:one", startedAtMs: BEGUN_MS + 10, status: 503 },
    { uri: "sip:two", startedAtMs: BEGUN_MS + 200, status: 200 },
  ],
} as unknown as CallRecord;

function message(atMs: number, leg: "a" | "b", direction: "received" | "sent", ...lines: string[]): CapturedMessage {
  const place = { attempt: 0, transport: "udp", local: "", remote: "", isRetransmission: false } as const;
  return { ...place, leg, direction, atMs, text: `${lines.join("\r\n")}\r\n\r\n` };
}

const SDP = "Content-Type: application/sdp";
const WITHIN = ["To: <sip:b>;tag=1", "CSeq: 2 INVITE"];

function told(more: Partial<TimelineSources>): readonly string[] {
  const nothing = { capture: undefined, media: undefined, recordings: [], alerts: [], webhooks: [] };
  return timelineOf({ record, ...nothing, ...more }).map(({ kind, atMs, leg, detail, durationMs }) =>
    [atMs - BEGUN_MS, kind, leg, detail, durationMs].filter((part) => part !== null).join(" "),
  );
}

describe("EVD-2: what happened in a call", () => {
  it("by its record alone", () => {
    expect(told({})).toEqual([
      "0 started 192.0.2.1",
      "10 attempt sip:one",
      "200 attempt sip:two",
      "900 answered",
      "9000 ended 200 caller hung up",
    ]);
  });

  it("by its messages: ringing once, what a target refused, hold, resume and transfer; no challenge and no copy", () => {
    const messages = [
      message(100, "b", "received", "SIP/2.0 407 Proxy Authentication Required", "CSeq: 1 INVITE"),
      message(190, "b", "received", "SIP/2.0 503 Service Unavailable", "CSeq: 1 INVITE"),
      message(300, "a", "sent", "SIP/2.0 180 Ringing"),
      message(400, "a", "sent", "SIP/2.0 183 Session Progress"),
      message(2_000, "a", "received", "INVITE sip:b SIP/2.0", ...WITHIN, SDP, "", "v=0", "a=sendonly"),
      { ...message(2_500, "a", "received", "INVITE sip:b SIP/2.0", ...WITHIN, SDP), isRetransmission: true },
      message(3_000, "b", "received", "UPDATE sip:a SIP/2.0", ...WITHIN, SDP, "", "v=0"),
      message(3_500, "b", "received", "UPDATE sip:a SIP/2.0", "To: <sip:b>;tag=1"),
      message(4_000, "a", "received", "REFER sip:b SIP/2.0", "r: <sip:+15005550001@x>"),
      message(8_000, "b", "received", "SIP/2.0 481 Gone", "CSeq: 3 BYE"),
    ];
    const capture: CallCapture = {
      ...{ callSid: "CA1", accountSid: "AC1", dropped: 0, legs: [] },
      startedAtMs: BEGUN_MS,
      messages,
    };
    expect(told({ capture }).slice(2)).toEqual([
      "190 attempt-failed b 503 Service Unavailable",
      "200 attempt sip:two",
      "300 ringing a 180 Ringing",
      "900 answered",
      "2000 session-changed a sendonly",
      "3000 session-changed b sendrecv",
      "4000 transfer-asked a <sip:+15005550001@x>",
      "9000 ended 200 caller hung up",
    ]);
  });

  it("keys, recordings, alerts and what web servers were told of it", () => {
    const media = { samples: [], keyPresses: [{ leg: "a", atMs: BEGUN_MS + 1_500, durationMs: 120 }] } as const;
    const recording = {
      ...{ sid: "RE1", startedAtMs: BEGUN_MS + 900, durationMs: 8_000, updatedAtMs: BEGUN_MS + 99_000 },
      ...{ status: "completed", why: null },
    };
    const alert = { sid: "NO1", atMs: BEGUN_MS + 9_001, errorCode: 32011, text: "busy" };
    const webhook = { url: "https://x/y", atMs: BEGUN_MS + 9_400, durationMs: 40, attempt: 2, failure: null };
    const more = { media, recordings: [recording], alerts: [alert], webhooks: [webhook] };
    expect(told(more as unknown as Partial<TimelineSources>).slice(3)).toEqual([
      "900 answered",
      "900 recording-started",
      "1500 key-press a 120",
      "8900 recording-ended completed 8000",
      "9000 ended 200 caller hung up",
      "9001 alert 32011: busy",
      "9400 webhook https://x/y: delivered (attempt 2) 40",
    ]);
  });
});
