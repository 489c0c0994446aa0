import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { carryOut } from "../declarative/carry-out.ts";
import { KINDS } from "../declarative/kinds.ts";
import { readDocument } from "../declarative/read-document.ts";
import { isInteractive, openTerminal } from "../declarative/terminal.ts";
import { type ConnectionOptions, connect } from "./connection.ts";
import { UsageError } from "./usage-error.ts";

export type ApplyOptions = ConnectionOptions & {
  readonly yes: boolean;
  readonly dryRun: boolean;
  readonly prune: boolean;
  readonly setPasswords: boolean;
  readonly addToInventory: boolean;
  readonly json: boolean;
};

/**
 * `trunkline apply file`: makes an account what the file declares, after showing the plan. Exit code 0 when it is so, or when nothing was to
 * do; 1 when a step failed or somebody said no; 2 when the file is wrong, or nobody could be asked.
 */
export async function applyCommand(path: string, options: ApplyOptions): Promise<number> {
  checkAsked(options);
  const declared = readDocument(readFile(path), path);
  const needsAccount = [...declared.roots].some((kind) => !KINDS[kind].operator);
  const terminal = openTerminal();
  const client = connect(options, terminal, needsAccount);
  return carryOut(client, declared, { ...options, environment: process.env, folder: dirname(path) }, terminal);
}

/** A plan that nobody has seen is carried out only when `--yes` says so. */
export function checkAsked({ yes, dryRun, json }: Pick<ApplyOptions, "yes" | "dryRun" | "json">): void {
  if (yes || dryRun) return;
  if (json) throw new UsageError("--json asks nobody: add --yes, or --dry-run to see the plan alone");
  if (!isInteractive()) throw new UsageError("there is nobody to ask: add --yes, or --dry-run to see the plan alone");
}

function readFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new UsageError(`${path} cannot be read (${(cause as NodeJS.ErrnoException).code ?? "failed"})`, { cause });
  }
}
