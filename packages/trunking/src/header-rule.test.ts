import { describe, expect, it } from "vitest";
import { checkAddedHeader, checkRemovedHeader } from "./header-rule.ts";

describe("CAR-1: header rules of a carrier", () => {
  it.each([
    ["X-Account: 4711", "X-Account", "4711"],
    ["P-Charge-Info:<sip:+493012345@x>", "P-Charge-Info", "<sip:+493012345@x>"],
    ["  Priority :  a b: c ", "Priority", "a b: c"],
  ])("adds %j", (line, name, value) => {
    expect(checkAddedHeader(line)).toEqual({ kind: "ok", name, value });
  });

  it.each([
    ["X-Account", "is not a header line"],
    ["X Account: 1", "is not the name of a header"],
    [": 1", "is not the name of a header"],
    ["X-A:", "is empty"],
    ["X-A: 1\r\nVia: x", "has a line break"],
    ["X-A: gr\u00fc\u00df", "beyond ASCII"],
    [`X-A: ${"1".repeat(600)}`, "has 605 characters"],
    ["v: SIP/2.0/UDP x", "short form"],
    ["From: <sip:a@b>", "belongs to the SIP stack"],
    ["CONTENT-LENGTH: 7", "belongs to the SIP stack"],
    ["Proxy-Authorization: Digest x", "belongs to the SIP stack"],
    ["X-Trunkline-Hops: 1", "set by the platform"],
  ])("refuses %j", (line, why) => {
    expect(checkAddedHeader(line)).toMatchObject({ kind: "invalid", why: expect.stringContaining(why) });
  });

  it("removes by name, in any case, but not what makes a request one", () => {
    expect(checkRemovedHeader(" Diversion ")).toEqual({ kind: "ok", name: "diversion" });
    expect(checkRemovedHeader("Via")).toMatchObject({ kind: "invalid" });
    expect(checkRemovedHeader("x-trunkline-hops")).toMatchObject({ kind: "invalid" });
    expect(checkRemovedHeader("")).toMatchObject({ kind: "invalid" });
  });
});
