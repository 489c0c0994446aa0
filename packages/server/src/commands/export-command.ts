import { requireAccount } from "../declarative/client.ts";
import { KINDS, partsOf } from "../declarative/kinds.ts";
import { withPlaceholders } from "../declarative/placeholders.ts";
import { readState } from "../declarative/read-state.ts";
import { skippedSids } from "../declarative/skipped-sids.ts";
import { openTerminal } from "../declarative/terminal.ts";
import { writeDocument } from "../declarative/write-document.ts";
import { writeWhole } from "../secrets.ts";
import { type ConnectionOptions, connect } from "./connection.ts";

export type ExportOptions = ConnectionOptions & {
  readonly output?: string;
  readonly installation: boolean;
  readonly json: boolean;
};

/**
 * `trunkline export`: writes an account's configuration, or the installation's, as a declarative file for `trunkline apply`. Exit code 0;
 * what a file cannot say stands on standard error.
 */
export async function exportCommand(options: ExportOptions): Promise<number> {
  const terminal = openTerminal();
  const client = connect(options, terminal, !options.installation);
  const roots = new Set(partsOf(null).filter((kind) => (KINDS[kind].operator ?? false) === options.installation));
  await requireAccount(client);
  const onProgress = (what: string, count: number): void => terminal.progress(`reading: ${count} ${what}`);
  const state = await readState(client, { roots, skippedSids, onProgress });
  terminal.progress("");
  const { items, variables } = withPlaceholders(state.items);
  const document = writeDocument(items);
  if (options.output !== undefined) writeWhole(options.output, document, 0o600);
  if (options.json) {
    const summary = { account_sid: client.accountSid, output: options.output ?? null, things: items.length };
    const passwords = [...variables.keys()];
    const whole = options.output === undefined ? { document } : {};
    terminal.print(`${JSON.stringify({ ...summary, passwords, notes: state.notes, ...whole })}\n`);
    return 0;
  }
  if (options.output === undefined) terminal.print(document);
  for (const note of state.notes) terminal.note(`note: ${note}`);
  if (variables.size > 0) {
    terminal.note(
      `note: passwords are never shown; where these are made anew, set ${[...variables.keys()].join(", ")}`,
    );
  }
  return 0;
}
