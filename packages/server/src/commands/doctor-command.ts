import type { Command } from "commander";
import { readSettings } from "../config/read-settings.ts";
import { examine } from "../doctor/examine.ts";
import type { Finding, Level } from "../doctor/finding.ts";
import { findRunning } from "../running.ts";

const EXIT_CODES = "Exit codes: 0 nothing failed (there may be warnings), 1 something did, 2 wrong usage or settings.";

/** Adds `trunkline doctor`. @param ended told its exit code */
export function addDoctorCommand(program: Command, ended: (code: number) => void): void {
  program
    .command("doctor")
    .description("check ports, addresses, DNS, certificates, database, media, clock, disk and limits; says what to fix")
    .option("--json", "print the findings as one JSON line", false)
    .addHelpText("after", `\nWorks whether the platform runs or not, with the same settings.\n\n${EXIT_CODES}`)
    .action(async (options: { json: boolean }) => ended(await doctorCommand(options)));
}

async function doctorCommand({ json }: { readonly json: boolean }): Promise<number> {
  const settings = readSettings(process.env);
  const findings = await examine({ settings, running: findRunning(settings.dataDir) });
  const failed = findings.some(({ level }) => level === "fail");
  process.stdout.write(json ? `${JSON.stringify({ healthy: !failed, findings })}\n` : describe(findings));
  return failed ? 1 : 0;
}

function describe(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const indent = " ".repeat(8 + width);
  const lines = findings.flatMap(({ check, level, detail, remedy }) => [
    `${level.padEnd(4)}  ${check.padEnd(width)}  ${detail}`,
    ...(remedy === null ? [] : [`${indent}-> ${remedy}`]),
  ]);
  const count = (wanted: Level): number => findings.filter(({ level }) => level === wanted).length;
  return `${[...lines, "", `${count("ok")} ok, ${count("warn")} to look at, ${count("fail")} to fix`].join("\n")}\n`;
}
