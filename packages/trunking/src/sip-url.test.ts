import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseOriginationSipUrl } from "./sip-url.ts";

describe("ORIG-1, ORIG-5: origination URLs taken apart", () => {
  it.each<[text: string, want: object]>([
    [
      "sip:pbx.example.com",
      { user: null, host: "pbx.example.com", port: null, transport: null, params: [], headers: [] },
    ],
    ["SIP:PBX.Example.com.:5080", { host: "pbx.example.com", port: 5080 }],
    ["sip://pbx.example.com:5060", { host: "pbx.example.com", port: 5060 }],
    ["sip:203.0.113.7:5060;transport=TCP", { host: "203.0.113.7", port: 5060, transport: "tcp" }],
    ["sip:[2001:DB8::1]:5060", { host: "[2001:db8::1]", port: 5060 }],
    ["sip:[2001:db8::1]", { host: "[2001:db8::1]", port: null }],
    ["sip:sales%20desk@pbx.example.com", { user: "sales%20desk", host: "pbx.example.com" }],
    ["sip:+14155550100;ext=1@pbx.example.com", { user: "+14155550100;ext=1", host: "pbx.example.com" }],
    [
      "sip:pbx.example.com;transport=tls;Edge=tokyo;lr",
      {
        transport: "tls",
        params: [
          ["transport", "tls"],
          ["edge", "tokyo"],
          ["lr", null],
        ],
      },
    ],
    [
      "sip:pbx.example.com;region=us1;tnx=NX1",
      {
        params: [
          ["region", "us1"],
          ["tnx", "NX1"],
        ],
      },
    ],
  ])("%s", (text, want) => {
    expect(parseOriginationSipUrl(text)).toMatchObject({ kind: "ok", ...want });
  });

  it.each<[text: string, why: RegExp]>([
    ["sips:pbx.example.com", /"sips:" is not supported.*transport=tls/],
    ["pbx.example.com", /must begin with "sip:"/],
    ["tel:+14155550100", /must begin with "sip:"/],
    ["http://pbx.example.com", /must begin with "sip:"/],
    ["<sip:pbx.example.com>", /angle bracket/],
    ["sip:pbx .example.com", /contains a space/],
    ["sip:pbx.example.com\r\nX: y", /contains a space/],
    ["sip:", /"" is not a host name/],
    ["sip:@pbx.example.com", /nothing before the "@"/],
    ["sip:user:secret@pbx.example.com", /holds a password/],
    ["sip:sales^desk@pbx.example.com", /must be escaped/],
    ["sip:sales%2@pbx.example.com", /must be escaped/],
    ["sip:pbx_.-.example.com", /is not a host name/],
    ["sip:pbx..example.com", /is not a host name/],
    ["sip:300.0.0.1", /is not a host name or IP address/],
    ["sip:10.1", /is not a host name or IP address/],
    ["sip:2001:db8::1", /square brackets/],
    ["sip:[2001:db8::g]", /is not a host name/],
    ["sip:[fe80::1%eth0]", /is not a host name/],
    ["sip:pbx.example.com:0", /"0" is not a port/],
    ["sip:pbx.example.com:65536", /"65536" is not a port/],
    ["sip:pbx.example.com:", /"" is not a port/],
    ["sip:pbx.example.com:sip", /"sip" is not a port/],
    ["sip:pbx.example.com;transport=sctp", /"transport=sctp" is not supported/],
    ["sip:pbx.example.com;transport", /is not supported/],
    ["sip:pbx.example.com;edge", /"edge" has no value/],
    ["sip:pbx.example.com;;lr", /is not a URL parameter/],
    ["sip:pbx.example.com;lr;lr", /"lr" stands twice/],
  ])("%j is refused: %s", (text, why) => {
    expect(parseOriginationSipUrl(text)).toMatchObject({ kind: "invalid", why: expect.stringMatching(why) });
  });
});

describe("ORIG-6: headers in an origination URL", () => {
  it.each<[text: string, headers: readonly (readonly [string, string])[]]>([
    ["sip:pbx.example.com?X-Tenant=acme", [["X-Tenant", "acme"]]],
    [
      "sip:pbx.example.com;lr?x-a=1&X-B=two%20words",
      [
        ["x-a", "1"],
        ["X-B", "two words"],
      ],
    ],
    ["sip:pbx.example.com?X-Empty=", [["X-Empty", ""]]],
    ["sip:pbx.example.com?X-Eq=a=b", [["X-Eq", "a=b"]]],
    // One character per byte, as SIP messages are held: these two bytes are UTF-8 for "é".
    ["sip:pbx.example.com?X-Name=caf%C3%A9", [["X-Name", "caf\u00c3\u00a9"]]],
  ])("%s", (text, headers) => {
    expect(parseOriginationSipUrl(text)).toMatchObject({ kind: "ok", headers });
  });

  it.each<[text: string, why: RegExp]>([
    ["sip:pbx.example.com?Subject=hi", /"Subject" is not allowed.*"X-"/],
    ["sip:pbx.example.com?X-=hi", /"X-" is not allowed/],
    ["sip:pbx.example.com?X-Twilio-CallSid=CA1", /set by the platform/],
    ["sip:pbx.example.com?X-A=1&", /"" is not a header/],
    ["sip:pbx.example.com?X%0AA=1", /is not a header/],
    ["sip:pbx.example.com?X-A=a%0D%0AVia:%20x", /line break/],
    ["sip:pbx.example.com?X-A=a%00", /control character/],
    ["sip:pbx.example.com?X-A=%zz", /must be escaped/],
    ["sip:pbx.example.com?X-A=é", /must be escaped/],
  ])("%j is refused: %s", (text, why) => {
    expect(parseOriginationSipUrl(text)).toMatchObject({ kind: "invalid", why: expect.stringMatching(why) });
  });

  it("the headers may have 1,024 characters in all, the URL 2,048", () => {
    const read = (valueLength: number) => parseOriginationSipUrl(`sip:pbx.example.com?X-A=${"a".repeat(valueLength)}`);
    expect(read(1020)).toMatchObject({ kind: "ok" });
    expect(read(1021)).toMatchObject({
      kind: "invalid",
      why: expect.stringContaining("have 1025 characters; at most 1024"),
    });
    expect(read(2100)).toMatchObject({ kind: "invalid", why: expect.stringContaining("at most 2048") });
  });
});

it("never throws, and never lets a line break through", () => {
  const pieces = ["sip:", "a", "@", ":", ";", "?", "&", "=", "X-A", "%0d", "%0A", "\r\n", "[", "]", "5060", ".", "é"];
  const urls = fc.array(fc.constantFrom(...pieces)).map((all) => `sip:${all.join("")}`);
  fc.assert(
    fc.property(fc.oneof(fc.string(), urls), (text) => {
      const parsed = parseOriginationSipUrl(text);
      if (parsed.kind === "invalid") return parsed.why.length > 0;
      const parts = [parsed.user ?? "", parsed.host, ...parsed.params.flat(), ...parsed.headers.flat()];
      return parsed.host !== "" && parts.every((part) => part === null || !/[\r\n]/.test(part));
    }),
  );
});
