import { defineConfig } from "vitest/config";

const rooms = ["sip", "trunking", "media", "transport", "store", "edge", "pstn", "api"] as const;

/** Rooms resolve to their sources, so that a test never runs against a stale build. */
const alias = Object.fromEntries(
  rooms.map((room) => [`@trunkline/${room}`, new URL(`packages/${room}/src/index.ts`, import.meta.url).pathname]),
);

export default defineConfig({
  resolve: { alias },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["packages/*/src/**/*.test.ts", "test/house/**/*.test.ts"],
          testTimeout: 20_000,
          // Many a file opens a database of its own first.
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: "simulation",
          include: ["test/simulation/**/*.test.ts", "test/fuzz/**/*.test.ts"],
          // Nothing but computing: one worker a processor.
          maxWorkers: "100%",
          testTimeout: 300_000,
        },
      },
      {
        extends: true,
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts", "test/interop/**/*.test.ts"],
          testTimeout: 180_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
