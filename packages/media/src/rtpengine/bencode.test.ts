import { isMalformed } from "@trunkline/sip";
import { describe, expect, it } from "vitest";
import { type Bencodable, type Bencoded, dictionariesIn, dictionaryIn, readBencode, writeBencode } from "./bencode.ts";

/** Maps as objects, to compare with what was written. */
function plain(value: Bencoded): Bencodable {
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, one]) => [key, plain(one)]));
  return Array.isArray(value) ? value.map(plain) : (value as Bencodable);
}

describe("bencoding", () => {
  it.each([
    [0, "i0e"],
    [-7, "i-7e"],
    ["", "0:"],
    ["v=0\r\n", "5:v=0\r\n"],
    ["a\xff:e", "4:a\xff:e"],
    [[], "le"],
    [["ICE", 3, ["x"]], "l3:ICEi3el1:xee"],
    [{}, "de"],
    [{ command: "ping" }, "d7:command4:pinge"],
    [{ b: 1, a: { c: [] } }, "d1:ad1:clee1:bi1ee"],
  ] satisfies [Bencodable, string][])("writes and reads %j", (value, text) => {
    expect(writeBencode(value)).toBe(text);
    const read = readBencode(text);
    expect(isMalformed(read) ? read : plain(read)).toEqual(value);
  });

  it.each([
    ["nothing", ""],
    ["something behind the value", "i1ei2e"],
    ["an integer without an end", "i12"],
    ["an integer that is none", "i1x2e"],
    ["a number without digits", "ie"],
    ["a string longer than the text", "5:abc"],
    ["a length below zero", "-1:a"],
    ["a length beyond all bounds", "99999999999:a"],
    ["a list without an end", "li1e"],
    ["a dictionary whose key is no string", "di1ei2ee"],
    ["a key without a value", "d1:ae"],
    ["an unknown kind", "x"],
    ["lists within lists for ever", "l".repeat(60_000)],
    ["dictionaries within dictionaries for ever", "d1:a".repeat(20_000)],
  ])("answers %s with a value", (_what, text) => {
    expect(isMalformed(readBencode(text))).toBe(true);
  });

  it("reads any beginning of a reply and any changed byte of it without throwing", () => {
    const reply = writeBencode({ result: "ok", tags: { a: { medias: [{ index: 1, "local port": 30_000 }] } } });
    for (let length = 0; length < reply.length; length += 1) {
      expect(isMalformed(readBencode(reply.slice(0, length)))).toBe(true);
      for (const byte of "d0l:e9i\0\xff") readBencode(reply.slice(0, length) + byte + reply.slice(length + 1));
    }
  });

  it("keeps keys that are names of properties apart from them", () => {
    const read = readBencode(writeBencode({ ["__proto__"]: [{ x: 1 }, "no dictionary"], constructor: "x" }));
    if (!(read instanceof Map)) throw new Error("no dictionary");
    expect(dictionariesIn(read, "__proto__")).toEqual([new Map([["x", 1]])]);
    expect(dictionaryIn(read, "constructor")).toEqual(new Map());
    expect(dictionaryIn(read, "toString")).toEqual(new Map());
  });
});
