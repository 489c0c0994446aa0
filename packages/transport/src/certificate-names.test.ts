import { X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";
import { alternativeNames, namesOf } from "./certificate-names.ts";
import { makeCa } from "./tls-material.fixture.ts";

describe("subject alternative names", () => {
  const cases: [text: string | undefined, want: readonly string[]][] = [
    [undefined, []],
    ["DNS:a.example", ["DNS a.example"]],
    [
      "DNS:a.example, IP Address:127.0.0.1, URI:sip:b.example",
      ["DNS a.example", "IP Address 127.0.0.1", "URI sip:b.example"],
    ],
    ["IP Address:2001:DB8:0:0:0:0:0:1", ["IP Address 2001:DB8:0:0:0:0:0:1"]],
    ['DNS:"x, DNS:victim.example, y", DNS:z', ["DNS x, DNS:victim.example, y", "DNS z"]],
    ['URI:"sip:a\\", URI:sip:victim.example"', ['URI sip:a", URI:sip:victim.example']],
    ['DNS:"never ends, DNS:victim.example', []],
    ["nonsense", []],
  ];
  it.each(cases)("%s", (text, want) => {
    expect(alternativeNames(text).map(({ kind, value }) => `${kind} ${value}`)).toEqual(want);
  });

  it("RFC 5922 §7.1: names of a certificate; a name that hides others in itself is one name", () => {
    const ca = makeCa("CA");
    const read = (sans: readonly string[]): readonly string[] => namesOf(new X509Certificate(ca.issue(sans).certPem));
    expect(read(["DNS:PBX.example", "URI:sip:domain.example", "URI:sip:user@not.example", "IP:192.0.2.1"])).toEqual([
      "pbx.example",
      "domain.example",
    ]);
    expect(read(["email:a@example.com"])).toEqual([]);
    expect(read([])).toEqual(["leaf"]);
  });
});
