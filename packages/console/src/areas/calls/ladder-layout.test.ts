import { describe, expect, it } from "vitest";
import type { LadderMessage } from "./ladder.types.ts";
import { labelOf, layOut } from "./ladder-layout.ts";

const message = (more: Partial<LadderMessage>): LadderMessage => ({
  ...{
    index: 0,
    leg: "a",
    attempt: 0,
    direction: "received",
    at_ms: 0,
    date: "",
    transport: "udp",
    local: "",
    remote: "",
  },
  ...{ first_line: "", method: "INVITE", status: null, reason: null, cseq: "1 INVITE", retransmission: false },
  ...{ has_sdp: false, text: "" },
  ...more,
});
const leg = (name: "a" | "b", attempt: number) => ({
  ...{ leg: name, attempt, peer_sid: null, name: null, sip_call_id: "", address: null },
});

describe("EVD-2: the ladder as it is drawn", () => {
  it("has the platform between the caller and everybody who was tried", () => {
    const messages = [message({}), message({ leg: "b", attempt: 2, direction: "sent" })];
    const { lanes, arrows } = layOut({ legs: [leg("a", 0), leg("b", 1), leg("b", 2)], messages });
    expect(lanes.map(({ key }) => key)).toEqual(["a0", "platform", "b1", "b2"]);
    const [a, platform, , b2] = lanes.map(({ x }) => x);
    expect(arrows.map(({ fromX, toX }) => [fromX, toX])).toEqual([
      [a, platform],
      [platform, b2],
    ]);
  });

  it("draws a call of the platform's own, which has no caller, and one without messages", () => {
    expect(layOut({ legs: [leg("b", 1)], messages: [] }).lanes.map(({ key }) => key)).toEqual(["platform", "b1"]);
    expect(layOut({ legs: [], messages: [] }).arrows).toEqual([]);
  });

  it.each([
    [{}, "INVITE"],
    [{ has_sdp: true }, "INVITE · SDP"],
    [{ method: null, status: 486, reason: "Busy Here" }, "486 Busy Here"],
    [{ method: null, status: 200, reason: "OK", cseq: "2 BYE" }, "200 OK (BYE)"],
    [{ method: null, status: 200, reason: "" }, "200"],
  ])("labels %o as %s", (more, label) => {
    expect(labelOf(message(more))).toBe(label);
  });
});
