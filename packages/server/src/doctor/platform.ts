import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkDatabase } from "@trunkline/store";
import { type Check, type Finding, fail, ok, warn, whyOf } from "./finding.ts";

const LIMIT_MS = 5_000;
const OLDEST_MAJOR = 15;
const CLOCKS_APART_MS = 2_000;

/** The platform itself, where it runs: what its `/readyz` says. */
export const platform: Check = async ({ settings: { dataDir }, running }) => {
  if (!running) return [ok("platform", `none runs on ${dataDir}; this looks at what it would find at its start`)];
  const who = `process ${running.pid}`;
  if (running.api === "") return [ok("platform", `${who} runs, without an API (role edge)`)];
  try {
    const response = await fetch(`${running.api}/readyz`, { signal: AbortSignal.timeout(LIMIT_MS) });
    const { missing, troubles } = (await response.json()) as Readyz;
    const findings: Finding[] = response.ok
      ? [ok("platform", `${who} is ready at ${running.api}`)]
      : [fail("platform", `${who} is not ready: ${missing.join(", ")}`, "look at its log")];
    return [...findings, ...troubles.map((trouble) => warn("platform", String(trouble), "look at its log"))];
  } catch (error) {
    return [
      fail("platform", `${who} does not answer at ${running.api} (${whyOf(error)})`, "look at its log, and restart it"),
    ];
  }
};

type Readyz = { readonly missing: readonly string[]; readonly troubles: readonly unknown[] };

/** The database: a server that can be asked, or the embedded one's folder. */
export const database: Check = async ({ settings: { databaseUrl, dataDir }, running }) => {
  if (databaseUrl === undefined) return embedded(join(dataDir, "store"), running !== undefined);
  const { host } = new URL(databaseUrl);
  try {
    const { version, nowMs, readOnly } = await checkDatabase(databaseUrl);
    const apartMs = Math.abs(nowMs - Date.now());
    return [
      readOnly
        ? fail(
            "database",
            `${host} is a standby, which takes no changes`,
            "point TRUNKLINE_DATABASE_URL to the primary",
          )
        : ok("database", `PostgreSQL ${version} at ${host}`),
      ...(Number.parseInt(version, 10) < OLDEST_MAJOR
        ? [fail("database", `PostgreSQL ${version} is too old`, `use version ${OLDEST_MAJOR} or newer`)]
        : []),
      ...(apartMs > CLOCKS_APART_MS
        ? [
            warn(
              "clock",
              `the clock of ${host} and ours are ${Math.round(apartMs / 1_000)} s apart`,
              "let a time service keep both",
            ),
          ]
        : []),
    ];
  } catch (error) {
    return [
      fail("database", `${host} cannot be used (${whyOf(error)})`, "start it, or correct TRUNKLINE_DATABASE_URL"),
    ];
  }
};

function embedded(dir: string, isRunning: boolean): readonly Finding[] {
  if (!existsSync(dir)) return [ok("database", "the embedded one is made at the first start")];
  try {
    const version = readFileSync(join(dir, "PG_VERSION"), "utf8").trim();
    return [ok("database", `embedded, PostgreSQL ${version} format, ${isRunning ? "in use" : "at rest"}`)];
  } catch {
    return [fail("database", `${dir} is no database`, "put its backup back, or move the folder away for a new one")];
  }
}
