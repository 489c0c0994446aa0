import { describe, expect, it } from "vitest";
import { errorText, isErrorCode } from "./errors.ts";
import { INCIDENTS } from "./incident-catalogue.ts";
import { REFUSALS } from "./refusal-catalogue.ts";

const entries = Object.entries({ ...REFUSALS, ...INCIDENTS });

describe("the catalogue of error codes (contract §12)", () => {
  it.each(entries)("%s can be shown to a peer and to people in two languages", (_code, entry) => {
    expect(entry.text).toMatch(/^[\x20-\x7e]+$/);
    expect(entry.sip?.phrase ?? "none").toMatch(/^[\x20-\x7e]+$/);
    for (const text of [entry.title, entry.cause, entry.remedy]) {
      expect(text.en).toMatch(/^[\x20-\x7e]{4,}$/);
      expect(text.ja).toMatch(/[\u3040-\u30ff\u4e00-\u9fff]/);
    }
  });

  it("contract §8.3: the text of 32201 is the one seen on the wire", () => {
    expect(errorText(32201)).toBe("Authentication failure - source IP Address not in ACL");
  });

  it("knows its codes and no others", () => {
    expect(isErrorCode(32011)).toBe(true);
    expect(isErrorCode(404)).toBe(false);
  });
});
