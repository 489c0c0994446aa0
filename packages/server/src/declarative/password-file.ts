import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { writeWhole } from "../secrets.ts";

/**
 * New passwords by the names of environment variables, kept in a file that a shell can read (`. file`). One is made when it is first asked
 * for; those that the file has already hold, so that what was broken off goes on with the same ones.
 */
export type PasswordFile = {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Writes the file, readable by its owner only, if any password is new. */
  save(): void;
};

const LINE = /^([A-Z_][A-Z0-9_]*)='([^'\n]*)'$/gm;

/** @param environment wins over the file */
export function openPasswordFile(
  path: string,
  environment: Readonly<Record<string, string | undefined>>,
): PasswordFile {
  const kept = new Map<string, string>();
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  for (const [, name = "", password = ""] of text.matchAll(LINE)) kept.set(name, password);
  if (text.trim() !== "" && kept.size === 0) {
    throw new Error(`${path} is there and holds no passwords; name another file, so that this one is not lost`);
  }
  const made = new Map<string, string>();
  const lookUp = (name: string): string => {
    const known = environment[name] || (kept.get(name) ?? made.get(name));
    if (known !== undefined) return known;
    const password = newPassword();
    made.set(name, password);
    return password;
  };
  return {
    environment: new Proxy({}, { get: (_target, name) => lookUp(String(name)) }),
    save: () => {
      if (made.size === 0) return;
      const lines = [...made].map(([name, password]) => `${name}='${password}'\n`);
      const gap = text === "" || text.endsWith("\n") ? "" : "\n";
      writeWhole(path, text + gap + lines.join(""), 0o600);
    },
  };
}

/** 128 bits, with a digit, a small and a capital letter, as the rules for passwords of trunks want. */
function newPassword(): string {
  return `Aa1${randomBytes(16).toString("hex")}`;
}
