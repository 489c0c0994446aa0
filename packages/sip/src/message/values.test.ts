import { describe, expect, it } from "vitest";
import { isMalformed } from "../malformed.ts";
import { parseCSeq } from "./cseq.ts";
import { parseNameAddr } from "./name-addr.ts";
import { decodeUtf8, encodeUtf8, quoteString, splitList } from "./text.ts";
import { escapeUser, parseSipUri, parseTelUri, sameSipUri, unescapeUser, writeSipUri } from "./uri.ts";
import type { Params, SipUri } from "./values.ts";
import { parseVia, stampVia } from "./via.ts";

/** One line that a person can compare: maps as `{a=1;b}`. */
function show(value: unknown): string {
  if (isMalformed(value)) return `malformed ${value.what}`;
  const text = (part: unknown): unknown =>
    part instanceof Map ? [...(part as Params)].map(([name, v]) => (v === "" ? name : `${name}=${v}`)).join(";") : part;
  const parts = Object.entries(value as object).filter(([name, part]) => name !== "raw" && text(part) !== "");
  return parts.map(([name, part]) => `${name}:${text(part)}`).join(" ");
}

describe("SIP URI (RFC 3261 §19.1)", () => {
  it.each([
    ["sip:alice@atlanta.com", "scheme:sip user:alice host:atlanta.com"],
    ["SIPS:Alice:secret;x@ATLANTA.com:5061", "scheme:sips user:Alice password:secret;x host:atlanta.com port:5061"],
    ["sip:+1-212;a=b@gw;Transport=TCP;lr", "scheme:sip user:+1-212;a=b host:gw params:transport=TCP;lr"],
    ["sip:[2001:DB8::9]:5070;maddr=x?a=b&c", "scheme:sip host:[2001:db8::9] port:5070 params:maddr=x headers:a=b&c"],
    ["sip:a%20b@h;%6C%72;n%61me=v%61", "scheme:sip user:a%20b host:h params:lr;name=v%61"],
    ["sip:host_1.example.", "scheme:sip host:host_1.example."],
    ["sip:a@h;x=1;x=2;", "scheme:sip user:a host:h params:x=1"],
    ["tel:+1", "malformed scheme"],
    ["sip:", "malformed host"],
    ["sip:@host", "malformed user"],
    ["sip:a@b@c", "malformed host"],
    ["sip:a%2@h", "malformed user"],
    ["sip:a b@h", "malformed user"],
    ["sip:h:0", "malformed port"],
    ["sip:h:65536", "malformed port"],
    ["sip:h:", "malformed host"],
    ["sip:[1.2.3.4]", "malformed host"],
    ["sip:[::1", "malformed host"],
    ["sip:h;;lr", "malformed URI parameter"],
    ["sip:h;a=%zz", "malformed URI parameter"],
  ])("%s", (text, want) => {
    expect(show(parseSipUri(text))).toBe(want);
  });

  it.each(["sip:alice@atlanta.com", "sips:a:b@[::1]:5061;lr;transport=tls?Subject=x%20y", "sip:h;we%3Dird=1"])(
    "%s is written as it was read",
    (text) => {
      expect(writeSipUri(parseSipUri(text) as SipUri)).toBe(text);
    },
  );

  it.each([
    ["sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp", true],
    ["sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5", true],
    ["sip:carol@chicago.com;security=on", "sip:carol@chicago.com;newparam=5", true],
    ["sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off", false],
    ["sip:a.com;x=y;method=REGISTER?to=sip:bob%40b.com", "sip:a.com;method=REGISTER;x=y?to=sip:bob%40b.com", true],
    ["sip:alice@atlanta.com?subject=a&priority=urgent", "sip:alice@atlanta.com?priority=urgent&subject=a", true],
    ["sip:alice@atlanta.com", "sip:ALICE@atlanta.com", false],
    ["sip:bob@biloxi.com", "sip:bob@biloxi.com:5060", false],
    ["sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp", false],
    ["sip:bob@biloxi.com", "sips:bob@biloxi.com", false],
    ["sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next", false],
    ["sip:a%2fb@h", "sip:a%2Fb@h", true],
    ["sip:a%2Fb@h", "sip:a/b@h", false],
    ["sip:bob@[2001:db8::9:1]", "sip:bob@[2001:0DB8:0:0:0:0:9:01]", true],
    ["sip:bob@[::ffff:192.0.2.128]", "sip:bob@[::ffff:c000:280]", true],
    ["sip:bob@[::]", "sip:bob@[0:0:0:0:0:0:0:0]", true],
    ["sip:bob@[2001:db8::9:1]", "sip:bob@[2001:db8::9:10]", false],
    ["sip:bob@[2001:db8::1]", "sip:bob@2001", false],
  ])("§19.1.4, RFC 5954 §4.2: %s and %s", (a, b, same) => {
    expect(sameSipUri(parseSipUri(a) as SipUri, parseSipUri(b) as SipUri)).toBe(same);
  });

  it("escapes a user part and back, UTF-8 included", () => {
    expect(escapeUser("+1 (212)#家")).toBe("+1%20(212)%23%E5%AE%B6");
    expect(decodeUtf8(unescapeUser("%E5%AE%B6%"))).toBe("家%");
  });
});

describe("telephone URI (RFC 3966)", () => {
  it.each([
    ["tel:+1-201-555-0123", "global:true number:+12015550123"],
    ["TEL:+1(201)555.0123;ext=7", "global:true number:+12015550123 params:ext=7"],
    ["tel:7042;phone-context=example.com", "global:false number:7042 params:phone-context=example.com"],
    ["tel:7042", "malformed phone-context"],
    ["tel:+1201x", "malformed telephone number"],
    ["tel:+", "malformed telephone number"],
    ["sip:+1@h", "malformed scheme"],
  ])("%s", (text, want) => {
    expect(show(parseTelUri(text))).toBe(want);
  });
});

describe("name-addr (RFC 3261 §20.10, RFC 8217 §3)", () => {
  it.each([
    ['"Bob \\"B\\" \\\\" <sip:bob@b.com>;tag=1', 'displayName:Bob "B" \\ uri:sip:bob@b.com params:tag=1'],
    [
      "Anonymous <sip:c8@anonymous.invalid> ; Tag = x",
      "displayName:Anonymous uri:sip:c8@anonymous.invalid params:tag=x",
    ],
    ["<sip:a@b;lr?x=y>", "uri:sip:a@b;lr?x=y"],
    ["sip:+1@b;user=phone;tag=7", "uri:sip:+1@b params:user=phone;tag=7"],
    ['<sip:a@b>;q=0.7;t="x;y, \\"z"', 'uri:sip:a@b params:q=0.7;t=x;y, "z'],
    ["<tel:+1201>", "uri:tel:+1201"],
    ['"" <sip:a@b>;', "uri:sip:a@b"],
    ['"\xe5\xae\xb6" <sip:a@b>', "displayName:\xe5\xae\xb6 uri:sip:a@b"],
    ["Bell, A. <sip:a@b>", "displayName:Bell, A. uri:sip:a@b"],
    ["< sip:a@b >", "uri:sip:a@b"],
    ["<sip:a@b>;;x", "malformed parameter"],
    ["<sip:a@b> x", "malformed parameter"],
    ["<sip:a@b>, <sip:c@d>", "malformed parameter"],
    ["sip:a@b, sip:c@d", "malformed URI"],
    ["sip:a@b?x=y", "malformed URI"],
    ['"open <sip:a@b>', "malformed display name"],
    ['"A" sip:a@b', "malformed display name"],
    ["<sip:a@b", "malformed URI"],
    ["<>", "malformed URI"],
    ["bob", "malformed URI"],
    ["*", "malformed URI"],
    ["", "malformed URI"],
  ])("%s", (text, want) => {
    expect(show(parseNameAddr(text))).toBe(want);
  });
});

describe("CSeq (RFC 3261 §20.16)", () => {
  it.each([
    ["0009 INVITE", "number:9 method:INVITE"],
    ["2147483647\tX-y", "number:2147483647 method:X-y"],
    ["2147483648 ACK", "malformed CSeq number range"],
    ["1INVITE", "malformed CSeq"],
    ["-1 ACK", "malformed CSeq"],
    ["1 IN VITE", "malformed CSeq"],
    ["1", "malformed CSeq"],
  ])("%s", (text, want) => {
    expect(show(parseCSeq(text))).toBe(want);
  });
});

describe("Via (RFC 3261 §20.42)", () => {
  it.each([
    [
      "SIP/2.0/udp Host:5060;branch=z9hG4bK1;rport",
      "transport:UDP host:host port:5060 branch:z9hG4bK1 params:branch=z9hG4bK1;rport",
    ],
    ["SIP / 2.0 / TLS [::1] : 7 ; ttl = 1", "transport:TLS host:[::1] port:7 params:ttl=1"],
    ["SIP/2.0/UDP", "malformed Via"],
    ["SIP/2.0/UDP ;branch=x", "malformed Via"],
    ["HTTP/1.1/UDP h", "malformed Via"],
    ["SIP/2.0/UDP h:99999", "malformed Via port"],
    ["SIP/2.0/UDP h;branch=a b", "malformed Via parameter"],
    ["SIP/2.0/UDP h!", "malformed Via host"],
  ])("%s", (text, want) => {
    expect(show(parseVia(text))).toBe(want);
  });

  const from = (remoteAddress: string) =>
    ({ transport: "udp", localAddress: "::", localPort: 5060, remoteAddress, remotePort: 9 }) as const;

  it.each([
    ["§18.2.1: nothing when sent-by is the source", "SIP/2.0/UDP 10.0.0.1;branch=b", "10.0.0.1", ""],
    ["§18.2.1: IPv6 compares without brackets", "SIP/2.0/UDP [2001:DB8::1]:7;branch=b", "2001:db8::1", ""],
    ["§18.2.1: received for a name", "SIP/2.0/UDP pbx.example;branch=b", "10.0.0.1", ";received=10.0.0.1"],
    ["§18.2.1: received for another address", "SIP/2.0/UDP 10.0.0.2;branch=b", "10.0.0.1", ";received=10.0.0.1"],
  ])("%s", (_title, raw, source, added) => {
    const via = parseVia(raw);
    expect(isMalformed(via) ? "" : stampVia(via, from(source))).toBe(raw + added);
  });

  it.each([
    [
      "RFC 3581 §4: fills rport, adds received",
      "SIP/2.0/UDP 10.0.0.1;rport;branch=b",
      ";branch=b;received=10.0.0.1;rport=9",
    ],
    [
      "RFC 3581 §4: overwrites what the client filled in",
      "SIP/2.0/UDP h;rport=1;branch=b;x",
      ";branch=b;x;received=10.0.0.1;rport=9",
    ],
    [
      "a received of the client's own is not believed",
      'SIP/2.0/UDP h ;received=1.1.1.1 ;x=";rport"',
      ' ;x=";rport";received=10.0.0.1',
    ],
  ])("%s", (_title, raw, want) => {
    const via = parseVia(raw);
    expect(isMalformed(via) ? "" : stampVia(via, from("10.0.0.1"))).toBe(`${/^\S+ [^;\s]+/.exec(raw)?.[0]}${want}`);
  });
});

describe("text", () => {
  it.each([
    ["a", ["a"]],
    [" a , b\t,c", ["a", "b", "c"]],
    ['"x, \\", y" <sip:a,b>, z', ['"x, \\", y" <sip:a,b>', "z"]],
    ["a,,b,", ["a", "", "b", ""]],
    ["", [""]],
  ])("splits %j at its commas (§7.3.1)", (text, want) => {
    expect(splitList(text)).toEqual(want);
  });

  it("quotes so that nothing gets out", () => {
    expect(quoteString('a "b" \\ c\r\nd')).toBe('"a \\"b\\" \\\\ c d"');
  });

  it("turns text into UTF-8 octets and back, also outside the basic plane", () => {
    const text = "é家😀\u07ff\u0800 ok";
    expect(encodeUtf8(text)).toBe(Buffer.from(text, "utf8").toString("latin1"));
    expect(decodeUtf8(encodeUtf8(text))).toBe(text);
  });

  it.each(["\xff", "\xc0\x80", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xe5\xae"])("octets %j are no UTF-8", (octets) => {
    expect(decodeUtf8(octets)).toMatch(/^\ufffd+$/);
  });
});
