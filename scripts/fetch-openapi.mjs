// Takes Twilio's official OpenAPI documents (MIT) out of the npm tarball of @twilio/cli-core, without installing it, into
// .cache/openapi. Does nothing when they are there. Ends with 1 and one line on stderr when the registry cannot be reached.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const PACKAGE = "@twilio/cli-core@9.0.0";
const INSIDE = "package/src/services/twilio-api";
const cache = fileURLToPath(new URL("../.cache", import.meta.url));
const target = join(cache, "openapi");

if (!existsSync(target)) {
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(join(cache, "fetching-"));
  try {
    const quiet = { cwd: work, stdio: ["ignore", "ignore", "pipe"] };
    execFileSync("npm", ["pack", PACKAGE, "--ignore-scripts", "--silent"], quiet);
    const tarball = readdirSync(work).find((name) => name.endsWith(".tgz"));
    execFileSync("tar", ["-xzf", String(tarball), INSIDE], quiet);
    const unpacked = join(work, INSIDE);
    for (const name of readdirSync(unpacked)) if (!name.endsWith(".json")) rmSync(join(unpacked, name));
    // A rename: two test runs at once both end up with a whole folder.
    if (!existsSync(target)) renameSync(unpacked, target);
  } catch (error) {
    const said = String(error?.stderr ?? "")
      .trim()
      .split("\n")
      .at(-1);
    if (!existsSync(target)) {
      process.stderr.write(`cannot fetch ${PACKAGE}: ${said || error?.message}\n`);
      process.exitCode = 1;
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
