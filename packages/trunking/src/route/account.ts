import type { DirectoryReader } from "../directory/directory.types.ts";
import { pass, type Ruling, refuse } from "./ruling.ts";

/** ACC-1: calls of a suspended or closed account, or of a subaccount of one, are declined (603, 10001). */
export function checkAccount(accountSid: string, directory: DirectoryReader): Ruling {
  const account = directory.account(accountSid);
  if (!account) return refuse(10001, accountSid, "The account does not exist.");
  if (account.status !== "active") return refuse(10001, accountSid, `The account is ${account.status}.`);
  const parent = account.parentSid === null ? undefined : directory.account(account.parentSid);
  if (parent && parent.status !== "active")
    return refuse(10001, accountSid, `The parent account ${parent.sid} is ${parent.status}.`);
  return pass(accountSid, "The account is active.");
}
