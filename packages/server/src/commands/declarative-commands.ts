import type { Command } from "commander";
import { type ApplyOptions, applyCommand } from "./apply-command.ts";
import { CONNECTION_HELP } from "./connection.ts";
import { type ExportOptions, exportCommand } from "./export-command.ts";
import { type ImportTwilioOptions, importTwilioCommand } from "./import-twilio-command.ts";

const EXIT_CODES = "Exit codes: 0 done or nothing to do, 1 failed or declined, 2 wrong usage or a wrong file.";

/** Adds the commands that read and write an account's configuration as a file. @param ended told the exit code of what ran */
export function addDeclarativeCommands(program: Command, ended: (code: number) => void): void {
  connected(program.command("export"))
    .description("write an account's configuration as a YAML file for trunkline apply")
    .option("--installation", "the operator's part instead: carriers", false)
    .option("--output <file>", "where to write it (default: standard output)")
    .option("--json", "print what was found as one JSON line", false)
    .action(async (options: ExportOptions) => ended(await exportCommand(options)));
  planned(connected(program.command("apply")))
    .description("make an account what a YAML file says: shows the plan, asks, and does it")
    .argument("<file>", "the file; trunkline export writes one")
    .option("--prune", "delete what is there and not in the file, in the sections that the file has", false)
    .option("--set-passwords", "set the passwords of what is there already, too", false)
    .action(async (file: string, options: ApplyOptions) => ended(await applyCommand(file, options)));
  planned(connected(program.command("import-twilio")))
    .description("take over trunks, lists, numbers and dialing permissions of a Twilio account, over its REST API")
    .requiredOption("--account-sid <sid>", "the account at Twilio")
    .option("--base-url <url>", "its API; with a host of Twilio's each product has its own", "https://api.twilio.com")
    .option("--username <sid>", "who asks there, such as an API key (default: the account)")
    .option("--auth-token-stdin", "read its auth token from standard input (default: from TWILIO_AUTH_TOKEN)", false)
    .option(
      "--passwords <file>",
      "make passwords for the users of credential lists, and keep them in this file (mode 0600)",
    )
    .option("--output <file>", "write the YAML file that would be applied, and stop")
    .action(async (options: ImportTwilioOptions) => ended(await importTwilioCommand(options)));
}

function connected(command: Command): Command {
  return command
    .option("--api <url>", "address of the API (default: the running platform's)")
    .option("--account <sid>", "the account (default: who asks, or the demo account)")
    .addHelpText("after", `${CONNECTION_HELP}\n${EXIT_CODES}`);
}

function planned(command: Command): Command {
  return command
    .option("--dry-run", "show the plan and stop", false)
    .option("--add-to-inventory", "put numbers into the inventory before they are bought (operator)", false)
    .option("--yes", "do not ask", false)
    .option("--json", "print plan and outcome as one JSON line; needs --yes or --dry-run", false);
}
