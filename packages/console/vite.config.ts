import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** `npm run dev -w packages/console` serves the sources beside a platform that runs at its usual place. */
const PLATFORM = "http://127.0.0.1:8080";

export default defineConfig({
  base: "/console/",
  plugins: [react()],
  build: {
    target: "es2024",
    // Types of the room are kept beside it; a page that is open while a new version is put in place still finds its parts until the next load.
    emptyOutDir: true,
    reportCompressedSize: false,
  },
  server: { proxy: Object.fromEntries(["/2010-04-01", "/v1", "/v2", "/trunkline"].map((path) => [path, PLATFORM])) },
});
