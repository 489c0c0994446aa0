import { mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openSecrets } from "./secrets.ts";

const fresh = () => ({
  dataDir: join(mkdtempSync(join(tmpdir(), "trunkline-secrets-")), "data"),
  operatorSid: undefined,
  operatorToken: undefined,
  demoPassword: undefined,
});

describe("secrets of an installation", () => {
  it("are made once and stay the same", () => {
    const settings = fresh();
    const first = openSecrets(settings);
    expect(openSecrets(settings)).toEqual(first);
    expect(first.operatorSid).toMatch(/^AC[0-9a-f]{32}$/);
    expect(first.encryptionKey).toMatch(/^[0-9a-f]{64}$/);
    expect(openSecrets(fresh()).encryptionKey).not.toBe(first.encryptionKey);
  });

  it("are readable by their owner only", () => {
    const settings = fresh();
    openSecrets(settings);
    expect(statSync(join(settings.dataDir, "secrets.json")).mode & 0o777).toBe(0o600);
    expect(statSync(settings.dataDir).mode & 0o777).toBe(0o700);
  });

  it("make a demo password that the API's own rules accept: 12 characters, digit, both cases", () => {
    expect(openSecrets(fresh()).demoPassword).toMatch(/^(?=.*\d)(?=.*[a-z])(?=.*[A-Z])[A-Za-z0-9]{12,}$/);
  });

  it.each(["", '{"encryptionKey":"5ec4', "null", "[]"])(
    "damaged (%j), stop the start with the file's name and nothing of its text",
    (text) => {
      const settings = fresh();
      openSecrets(settings);
      const path = join(settings.dataDir, "secrets.json");
      writeFileSync(path, text);
      expect(() => openSecrets(settings)).toThrow(`${path} is damaged: put its backup back`);
      expect(readFileSync(path, "utf8")).toBe(text);
    },
  );

  it("follow the settings where they name a value", () => {
    const settings = { ...fresh(), demoPassword: "Correct-Horse-9" };
    expect(openSecrets(settings).demoPassword).toBe("Correct-Horse-9");
    expect(readFileSync(join(settings.dataDir, "secrets.json"), "utf8")).toContain("Correct-Horse-9");
  });
});
