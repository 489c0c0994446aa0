import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const packages = fileURLToPath(new URL("../../packages", import.meta.url));

/** Which rooms a room may import (docs/architecture.md). The direction is the design: a new arrow is a decision, not a convenience. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  sip: [],
  trunking: [],
  media: ["sip"],
  transport: ["sip"],
  store: ["trunking"],
  edge: ["sip", "media", "trunking", "transport"],
  pstn: ["sip", "media", "transport"],
  api: ["trunking", "store"],
  console: [],
  server: ["sip", "trunking", "media", "transport", "store", "edge", "pstn", "api"],
};

/** Rooms that know no socket, timer, clock, random, log, file or database; and the packages they may still use. */
const PURE: Readonly<Record<string, readonly string[]>> = { sip: [], trunking: ["ipaddr.js"] };

function sources(room: string): readonly string[] {
  const all = readdirSync(join(packages, room, "src"), { recursive: true, encoding: "utf8" });
  return all.filter((file) => file.endsWith(".ts"));
}

const isTest = (file: string): boolean => /\.(test|contract|fixture)\.ts$/.test(file);

function imports(room: string, file: string): readonly string[] {
  const text = readFileSync(join(packages, room, "src", file), "utf8");
  return [...text.matchAll(/(?:^|\n)(?:import|export)\s[^;]*?from\s+"([^"]+)"|import\("([^"]+)"\)/g)].map(
    (m) => (m[1] ?? m[2]) as string,
  );
}

const rooms = readdirSync(packages);

describe("one-way imports", () => {
  it("knows every room", () => {
    expect(rooms.toSorted()).toEqual(Object.keys(MAY_IMPORT).toSorted());
  });

  it.each(rooms)("%s imports only the rooms below it", (room) => {
    const wrong = sources(room)
      .filter((file) => !isTest(file))
      .flatMap((file) => imports(room, file).map((name) => ({ file, name })))
      .filter(
        ({ name }) => name.startsWith("@trunkline/") && !MAY_IMPORT[room]?.includes(name.slice("@trunkline/".length)),
      );
    expect(wrong).toEqual([]);
  });

  it.each(rooms)("%s declares in package.json what it imports", (room) => {
    const manifest = JSON.parse(readFileSync(join(packages, room, "package.json"), "utf8")) as {
      dependencies?: Record<string, string>;
    };
    const used = new Set(
      sources(room)
        .filter((file) => !isTest(file))
        .flatMap((file) => imports(room, file))
        .filter((name) => name.startsWith("@trunkline/")),
    );
    expect([...used].filter((name) => !(name in (manifest.dependencies ?? {})))).toEqual([]);
  });

  it.each(rooms)("%s never reaches into another room's files", (room) => {
    const leaves = (file: string, name: string): boolean =>
      name.startsWith(".") && join(file, "..", name).startsWith("..");
    const support = (file: string, name: string): boolean => isTest(file) && name.includes("/test/support/");
    const wrong = sources(room).flatMap((file) =>
      imports(room, file)
        .filter((name) => /@trunkline\/[^/]+\//.test(name) || (leaves(file, name) && !support(file, name)))
        .map((name) => `${file}: ${name}`),
    );
    expect(wrong).toEqual([]);
  });
});

describe("pure rooms", () => {
  it.each(Object.keys(PURE))("%s is compiled without Node's types or the DOM", (room) => {
    const config = JSON.parse(readFileSync(join(packages, room, "tsconfig.json"), "utf8")) as { extends: string };
    expect(config.extends).toBe("../../tsconfig.pure.json");
    const pure = JSON.parse(readFileSync(join(packages, "..", "tsconfig.pure.json"), "utf8")) as {
      compilerOptions: { types: string[]; lib: string[] };
    };
    expect(pure.compilerOptions.types).toEqual([]);
    expect(pure.compilerOptions.lib).toEqual(["ES2024"]);
  });

  it.each(Object.keys(PURE))("%s imports nothing from outside and draws no random number of its own", (room) => {
    for (const file of sources(room).filter((one) => !isTest(one))) {
      const outside = imports(room, file).filter((name) => !name.startsWith("."));
      expect(
        outside.filter((name) => !PURE[room]?.includes(name)),
        file,
      ).toEqual([]);
      expect(readFileSync(join(packages, room, "src", file), "utf8"), file).not.toMatch(
        /\bMath\.random\(|\bDate\.now\(|\bnew Date\(\)/,
      );
    }
  });
});
