import { describe, expect, it } from "vitest";
import type { GuideFacts } from "./guide.types.ts";
import { GUIDES } from "./guides.ts";

const plain: GuideFacts = {
  trunkName: "Head office",
  label: "acme",
  domain: "acme.pstn.trunkline.test",
  realm: "sip.trunkline.test",
  localizedDomains: ["acme.pstn.tokyo.trunkline.test"],
  transport: "udp",
  places: [
    { transport: "udp", address: "192.0.2.10", port: 5060 },
    { transport: "udp", address: "192.0.2.11", port: 5060 },
  ],
  rtpPorts: { from: 10_000, to: 20_000 },
  username: "pbx-login",
  numbers: ["+12025550100"],
  originationUrls: ["sip:192.0.2.20:5060"],
  symmetricRtp: true,
  caUrl: "https://trunkline.test/ca.pem",
};
const secure: GuideFacts = {
  ...plain,
  transport: "tls",
  places: [{ transport: "tls", address: "192.0.2.10", port: 5061 }],
};
const hostile = `x"\r\n[general]\nsecret=1\u2028;--\n#exec rm\n\${GLOBAL} $\${x} <!-- --> */ '?\\`;

const filesOf = (name: string, facts: GuideFacts): string =>
  GUIDES.find((one) => one.name === name)
    ?.write(facts)
    .files.map(({ text }) => text)
    .join("\n") ?? "";

describe.each(GUIDES.map(({ name }) => name))("CON-3: the guide for %s", (name) => {
  const guide = (facts: GuideFacts) => GUIDES.find((one) => one.name === name)?.write(facts);

  it("names the domain, and leaves the password to the reader", () => {
    const text = filesOf(name, plain);
    expect(text).toContain(plain.domain);
    expect(text).toContain("pbx-login");
    expect(text).toContain("YOUR-PASSWORD");
  });

  it("names every address and the ports of media, for the firewall", () => {
    const notes = JSON.stringify(guide(plain)?.notes);
    for (const { address } of plain.places) expect(notes).toContain(address);
    expect(notes).toContain("10000");
  });

  it("a trunk without credential lists asks for no password", () => {
    const text = filesOf(name, { ...plain, username: null });
    expect(text).not.toContain("YOUR-PASSWORD");
    expect(text).not.toContain("pbx-login");
  });

  it("a secure trunk: TLS, SRTP, the root certificate", () => {
    expect(filesOf(name, secure)).toMatch(/tls/i);
    expect(JSON.stringify(guide(secure)?.notes)).toContain("https://trunkline.test/ca.pem");
  });

  it("IPv6 stands in brackets wherever a port follows", () => {
    const places = [{ transport: "udp", address: "2001:db8::10", port: 5060 }] as const;
    const text = filesOf(name, { ...plain, places });
    expect(text).not.toContain("2001:db8::10:5060");
  });

  it("names that people give break out of no line", () => {
    const odd = filesOf(name, { ...plain, trunkName: hostile, username: hostile });
    const usual = filesOf(name, plain);
    expect(odd.split("\n").length).toBe(usual.split("\n").length);
    expect(odd).not.toMatch(/^\s*(\[general\]$|secret=1|#exec)/m);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there
    expect(odd).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u2028]/);
    if (name === "freeswitch") expect(odd).not.toContain("$${x}");
  });
});

describe("CON-3: Asterisk as its documentation and ours have it", () => {
  const fields: [name: string, facts: GuideFacts, lines: string[]][] = [
    ["asterisk-pjsip", plain, ["match=192.0.2.10", "match=192.0.2.11", "contact=sip:acme.pstn.trunkline.test"]],
    ["asterisk-pjsip", plain, ["allow=ulaw,alaw", "media_encryption=no", "qualify_frequency=30", "username=pbx-login"]],
    ["asterisk-pjsip", secure, ["protocol=tls", "media_encryption=sdes", "method=tlsv1_2", "verify_server=no"]],
    ["asterisk-sip", plain, ["type=peer", "fromdomain=acme.pstn.trunkline.test", "insecure=port,invite"]],
    ["asterisk-sip", plain, ["host=192.0.2.10", "host=192.0.2.11", "remotesecret=YOUR-PASSWORD", "maxforwards=70"]],
    ["asterisk-sip", secure, ["transport=tls", "encryption=yes", "tlsdontverifyserver=yes", "port=5061"]],
  ];
  it.each(fields)("%s", (name, facts, lines) => {
    expect(filesOf(name, facts).split("\n")).toEqual(expect.arrayContaining(lines));
  });
  it("a semicolon of a user name is escaped, lest it begin a comment", () => {
    expect(filesOf("asterisk-pjsip", { ...plain, username: "a;b" })).toContain("username=a\\;b");
  });
  it("nothing registers", () => {
    for (const { name } of GUIDES) expect(filesOf(name, plain)).not.toMatch(/type=registration|register\s*=>/);
  });
});
