import { describe, expect, it } from "vitest";
import { Secrets, sameMac } from "./secrets.ts";

const secrets = new Secrets(new Uint8Array(32).fill(1));
const other = new Secrets(new Uint8Array(32).fill(2));

describe("Secrets", () => {
  it("opens what it sealed, in its place and with its key only", () => {
    const sealed = secrets.seal("pässword", "t.c 1");
    expect(secrets.open(sealed, "t.c 1")).toBe("pässword");
    expect(secrets.open(sealed, "t.c 2")).toBeUndefined();
    expect(other.open(sealed, "t.c 1")).toBeUndefined();
  });

  it("seals the same text differently each time", () => {
    expect(secrets.seal("x", "p")).not.toEqual(secrets.seal("x", "p"));
  });

  it("does not open what was changed in any byte, cut or of another format", () => {
    const sealed = secrets.seal("secret", "p");
    for (let index = 0; index < sealed.length; index++) {
      const changed = Uint8Array.from(sealed);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(secrets.open(changed, "p")).toBeUndefined();
    }
    for (const length of [0, 1, 20, sealed.length - 1])
      expect(secrets.open(sealed.subarray(0, length), "p")).toBeUndefined();
  });

  it("MACs differ by secret, place and key, and never by where one ends and the other begins", () => {
    const mac = secrets.mac("secret", "place");
    expect(sameMac(mac, secrets.mac("secret", "place"))).toBe(true);
    for (const differs of [
      secrets.mac("Secret", "place"),
      secrets.mac("secret", "Place"),
      secrets.mac("esecret", "plac"),
      other.mac("secret", "place"),
      mac.subarray(1),
    ]) {
      expect(sameMac(mac, differs)).toBe(false);
    }
  });

  it("wants 32 bytes of key", () => {
    expect(() => new Secrets(new Uint8Array(16))).toThrow(RangeError);
  });
});
