import type { Flow, Host } from "@trunkline/sip";
import type { CallCapture } from "@trunkline/trunking";
import { describe, expect, it } from "vitest";
import { Counters } from "../metrics.ts";
import { MAX_CALL_MESSAGES, MAX_UNCLAIMED_BYTES, UNCLAIMED_MS } from "./bounds.ts";
import { Captures } from "./captures.ts";

const FLOW: Flow = {
  ...{ transport: "udp", localAddress: "192.0.2.10", localPort: 5060 },
  ...{ remoteAddress: "192.0.2.20", remotePort: 5080 },
};
const SELF: Flow = { ...FLOW, remoteAddress: FLOW.localAddress, remotePort: FLOW.localPort };
const CALL = { sid: "CA1", accountSid: "AC1" };
const leg = (name: "a" | "b", sipCallId: string) => ({
  ...{ leg: name, attempt: name === "a" ? 0 : 1, peerSid: "TK1", sipCallId },
});

function invite(callId: string, more = ""): string {
  return `INVITE sip:b SIP/2.0\r\nFrom: <sip:a>;tag=caller\r\nTo: <sip:b>\r\nCall-ID: ${callId}\r\n${more}\r\n`;
}
function answer(callId: string, status = "200 OK"): string {
  return `SIP/2.0 ${status}\r\nf: <sip:a>;tag=caller\r\nt: <sip:b>;tag=callee\r\ni : ${callId}\r\n\r\n`;
}

/** Captures in virtual time, and what was saved. */
function open() {
  let nowMs = 0;
  const saved: CallCapture[] = [];
  const timers = new Map<number, { readonly atMs: number; readonly run: () => void }>();
  const host = {
    nowMs: () => nowMs,
    setTimer: (afterMs: number, run: () => void) => {
      const id = timers.size + 1;
      timers.set(id, { atMs: nowMs + afterMs, run });
      return id;
    },
    clearTimer: (id: unknown) => void timers.delete(id as number),
  } as unknown as Host;
  const captures = new Captures(
    { save: async (batch) => void saved.push(...batch) },
    { host, wallClockMs: () => 1_000_000 + nowMs, counters: new Counters(), log: () => undefined },
  );
  const wait = async (ms: number): Promise<void> => {
    nowMs += ms;
    for (const [id, { atMs, run }] of [...timers]) {
      if (atMs > nowMs) continue;
      timers.delete(id);
      run();
    }
    await Promise.resolve();
  };
  return { captures, saved, wait };
}

describe("EVD-2: what is captured", () => {
  it("a message that came before there was a call is the call's; copies are told apart; the end is waited for", async () => {
    const { captures, saved, wait } = open();
    captures.note("in", FLOW, invite("one"));
    await wait(10);
    captures.note("in", FLOW, invite("one"));
    captures.claim(CALL, leg("a", "one"), FLOW);
    captures.note("out", FLOW, answer("one", "486 Busy Here"));
    captures.over(CALL.sid);
    expect(captures.fetch(CALL.sid)).toMatchObject({ isOver: true });
    await wait(1_000);
    captures.note("in", FLOW, `ACK sip:b SIP/2.0\r\nCall-ID: one\r\n\r\n`);
    await wait(4_000);
    await wait(1_000);
    expect(saved).toHaveLength(1);
    expect(saved[0]?.startedAtMs).toBe(1_000_000);
    expect(
      saved[0]?.messages.map(({ text, atMs, isRetransmission }) => [text.split(" ", 2), atMs, isRetransmission]),
    ).toEqual([
      [["INVITE", "sip:b"], 0, false],
      [["INVITE", "sip:b"], 10, true],
      [["SIP/2.0", "486"], 10, false],
      [["ACK", "sip:b"], 1_010, false],
    ]);
  });

  it("a call within the edge: each half has its own messages, although both have one Call-ID", async () => {
    const { captures } = open();
    captures.note("out", SELF, invite("self"));
    captures.claim(CALL, leg("b", "self"), SELF);
    captures.note("in", SELF, invite("self"));
    captures.claim({ sid: "CA2", accountSid: "AC2" }, leg("a", "self"), SELF);
    captures.note("out", SELF, answer("self"));
    captures.note("in", SELF, answer("self"));
    const bye = "BYE sip:a SIP/2.0\r\nFrom: <sip:b>;tag=callee\r\nTo: <sip:a>;tag=caller\r\nCall-ID: self\r\n\r\n";
    captures.note("out", SELF, bye);
    captures.note("in", SELF, bye);
    const ways = (sid: string) =>
      captures.fetch(sid)?.capture.messages.map((one) => `${one.direction} ${one.text.slice(0, 3)}`);
    expect(ways("CA1")).toEqual(["sent INV", "received SIP", "received BYE"]);
    expect(ways("CA2")).toEqual(["received INV", "sent SIP", "sent BYE"]);
  });

  it("a Call-ID that a peer uses again is the new call's, and stays so when the old one is handed on", async () => {
    const { captures, wait } = open();
    for (const sid of ["CA1", "CA2"]) {
      captures.note("in", FLOW, invite("again"));
      captures.claim({ sid, accountSid: "AC1" }, leg("a", "again"), FLOW);
      if (sid === "CA1") captures.over(sid);
    }
    await wait(5_000);
    captures.note("out", FLOW, answer("again"));
    expect(captures.fetch("CA2")?.capture.messages.at(-1)?.text).toContain("200 OK");
  });

  it("LIM-2: strangers cost bounded memory: a flood of INVITEs, one that is dropped, one that never goes on", async () => {
    const { captures, wait } = open();
    captures.note("in", FLOW, invite("dropped"));
    captures.disregard("dropped");
    expect(captures.metrics()["dialogs_unclaimed"]).toBe(0);
    const padding = `X: ${"x".repeat(1_000)}\r\n`;
    for (let number = 0; number < 10_000; number++) captures.note("in", FLOW, invite(`flood-${number}`, padding));
    const held = captures.metrics()["dialogs_unclaimed"] ?? 0;
    expect(held).toBeLessThanOrEqual(MAX_UNCLAIMED_BYTES / 1_000);
    expect(held).toBeGreaterThan(1_000);
    await wait(UNCLAIMED_MS + 1);
    captures.note("in", FLOW, invite("later"));
    expect(captures.metrics()["dialogs_unclaimed"]).toBe(1);
    captures.note("in", FLOW, answer("of-no-invite"));
    captures.note("in", FLOW, "OPTIONS sip:a SIP/2.0\r\nCall-ID: ping\r\n\r\n");
    captures.note("in", FLOW, "\r\n\r\n");
    captures.note("in", FLOW, "Call-ID");
    expect(captures.metrics()["dialogs_unclaimed"]).toBe(1);
  });

  it.each([
    ["lines that begin as a Call-ID does", `${"c\n".repeat(32_000)}:`],
    ["blanks where a colon should be", `i${" ".repeat(64_000)}`],
    ["one line of it all", "i".repeat(64_000)],
  ])("LIM-2: a stranger's datagram does not hold calls up by %s", (_what, text) => {
    const { captures } = open();
    // Some hundred of what would each take half a second.
    for (let times = 0; times < 100; times++) captures.note("in", FLOW, `INVITE sip:a SIP/2.0\n${text}`);
    expect(captures.metrics()["dialogs_unclaimed"]).toBe(0);
  });

  it("of a call with too many messages the first and the last are kept, and the others counted", () => {
    const { captures } = open();
    captures.note("in", FLOW, invite("long"));
    captures.claim(CALL, leg("a", "long"), FLOW);
    for (let number = 0; number < 1_000; number++)
      captures.note("in", FLOW, `INFO ${number} SIP/2.0\r\nCall-ID: long\r\n\r\n`);
    const { capture } = captures.fetch(CALL.sid) as { capture: CallCapture };
    expect(capture.messages).toHaveLength(MAX_CALL_MESSAGES.messages);
    expect(capture.dropped).toBe(1_001 - MAX_CALL_MESSAGES.messages);
    expect(capture.messages[0]?.text).toContain("INVITE");
    expect(capture.messages.at(-1)?.text).toContain("INFO 999");
    for (let number = 0; number < 100; number++)
      captures.note("in", FLOW, invite("long", `X: ${"x".repeat(60_000)}\r\n`));
    expect(captures.metrics()["captured_bytes"]).toBeLessThanOrEqual(MAX_CALL_MESSAGES.bytes);
  });
});
