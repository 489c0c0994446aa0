import { describe, expect, it } from "vitest";
import { newRecoveryCodes, readRecoveryCode } from "./recovery-codes.ts";
import { matchingStep, newTotpSecret, otpauthUri, toBase32, totpCode, totpStep } from "./totp.ts";

/** The key of RFC 6238's appendix B. */
const SECRET = toBase32(Buffer.from("12345678901234567890"));
const randomHex = (bytes: number): string => "5f".repeat(bytes);

describe("ACC-3: time-based codes", () => {
  // RFC 6238 appendix B, SHA-1, of whose eight digits the last six are the same.
  it.each([
    [59, "287082"],
    [1_111_111_109, "081804"],
    [1_111_111_111, "050471"],
    [1_234_567_890, "005924"],
    [2_000_000_000, "279037"],
    [20_000_000_000, "353130"],
  ])("at %d s the code is %s", (atSec, code) => {
    expect(totpCode(SECRET, totpStep(1_000 * atSec))).toBe(code);
  });

  it("a code is taken one step before and after its own, and no further", () => {
    const nowMs = 1_234_567_890_000;
    const step = totpStep(nowMs);
    const taken = [-2, -1, 0, 1, 2].map((off) => matchingStep(SECRET, totpCode(SECRET, step + off), nowMs));
    expect(taken).toEqual([undefined, step - 1, step, step + 1, undefined]);
    for (const other of ["", "00592", "0059245", "abcdef", "００５９２４"])
      expect(matchingStep(SECRET, other, nowMs)).toBeUndefined();
  });

  it("a secret has 160 bits, and its URI is what authenticator apps read", () => {
    const secret = newTotpSecret(randomHex);
    expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    expect(otpauthUri(secret, "Trunkline x.test", "a+b@x.test")).toBe(
      `otpauth://totp/Trunkline%20x.test:a%2Bb%40x.test?secret=${secret}&issuer=Trunkline%20x.test&algorithm=SHA1&digits=6&period=30`,
    );
  });

  it("recovery codes are read however they are written down", () => {
    const [code = ""] = newRecoveryCodes(randomHex);
    expect(code).toMatch(/^[A-Z2-7]{5}-[A-Z2-7]{5}$/);
    expect(readRecoveryCode(` ${code.toLowerCase().replace("-", " ")} `)).toBe(readRecoveryCode(code));
    expect(readRecoveryCode(`${code}A`)).not.toBe(readRecoveryCode(code));
  });
});
