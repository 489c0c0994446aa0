#!/usr/bin/env node
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
const entry = new URL("../dist/index.js", import.meta.url);
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(`trunkline needs Node 22.18 or newer; this is ${process.versions.node}.\n`);
  process.exitCode = 1;
} else if (!existsSync(fileURLToPath(entry))) {
  process.stderr.write("trunkline is not built yet: run npm start once, or npm run build.\n");
  process.exitCode = 1;
} else {
  const { runCli } = await import(entry.href);
  process.exit(await runCli(process.argv.slice(2)));
}
