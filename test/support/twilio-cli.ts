import { execFile } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const VERSION = "6.2.4";
const folder = fileURLToPath(new URL(`../../.cache/twilio-cli-${VERSION}`, import.meta.url));

/**
 * Twilio's own command line, installed once beside the project: its 476 packages are nobody's dependency. Without the scripts of packages,
 * one of which calls home.
 *
 * @returns the program
 */
export async function installTwilioCli(): Promise<string> {
  const program = join(folder, "node_modules", ".bin", "twilio");
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true }));
  const args = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", `twilio-cli@${VERSION}`];
  await promisify(execFile)("npm", args, { cwd: folder });
  return program;
}
