import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { writeReference } from "./fields.ts";
import { isSecretReference, type SecretReference } from "./item.ts";
import { titleOf } from "./kinds.ts";
import type { Step } from "./plan.ts";

/** Secrets by their reference, as `writeReference` writes it. */
export type Secrets = ReadonlyMap<string, string>;

/** A secret is a line. */
const MAX_BYTES = 4_096;

/**
 * Looks up every secret that the steps set, before any of them is done. A step that sets none needs none.
 *
 * @param folder that paths of files are below
 * @returns the secrets, and of each step that lacks one a line that says which; no line holds any of one
 */
export function secretsOf(
  steps: readonly Step[],
  environment: Readonly<Record<string, string | undefined>>,
  folder: string,
): { readonly secrets: Secrets; readonly missing: ReadonlyMap<Step, string> } {
  const secrets = new Map<string, string>();
  const missing = new Map<Step, string>();
  for (const step of steps) {
    for (const reference of referencesIn(step)) {
      const found = lookUp(reference, environment, folder);
      if ("secret" in found) secrets.set(writeReference(reference), found.secret);
      else missing.set(step, `${titleOf(step.item.kind, step.item.path)}: ${found.missing}`);
    }
  }
  return { secrets, missing };
}

function referencesIn(step: Step): readonly SecretReference[] {
  if (step.action === "delete") return [];
  const values = step.action === "create" ? Object.values(step.item.fields) : step.changes.map(({ to }) => to);
  return values.filter(isSecretReference);
}

function lookUp(
  { from, name }: SecretReference,
  environment: Readonly<Record<string, string | undefined>>,
  folder: string,
): { readonly secret: string } | { readonly missing: string } {
  if (from === "environment") {
    const secret = environment[name];
    return secret
      ? { secret }
      : { missing: `the environment variable ${name} is not set; it has to hold the password` };
  }
  const path = resolve(folder, name);
  try {
    const file = statSync(path);
    if (!file.isFile()) return { missing: `${path} is no file; it has to hold the password` };
    if (file.size > MAX_BYTES)
      return { missing: `${path} has more than ${MAX_BYTES} octets; it has to hold one password` };
    const secret = readFileSync(path, "utf8").replace(/\r?\n$/, "");
    return secret === "" ? { missing: `${path} is empty; it has to hold the password` } : { secret };
  } catch (error) {
    return {
      missing: `${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? "failed"}); it has to hold the password`,
    };
  }
}
