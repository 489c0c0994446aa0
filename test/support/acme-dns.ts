import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { openDnsServer } from "./lent-fixtures.ts";

/** The operator's program for dns-01: appends a line to `records` for each call, and then does `more` (shell). */
export function writeHook(dir: string, more = ""): string {
  const path = join(dir, "dns-hook");
  writeFileSync(path, `#!/bin/sh\necho "$1 $2 $3" >>'${join(dir, "records")}'\n${more}\n`);
  chmodSync(path, 0o700);
  return path;
}

/** What the hook was called with, in order. */
export function hookCalls(dir: string): readonly string[] {
  const path = join(dir, "records");
  return existsSync(path) ? readFileSync(path, "utf8").trim().split("\n") : [];
}

/** A DNS server in which every name leads to 127.0.0.1, but for those with `nowhere` in them, and TXT records are those of the hook. */
export async function openWorldDns(dir: string): Promise<string> {
  const zone = new Proxy(
    {},
    {
      get: (_zone, key) => {
        const [type, name = ""] = String(key).split(" ");
        if (type === "TXT") return txtRecords(dir, name);
        if (name.includes("nowhere")) return "nxdomain";
        return type === "A" ? [{ type: "A", name, ttl: 1, data: "127.0.0.1" }] : [];
      },
    },
  );
  const server = await openDnsServer(zone);
  onTestFinished(() => server.close());
  return server.name;
}

function txtRecords(dir: string, name: string) {
  const values = new Set<string>();
  for (const call of hookCalls(dir)) {
    const [action, where, value = ""] = call.split(" ");
    if (where !== name) continue;
    if (action === "add") values.add(value);
    else values.delete(value);
  }
  return Array.from(values, (data) => ({ type: "TXT" as const, name, ttl: 1, data }));
}
