import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import {
  anyText,
  clearable,
  date,
  decimal,
  flag,
  hostNames,
  jsonList,
  matching,
  oneOf,
  optional,
  readForm,
  secret,
  sid,
  someOf,
  text,
  texts,
  webUrl,
  wholeNumber,
  wholeNumbers,
} from "./form.ts";
import { Problem } from "./problem.ts";

const form = {
  Name: optional(text(8)),
  Any: optional(anyText()),
  Flag: optional(flag()),
  Count: optional(wholeNumber(0, 9)),
  Kind: optional(oneOf("a", "b")),
  Url: clearable(webUrl()),
  Sid: optional(sid("TK")),
  When: optional(date()),
  Codes: clearable(wholeNumbers(300, 699, 3)),
  Password: optional(secret(text(8))),
  Rate: clearable(decimal(0.5, 10, 2)),
  Prefix: optional(matching(/^\d{1,4}$/, "up to 4 digits")),
  Lines: optional(texts(2)),
  Words: optional(someOf("PCMU", "PCMA")),
  Hosts: optional(hostNames(2)),
  Updates: optional(jsonList(z.object({ code: z.string() }), 2, '[{"code":"GB"}]')),
};

describe("a form", () => {
  const read: [raw: Record<string, unknown>, values: object][] = [
    [
      { Flag: "TRUE", Count: "7" },
      { Flag: true, Count: 7 },
    ],
    [
      { Flag: false, Count: 7 },
      { Flag: false, Count: 7 },
    ],
    [{ Url: "" }, { Url: null }],
    [{ Url: "HTTPS://example.com/a?b" }, { Url: "HTTPS://example.com/a?b" }],
    [{ Sid: `TK${"AB".repeat(16)}` }, { Sid: `TK${"ab".repeat(16)}` }],
    [{ Codes: "486, 404" }, { Codes: [486, 404] }],
    [{ Codes: ["486", "404,480"] }, { Codes: [486, 404, 480] }],
    [{ Codes: [486, 404] }, { Codes: [486, 404] }],
    [{ Codes: "" }, { Codes: null }],
    [{ Name: "電話サーバー八字" }, { Name: "電話サーバー八字" }],
    [{ Any: "" }, { Any: "" }],
    [{ Rate: "2.25" }, { Rate: 2.25 }],
    [{ Rate: "" }, { Rate: null }],
    [{ Lines: "a, b" }, { Lines: ["a, b"] }],
    [{ Lines: ["a", "", "b"] }, { Lines: ["a", "b"] }],
    [{ Lines: "" }, { Lines: [] }],
    [{ Words: "pcma, PCMU,pcma" }, { Words: ["PCMA", "PCMU"] }],
    [{ Words: "" }, { Words: [] }],
    [{ Hosts: "PBX.example.com, a" }, { Hosts: ["pbx.example.com", "a"] }],
    [{ Updates: '[{"code":"GB","more":1}]' }, { Updates: [{ code: "GB" }] }],
    [{ Updates: [{ code: "GB" }] }, { Updates: [{ code: "GB" }] }],
  ];
  it.each(read)("reads %j", (raw, values) => {
    expect(readForm(form, raw)).toMatchObject({ values, unknown: [] });
  });

  const refused: [raw: Record<string, unknown>, says: RegExp][] = [
    [{ Flag: "yes" }, /^Flag must be true or false, not "yes"\.$/],
    [{ Count: "1.5" }, /^Count must be a whole number from 0 to 9, not "1.5"\.$/],
    [{ Count: "1e1" }, /^Count must/],
    [{ Count: "" }, /^Count must/],
    [{ Kind: "A" }, /^Kind must be one of a, b, not "A"\.$/],
    [{ Url: "javascript:alert(1)" }, /^Url must be an absolute http/],
    [{ Url: "/relative" }, /^Url must/],
    [{ Sid: `AC${"1".repeat(32)}` }, /^Sid must be a SID: TK/],
    [{ When: "soon" }, /^When must be a date/],
    [{ Codes: "404,x" }, /^Codes must be up to 3 whole numbers/],
    [{ Codes: "404,405,406,407" }, /^Codes must/],
    [{ Any: "a\0" }, /^Any must be text/],
    [{ Rate: "0.255" }, /^Rate must be a number from 0.5 to 10 with at most 2 decimal places, not "0.255"\.$/],
    [{ Rate: "1e0" }, /^Rate must/],
    [{ Rate: Number.POSITIVE_INFINITY }, /^Rate must/],
    [{ Prefix: "12345" }, /^Prefix must be up to 4 digits, not "12345"\.$/],
    [{ Lines: ["a", "b", "c"] }, /^Lines must be up to 2 texts/],
    [{ Lines: [["a"]] }, /^Lines must be up to 2 texts/],
    [{ Words: "opus" }, /^Words must be some of PCMU, PCMA, separated by commas, not "opus"\.$/],
    [{ Hosts: "a b" }, /^Hosts must be up to 2 host names/],
    [{ Hosts: `${"a".repeat(64)}.example` }, /^Hosts must/],
    [{ Updates: "[{}]" }, /^Updates must be a JSON list of 1 to 2 such as \[{"code":"GB"}\] \(item 1: code: /],
    [{ Updates: "x" }, /^Updates must be a JSON list of 1 to 2 such as \[{"code":"GB"}\], not "x"\.$/],
    [{ Name: "x".repeat(200) }, /^Name must .*…\.$/],
    [{ Password: "hunter2-hunter2" }, /^Password must be text of 1 to 8 characters without control characters\.$/],
  ];
  it.each(refused)("refuses %j and says why", (raw, says) => {
    const reading = readForm(form, raw);
    expect(reading).toBeInstanceOf(Problem);
    expect((reading as Problem).message).toMatch(says);
  });

  it("whatever comes, it is read or refused with a sentence, never an exception", () => {
    fc.assert(
      fc.property(fc.anything(), fc.dictionary(fc.constantFrom(...Object.keys(form)), fc.anything()), (any, some) => {
        for (const raw of [any, some]) {
          const reading = readForm(form, raw);
          if (reading instanceof Problem) expect(reading.message.length).toBeGreaterThan(0);
          else expect(Object.keys(reading.values)).toEqual(Object.keys(form));
        }
      }),
    );
  });
});
