import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

/** `npm run dev -w packages/console` serves the sources beside a platform that runs at its usual place. */
const PLATFORM = "http://127.0.0.1:8080";

/** Puts a compressed copy beside each file, so that the platform compresses nothing while it carries calls. */
function compressed(): Plugin {
  let folder = "";
  return {
    name: "compressed",
    configResolved: (config) => {
      folder = resolve(config.root, config.build.outDir);
    },
    closeBundle: () => {
      for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
        if (!/\.(js|css|html|svg)$/.test(name)) continue;
        const path = join(folder, name);
        const content = readFileSync(path);
        writeFileSync(`${path}.br`, brotliCompressSync(content));
        writeFileSync(`${path}.gz`, gzipSync(content));
      }
    },
  };
}

export default defineConfig({
  base: "/console/",
  plugins: [react(), compressed()],
  // What all pages use is one file, loaded with the first: 1 MB is far above it, and the budget of the first page is a test's.
  build: { target: "es2024", reportCompressedSize: false, chunkSizeWarningLimit: 1_000 },
  server: { proxy: Object.fromEntries(["/2010-04-01", "/v1", "/v2", "/trunkline"].map((path) => [path, PLATFORM])) },
});
