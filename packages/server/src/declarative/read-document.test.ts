import { describe, expect, it } from "vitest";
import { DocumentError, readDocument } from "./read-document.ts";
import { writeDocument } from "./write-document.ts";

function mistake(text: string): string {
  try {
    readDocument(text, "f.yaml");
  } catch (error) {
    expect(error).toBeInstanceOf(DocumentError);
    return (error as DocumentError).message;
  }
  return "";
}

describe("API-5: the declarative file", () => {
  const cases: [title: string, text: string, want: string][] = [
    ["an empty file", "", 'f.yaml:1:1: trunkline: must be 1: the first line of every file is "trunkline: 1"'],
    [
      "another form",
      "trunkline: 2",
      'f.yaml:1:12: trunkline: must be 1: the first line of every file is "trunkline: 1"',
    ],
    ["an unknown section", "trunkline: 1\ntruncs: {}", 'f.yaml:2:1: unknown key "truncs"; did you mean trunks?'],
    [
      "an unknown key, with the nearest",
      "trunkline: 1\ntrunks:\n  Office:\n    secur: true",
      'f.yaml:4:5: trunks > Office: unknown key "secur"; did you mean secure?',
    ],
    [
      "a value of the wrong kind",
      "trunkline: 1\ntrunks:\n  Office:\n    secure: yes please",
      "f.yaml:4:13: trunks > Office > secure: must be true or false",
    ],
    [
      "something missing",
      "trunkline: 1\ntrunks:\n  Office:\n    origination_urls:\n      first: {priority: 1}",
      "f.yaml:5:14: trunks > Office > origination_urls > first > sip_url: is missing; it must be text; put numbers and words such as true in quotes",
    ],
    [
      "a number that is none",
      "trunkline: 1\nnumbers:\n  12025550100: {}",
      "f.yaml:3:3: numbers > 12025550100: must be a number in E.164 form, such as +12025550100",
    ],
    [
      "a place that is none",
      "trunkline: 1\ngeo_permissions: {Japan: {}}",
      "f.yaml:2:19: geo_permissions > Japan: must be a country such as JP, a prefix such as +8190, or * for everywhere",
    ],
    [
      "a whole domain name",
      "trunkline: 1\ntrunks: {A: {domain: a.pstn.example.com}}",
      "f.yaml:2:22: trunks > A > domain: must be the part of the domain name before .pstn., such as my-office",
    ],
    [
      "a list twice on a trunk",
      "trunkline: 1\ntrunks: {A: {credential_lists: [x, x]}}",
      "f.yaml:2:36: trunks > A > credential_lists > 1: stands here twice",
    ],
    ["a name twice", "trunkline: 1\ntrunks: {A: {}, A: {}}", 'f.yaml:2:17: "A" stands here twice'],
    ["no YAML", "trunkline: 1\n\t- [", "f.yaml:2:1: Tabs are not allowed as indentation"],
    [
      "a name that JavaScript takes for something else",
      "trunkline: 1\ntrunks: {__proto__: {}}",
      "f.yaml:2:10: __proto__ cannot be a name",
    ],
    [
      "a list instead of names",
      "trunkline: 1\ntrunks: [A]",
      "f.yaml:2:9: trunks: must have the names of trunks, each with its settings",
    ],
    [
      "text instead of settings",
      "trunkline: 1\ntrunks: {A: b}",
      "f.yaml:2:13: trunks > A: must be a trunk with its settings, or {}",
    ],
    ["a file that is a list", "- a", "f.yaml:1:1: "],
  ];
  it.each(cases)("refuses %s", (_title, text, want) => {
    expect(mistake(text)).toContain(want);
  });

  it("tells all mistakes at once, and not more than a screen of them", () => {
    expect(mistake("trunkline: 1\ntrunks: {A: {secure: 1}, B: {secure: 1}}").split("\n")).toHaveLength(2);
    const many = Array.from({ length: 1_000 }, (_, i) => `  T${i}: {secure: 1}`).join("\n");
    expect(mistake(`trunkline: 1\ntrunks:\n${many}`).split("\n").at(-1)).toBe("and 980 more");
  });

  it("reads a hundred thousand names in a time that grows with their number", () => {
    // By their square, it would take minutes.
    const names = Array.from({ length: 100_000 }, (_, i) => `  "+1${2_000_000_000 + i}": {}`);
    expect(readDocument(["trunkline: 1", "numbers:", ...names].join("\n"), "f.yaml").items).toHaveLength(100_000);
  }, 30_000);

  it("SEC: never repeats a secret that stands in the file, and says where to put it", () => {
    const wrong = mistake("trunkline: 1\ncredential_lists: {PBX: {credentials: {alice: {password: hunter2}}}}");
    expect(wrong).toMatch(/^f\.yaml:2:\d+: .* must say where the secret is, not what it is: \$\{NAME\}/);
    expect(wrong).not.toContain("hunter2");
  });

  it("a bomb of aliases is refused", () => {
    const bomb = [
      "a: &a [x,x,x,x,x,x,x,x,x]",
      ..."bcdefgh".split("").map((c, i) => `${c}: &${c} [${Array(9).fill(`*${"abcdefgh"[i]}`).join(",")}]`),
    ];
    expect(mistake(`trunkline: 1\n${bomb.join("\n")}`)).toMatch(/alias/i);
  });

  it("a name with nothing behind it is a thing without settings; keys need no quotes", () => {
    const { items } = readDocument(
      "trunkline: 1\ntrunks:\n  NO:\nnumbers:\n  +12025550100:\n  '+12025550101': {}",
      "f.yaml",
    );
    expect(items.map(({ kind, path }) => [kind, ...path])).toEqual([
      ["trunk", "NO"],
      ["number", "+12025550100"],
      ["number", "+12025550101"],
    ]);
  });

  it("names that mean something in YAML, or to a terminal, come back as they are", () => {
    const names = [
      "true",
      "12",
      "+1",
      "a: b",
      "# no",
      "- x",
      "\u001b[31m",
      "ｵﾌｨｽ 日本",
      ["$", "{X}"].join(""),
      "*",
      "&a",
      "|",
    ];
    const items = names.map((name) => ({ kind: "credential-list" as const, path: [name], fields: {} }));
    const read = readDocument(writeDocument(items), "f.yaml").items;
    expect(new Set(read.map(({ path }) => path[0]))).toEqual(new Set(names));
  });
});
