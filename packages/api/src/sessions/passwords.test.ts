import { describe, expect, it } from "vitest";
import { HashingBusy, PasswordHasher } from "./password-hasher.ts";
import { whyBadPassword } from "./password-rules.ts";

describe("ACC-3: passwords of the console", () => {
  it.each([
    ["short-one-9", "at least 12 characters"],
    ["x".repeat(60) + "yz9 ".repeat(20), "at most 128 characters"],
    ["password12345", "tried first"],
    ["!!Password2026!!", "tried first"],
    ["123456789012", "tried first"],
    ["482910472910", "tried first"],
    ["abcdefghijklm", "tried first"],
    ["aaaaaaaaaaaaaa", "tried first"],
    ["abcabcabcabcab", "tried first"],
    ["hanako2026!!", "tried first"],
    ["correcthorsebatterystaple", "tried first"],
  ])("%s is refused: %s", (password, why) => {
    expect(whyBadPassword(password, ["hanako", "example.com"])).toContain(why);
  });

  it.each([["violet tractor onion"], ["Zx9-kkq2-Ttv0"], ["富士山に登った朝は寒かったです"], ["hanako plays the tuba"]])(
    "%s is taken",
    (password) => {
      expect(whyBadPassword(password, ["hanako", "example.com"])).toBeUndefined();
    },
  );

  it("are hashed by argon2id with OWASP's parameters, each with its own salt", async () => {
    const hasher = new PasswordHasher();
    const [a, b] = [await hasher.hash("violet tractor onion"), await hasher.hash("violet tractor onion")];
    expect(a).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(b).not.toBe(a);
    expect(await hasher.verify(a, "violet tractor onion")).toBe(true);
    expect(await hasher.verify(a, "violet tractor onions")).toBe(false);
    expect(await hasher.verify(null, "violet tractor onion")).toBe(false);
  });

  it("are the same however a keyboard composes them", async () => {
    const hasher = new PasswordHasher();
    expect(await hasher.verify(await hasher.hash("café au lait noir"), "cafe\u0301 au lait noir")).toBe(true);
  });

  it("a flood of them waits in a short line, and the rest is told to come again", async () => {
    const hasher = new PasswordHasher();
    const outcomes = await Promise.allSettled(Array.from({ length: 80 }, () => hasher.hash("violet tractor onion")));
    const refused = outcomes.filter((one) => one.status === "rejected");
    expect(refused).toHaveLength(80 - 66);
    expect(refused.every(({ reason }) => reason instanceof HashingBusy)).toBe(true);
    expect(await hasher.hash("violet tractor onion")).toContain("$argon2id$");
  });
});
