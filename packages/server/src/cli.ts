import { Command, CommanderError } from "commander";
import { callCommand } from "./commands/call-command.ts";
import { addDeclarativeCommands } from "./commands/declarative-commands.ts";
import { addDoctorCommand } from "./commands/doctor-command.ts";
import { serveCommand } from "./commands/serve-command.ts";
import { type SimulateOptions, simulateCommand } from "./commands/simulate-command.ts";
import { UsageError } from "./commands/usage-error.ts";
import { addUserCommands } from "./commands/user-command.ts";
import { SETTINGS, SettingError } from "./config/settings.ts";
import { DocumentError } from "./declarative/read-document.ts";

const EXIT_CODES = "Exit codes: 0 done, 1 failed, 2 wrong usage.";

function settingsHelp(): string {
  const width = Math.max(...SETTINGS.map(({ variable }) => variable.length));
  const lines = SETTINGS.map(
    ({ variable, fallback, meaning }) =>
      `  ${variable.padEnd(width)}  ${meaning}${fallback ? ` (default ${fallback})` : ""}`,
  );
  return [
    "",
    "Settings, as environment variables or in the YAML file named by TRUNKLINE_CONFIG:",
    ...lines,
    "",
    EXIT_CODES,
  ].join("\n");
}

/** The command line. Resolves with the exit code; never throws. */
export async function runCli(argv: readonly string[]): Promise<number> {
  let code = 0;
  const program = new Command("trunkline")
    .description("A self-hosted elastic SIP trunking platform.")
    .exitOverride()
    .showHelpAfterError("Try trunkline --help.");
  program
    .command("serve")
    .description("run the platform; prints one block when it is ready")
    .option("--json", "print the ready block as one JSON line", false)
    .addHelpText("after", settingsHelp)
    .action(async (options: { json: boolean }) => {
      code = await serveCommand(options);
    });
  program
    .command("call")
    .description("place a test call through the running platform from a built-in PBX")
    .argument("<number>", "called number, +E.164; +15005552300 answers with a tone")
    .option("--from <number>", "caller ID, one of the demo account's numbers")
    .option("--seconds <n>", "how long to talk once answered", "3")
    .option("--json", "print the report as one JSON line", false)
    .addHelpText("after", `\n${EXIT_CODES}`)
    .action(async (to: string, options: { from?: string; seconds: string; json: boolean }) => {
      code = await callCommand(to, options);
    });
  program
    .command("simulate")
    .description("ask the running platform whether a call would pass and where it would go; nobody is called")
    .requiredOption("--source <address>", "where the call comes from: an IP address, with or without a port")
    .requiredOption("--request-uri <uri>", "what is called, such as sip:+14155550100@demo.pstn.trunkline.localhost")
    .requiredOption("--from <caller>", "the caller, a number or a SIP URI")
    .option("--to <called>", "the To header, a number or a SIP URI (default: the called URI)")
    .option("--at <time>", "when, such as 2026-01-31T09:30:00Z (default: now)")
    .option("--secure", "over TLS and with SRTP", false)
    .option("--json", "print the answer as one JSON line", false)
    .addHelpText("after", "\nExit codes: 0 it would pass, 1 it would not (or could not be asked), 2 wrong usage.")
    .action(async (options: SimulateOptions) => {
      code = await simulateCommand(options);
    });
  const ended = (exitCode: number): void => {
    code = exitCode;
  };
  addDeclarativeCommands(program, ended);
  addDoctorCommand(program, ended);
  addUserCommands(program, ended);
  for (const command of program.commands) command.exitOverride();
  try {
    await program.parseAsync([...argv], { from: "user" });
    return code;
  } catch (error) {
    return failure(error);
  }
}

function failure(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`trunkline: ${message}\n`);
  if (error instanceof UsageError) return 2;
  if (error instanceof SettingError || error instanceof DocumentError) return 2;
  if (process.env["TRUNKLINE_LOG"] === "debug" && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  return 1;
}
