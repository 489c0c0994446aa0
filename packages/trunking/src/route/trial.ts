import type { DirectoryReader } from "../directory/directory.types.ts";
import { titleTo } from "./caller-id.ts";
import { pass, type Ruling, refuse } from "./ruling.ts";

/**
 * ACC-2: a trial calls only numbers that it has, or that it has verified (400, 32100). Undefined for a full account, which the rule
 * does not know. That the caller ID is owned or verified is asked of every account (TERM-5).
 */
export function checkTrial(number: string, accountSid: string, directory: DirectoryReader): Ruling | undefined {
  if (directory.account(accountSid)?.type !== "Trial") return undefined;
  const title = titleTo(number, accountSid, directory);
  if (title) return pass(number, `The account is a trial, and ${number} is ${title}.`);
  return refuse(
    32100,
    number,
    `The number ${number} is unverified. Trial accounts may only make calls to verified numbers.`,
    { status: 400, phrase: `The number ${number} is unverified` },
  );
}
