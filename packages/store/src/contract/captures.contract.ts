import type { CallCapture } from "@trunkline/trunking";
import { describe, expect, it } from "vitest";
import { callRow, newAccount, newSid } from "../rows.fixture.ts";
import type { Store } from "../store.ts";

export function captureContract(store: () => Store): void {
  describe("EVD-2: SIP captures", () => {
    it("are given back octet by octet, to their own account only", async () => {
      const capture = captureOf(await newAccount(store()), "INVITE sip:\u00c3\u00bc@example.com SIP/2.0\r\n\0\u00ff");
      await store().captureSink.save([capture]);
      expect(await store().captures.fetch(capture.accountSid, capture.callSid)).toEqual(capture);
      expect(await store().captures.fetch(await newAccount(store()), capture.callSid)).toBeUndefined();
    });

    it("may come twice, in one batch and in two: the later one stays", async () => {
      const first = captureOf(await newAccount(store()), "first");
      const [second, third] = [
        captureOf(first.accountSid, "2", first.callSid),
        captureOf(first.accountSid, "3", first.callSid),
      ];
      await store().captureSink.save([first, second]);
      expect(await store().captures.fetch(first.accountSid, first.callSid)).toEqual(second);
      await store().captureSink.save([third]);
      expect(await store().captures.fetch(first.accountSid, first.callSid)).toEqual(third);
      await store().captureSink.save([]);
    });

    it("go by age, the oldest first", async () => {
      const accountSid = await newAccount(store());
      const captures = [1, 2, 3].map((day) => ({ ...captureOf(accountSid, ""), startedAtMs: day * 86_400_000 }));
      await store().captureSink.save(captures);
      expect(await store().captures.deleteOlderThan(3 * 86_400_000, 1)).toBe(1);
      const left = (): Promise<(CallCapture | undefined)[]> =>
        Promise.all(captures.map(({ callSid }) => store().captures.fetch(accountSid, callSid)));
      expect((await left()).map((found) => found?.startedAtMs)).toEqual([undefined, 172_800_000, 259_200_000]);
      expect(await store().captures.deleteOlderThan(3 * 86_400_000, 500)).toBe(1);
      expect((await left()).map((found) => found?.startedAtMs)).toEqual([undefined, undefined, 259_200_000]);
    });

    it("go with the record of their call", async () => {
      const capture = captureOf(await newAccount(store()), "");
      const { callSid: sid, accountSid } = capture;
      await store().captureSink.save([capture]);
      await store().callRecordSink.save([callRow(accountSid, { sid })]);
      expect(await store().calls.delete(accountSid, sid)).toBe(true);
      expect(await store().captures.fetch(accountSid, sid)).toBeUndefined();
    });
  });
}

function captureOf(accountSid: string, text: string, callSid: string = newSid("CA")): CallCapture {
  return {
    callSid,
    accountSid,
    startedAtMs: Date.UTC(2026, 10, 24),
    dropped: 2,
    legs: [{ leg: "a", attempt: 0, peerSid: "", sipCallId: "a@b" }],
    messages: [
      {
        ...{ leg: "a", attempt: 0, direction: "received", atMs: 0.25, transport: "udp", isRetransmission: false },
        ...{ local: "127.0.0.1:5060", remote: "[::1]:5062", text },
      },
    ],
  };
}
