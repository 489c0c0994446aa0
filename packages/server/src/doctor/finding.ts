import type { Settings } from "../config/settings.ts";
import type { Running } from "../running.ts";

export type Level = "ok" | "warn" | "fail";

/** What one check found. */
export type Finding = {
  /** Such as `port` or `certificate`. */
  readonly check: string;
  readonly level: Level;
  readonly detail: string;
  /** What to do about it; null when all is well. */
  readonly remedy: string | null;
};

/** What the checks look at. */
export type Patient = {
  readonly settings: Settings;
  /** The platform that runs on the data directory, if one does. */
  readonly running: Running | undefined;
};

export type Check = (patient: Patient) => Promise<readonly Finding[]>;

export const ok = (check: string, detail: string): Finding => ({ check, level: "ok", detail, remedy: null });
export const warn = (check: string, detail: string, remedy: string): Finding => ({
  check,
  level: "warn",
  detail,
  remedy,
});
export const fail = (check: string, detail: string, remedy: string): Finding => ({
  check,
  level: "fail",
  detail,
  remedy,
});

/** What went wrong, in a word or a line. */
export function whyOf(error: unknown): string {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  return String(code ?? message ?? error).split("\n")[0] ?? "";
}
