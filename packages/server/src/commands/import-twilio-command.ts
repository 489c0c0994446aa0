import { text } from "node:stream/consumers";
import { carryOut } from "../declarative/carry-out.ts";
import { createClient } from "../declarative/client.ts";
import { openPasswordFile } from "../declarative/password-file.ts";
import { openTerminal, type Terminal } from "../declarative/terminal.ts";
import { readTwilio, type TakenOver } from "../declarative/twilio.ts";
import { writeDocument } from "../declarative/write-document.ts";
import { writeWhole } from "../secrets.ts";
import { type ApplyOptions, checkAsked } from "./apply-command.ts";
import { connect, originOf } from "./connection.ts";
import { UsageError } from "./usage-error.ts";

export type ImportTwilioOptions = Omit<ApplyOptions, "prune" | "setPasswords"> & {
  readonly accountSid: string;
  readonly baseUrl: string;
  readonly username?: string;
  readonly authTokenStdin: boolean;
  readonly passwords?: string;
  readonly output?: string;
};

/**
 * `trunkline import-twilio`: reads an account at Twilio (or at another Trunkline) and makes ours the same, by the same plan as
 * `trunkline apply`; nothing is deleted, here or there. Run again, it goes on where it stopped. Exit codes as of apply.
 */
export async function importTwilioCommand(options: ImportTwilioOptions): Promise<number> {
  if (options.output === undefined) checkAsked(options);
  const terminal = openTerminal();
  const there = await connectThere(options, terminal);
  // Who has no platform yet can still write the file.
  const here = options.output === undefined ? connect(options, terminal) : undefined;
  const taken = await readTwilio(there, (what, count) => terminal.progress(`reading: ${count} ${what}`));
  terminal.progress("");
  if (here === undefined) return writeFile(options, taken, terminal);
  const file = options.passwords === undefined ? undefined : openPasswordFile(options.passwords, process.env);
  return carryOut(
    here,
    taken,
    {
      ...options,
      prune: false,
      setPasswords: false,
      withoutUnknownPasswords: true,
      environment: file?.environment ?? process.env,
      folder: ".",
      notes: taken.notes,
      beforeApplying: () => file?.save(),
    },
    terminal,
  );
}

async function connectThere(options: ImportTwilioOptions, terminal: Terminal) {
  const { accountSid, username = accountSid } = options;
  if (!/^AC[0-9a-f]{32}$/.test(accountSid)) {
    throw new UsageError(`--account-sid ${accountSid}: an account SID is AC and 32 hexadecimal digits`);
  }
  const baseUrl = originOf(options.baseUrl);
  const given = options.authTokenStdin ? (await text(process.stdin)).trim() : process.env["TWILIO_AUTH_TOKEN"];
  if (!given)
    throw new UsageError("set TWILIO_AUTH_TOKEN to the account's auth token, or give it with --auth-token-stdin");
  const onWait = (seconds: number, why: string): void => terminal.progress(`${why}; trying again in ${seconds} s`);
  return createClient({ baseUrl, username, password: given, accountSid }, { onWait });
}

function writeFile({ output = "", json }: ImportTwilioOptions, taken: TakenOver, terminal: Terminal): number {
  writeWhole(output, writeDocument(taken.items), 0o600);
  if (json) terminal.print(`${JSON.stringify({ output, things: taken.items.length, notes: taken.notes })}\n`);
  else for (const note of taken.notes) terminal.note(`note: ${note}`);
  return 0;
}
