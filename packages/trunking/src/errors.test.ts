import { describe, expect, it } from "vitest";
import { CONNECTION_INCIDENTS } from "./connection-catalogue.ts";
import { errorText, isErrorCode } from "./errors.ts";
import { HEADER_INCIDENTS } from "./header-catalogue.ts";
import { CALL_INCIDENTS } from "./incident-catalogue.ts";
import { RECORDING_INCIDENTS } from "./recording-catalogue.ts";
import { REFUSALS } from "./refusal-catalogue.ts";

const entries = Object.entries({
  ...REFUSALS,
  ...CALL_INCIDENTS,
  ...HEADER_INCIDENTS,
  ...CONNECTION_INCIDENTS,
  ...RECORDING_INCIDENTS,
});

/** Contract §12, from the first trunk code to the last; 32500 and above are not about trunks. */
const CONTRACT_CODES =
  `32001 32002 32006 32007 32008 32009 32010 32011 32012 32013 32014 32015 32016 32017 32018 32019 32021 32022
  32100 32101 32102 32103 32105 32106 32110 32111 32112 32113 32114 32115 32200 32201 32202 32203 32204 32205 32206 32207 32208
  32209 32210 32212 32214 32215 32216 32218 32219 32220 32221 32222 32223 32301 32302 32303 32304 32400 32401`.split(
    /\s+/,
  );

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

  it("has every code of the contract, and each once", () => {
    expect(CONTRACT_CODES.filter((code) => !isErrorCode(Number(code)))).toEqual([]);
    expect(new Set(entries.map(([, entry]) => entry.title.en)).size).toBe(entries.length);
  });

  it("knows its codes and no others", () => {
    expect(isErrorCode(32011)).toBe(true);
    expect(isErrorCode(404)).toBe(false);
  });
});
