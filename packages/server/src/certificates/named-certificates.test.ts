import type { EdgeNamedCertificates } from "@trunkline/edge";
import { describe, expect, it } from "vitest";
import { NamedCertificates } from "./named-certificates.ts";

const shown = (key: string, names: string, certPem = key): EdgeNamedCertificates => ({
  key,
  certificates: names === "" ? [] : [{ names: names.split(" "), certPem, keyPem: "" }],
});
const told = (changes: readonly EdgeNamedCertificates[]): readonly string[] =>
  changes.map(({ key, certificates }) => `${key}: ${certificates.flatMap(({ names }) => names).join(" ") || "none"}`);

describe("SEC-5, SEC-6: names with certificates of two issuers", () => {
  it("are shown the public one while there is one, told in an order that leaves no name without", () => {
    const named = new NamedCertificates([shown("TK1", "a a.paris"), shown("TK2", "b")], []);
    expect(told(named.publicChanged([shown("acme a", "a")]))).toEqual(["TK1: a.paris", "acme a: a"]);
    expect(told(named.current())).toEqual(["TK1: a.paris", "TK2: b", "acme a: a"]);
    expect(told(named.publicChanged([shown("acme a", "a"), shown("acme a.paris", "a.paris")]))).toEqual([
      "TK1: none",
      "acme a.paris: a.paris",
    ]);
    expect(told(named.publicChanged([shown("acme a.paris", "a.paris")]))).toEqual(["acme a: none", "TK1: a"]);
  });

  it("a renewed one is told alone; a trunk's own follows its trunk", () => {
    const named = new NamedCertificates([shown("TK1", "a b")], [shown("acme a", "a")]);
    expect(told(named.publicChanged([shown("acme a", "a", "renewed")]))).toEqual(["acme a: a"]);
    expect(told(named.publicChanged([shown("acme a", "a", "renewed")]))).toEqual([]);
    expect(told(named.ownChanged([shown("TK1", "a c"), shown("TK2", "a")]))).toEqual(["TK1: c", "TK2: none"]);
    expect(told(named.ownChanged([shown("TK1", "")]))).toEqual(["TK1: none"]);
    expect(told(named.publicChanged([]))).toEqual(["acme a: none", "TK2: a"]);
  });
});
