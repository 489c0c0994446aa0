import { createHash } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { type Platform, startPlatform } from "../support/platform.ts";
import { ackText, inviteText, RawSip } from "../support/raw-sip.ts";

let platform: Platform;
let pbx: RawSip;
let sequence = 0;

beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(async () => {
  expect(await platform.stop()).toBe(0);
});
beforeEach(async () => {
  pbx = await RawSip.open();
  return () => pbx.close();
});

type Asked = {
  readonly to?: string;
  readonly from?: string;
  readonly domain?: string;
  readonly maxForwards?: number;
  readonly password?: string;
  readonly algorithm?: "MD5" | "SHA-256";
};
type Call = { readonly sid: string; readonly status: string; readonly to: string };

/** Places one call by hand: INVITE, the challenge if there is one, INVITE with credentials. Gives the first answer and the last. */
async function dial(
  asked: Asked,
): Promise<{ readonly first: string | undefined; readonly final: string | undefined; readonly callId: string }> {
  const domain = asked.domain ?? platform.demo.domain;
  const requestUri = `sip:${asked.to ?? "+15005552300"}@${domain}`;
  const callId = `refusal${++sequence}.${process.pid}`;
  const common = {
    host: pbx.address,
    port: pbx.port,
    requestUri,
    from: `sip:${asked.from ?? platform.demo.numbers[0]}@${domain}`,
  };
  const forwards = asked.maxForwards === undefined ? {} : { maxForwards: asked.maxForwards };
  const plain = inviteText({ ...common, ...forwards, callId });
  pbx.send(plain, platform.sipPort, platform.sipHost);
  const first = await pbx.final(asked.domain ? 1_500 : 5_000);
  if (first) pbx.send(ackText(plain, first), platform.sipPort, platform.sipHost);
  if (!first?.startsWith("SIP/2.0 407")) return { first, final: first, callId };
  const again = `${callId}b`;
  const authorised = inviteText({
    ...common,
    ...forwards,
    callId: again,
    headers: [credentials(first, requestUri, asked)],
  });
  pbx.send(authorised, platform.sipPort, platform.sipHost);
  const final = await pbx.final();
  if (final) pbx.send(ackText(authorised, final), platform.sipPort, platform.sipHost);
  return { first, final, callId: again };
}

function credentials(challenge: string, uri: string, asked: Asked): string {
  const algorithm = asked.algorithm ?? "MD5";
  const line =
    challenge
      .split("\r\n")
      .find((one) => one.startsWith("Proxy-Authenticate:") && one.includes(`algorithm=${algorithm}`)) ?? "";
  const value = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(line)?.[1] ?? "";
  const hash = (text: string): string =>
    createHash(algorithm === "MD5" ? "md5" : "sha256")
      .update(text)
      .digest("hex");
  const { username, password } = platform.demo;
  const ha1 = hash(`${username}:${value("realm")}:${asked.password ?? password}`);
  const response = hash(`${ha1}:${value("nonce")}:00000001:c0ffee:auth:${hash(`INVITE:${uri}`)}`);
  return `Proxy-Authorization: Digest username="${username}", realm="${value("realm")}", nonce="${value("nonce")}", uri="${uri}", response="${response}", algorithm=${algorithm}, cnonce="c0ffee", qop=auth, nc=00000001, opaque="${value("opaque")}"`;
}

describe("refusals on the wire (contract §8.3, TERM-11)", () => {
  const cases: [title: string, asked: Asked, status: RegExp, error: RegExp][] = [
    [
      "a called number without + is 400 (TERM-4)",
      { to: "15005552300" },
      /^SIP\/2\.0 400 Invalid Phone Number\r\n/,
      /\r\nX-Twilio-Error: 32101 /,
    ],
    [
      "a caller ID of somebody else is 403 (TERM-5)",
      { from: "+12025559999" },
      /^SIP\/2\.0 403 Invalid Caller ID\r\n/,
      /\r\nX-Twilio-Error: 32204 /,
    ],
    [
      "a wrong password is 403 (TERM-2)",
      { password: "not the password" },
      /^SIP\/2\.0 403 Forbidden\r\n/,
      /\r\nX-Twilio-Error: 32202 /,
    ],
    [
      "a wrong password is 403 by SHA-256 too (TERM-3)",
      { password: "nope", algorithm: "SHA-256" },
      /^SIP\/2\.0 403 /,
      /\r\nX-Twilio-Error: 32202 /,
    ],
    [
      "Max-Forwards 0 is 483 (TERM-6)",
      { maxForwards: 0 },
      /^SIP\/2\.0 483 Too Many Hops\r\n/,
      /\r\nX-Twilio-Error: 32006 /,
    ],
  ];
  it.each(cases)("%s", async (_title, asked, status, error) => {
    const { final, callId } = await dial(asked);
    expect(final).toMatch(status);
    expect(final).toMatch(error);
    expect(final).toMatch(/\r\nReason: /);
    const call = await eventually(`a record of ${callId}`, async () => {
      const { calls } = await platform.get<{ calls: Call[] }>(
        `/2010-04-01/Accounts/${platform.demo.accountSid}/Calls.json?PageSize=5`,
      );
      return calls.find((one) => one.status === "failed");
    });
    const trace = await platform.get<{ steps: { verdict: string }[] }>(`/trunkline/v1/Calls/${call.sid}/Trace`);
    expect(trace.steps.filter((step) => step.verdict === "refuse")).toHaveLength(1);
    expect(trace.steps.at(-1)?.verdict).toBe("refuse");
  });

  it.each(["MD5", "SHA-256"] as const)("the right password passes by %s (TERM-3)", async (algorithm) => {
    const { first, final } = await dial({ algorithm, to: "+15005551486" });
    expect(first).toMatch(/^SIP\/2\.0 407 Proxy Authentication required\r\n/);
    expect(final).toMatch(/^SIP\/2\.0 486 /);
  });

  it("an unknown domain gets no answer at all (TERM-1)", async () => {
    const { first } = await dial({ domain: `nobody.pstn.${platform.zone}` });
    expect(first).toBeUndefined();
  });

  it("localized and region forms find the same trunk (TERM-1)", async () => {
    for (const place of ["frankfurt", "us1", "ie1"]) {
      const { first } = await dial({ domain: `demo.pstn.${place}.${platform.zone}`, to: "+15005551486" });
      expect(first, place).toMatch(/^SIP\/2\.0 407 /);
    }
  });

  it("a source that is not in the access control list is 403 on the first INVITE (TERM-2)", async () => {
    const account = `/2010-04-01/Accounts/${platform.demo.accountSid}`;
    const list = await platform.post<{ sid: string }>(`${account}/SIP/IpAccessControlLists.json`, {
      FriendlyName: "office",
    });
    await platform.post(`${account}/SIP/IpAccessControlLists/${list.sid}/IpAddresses.json`, {
      FriendlyName: "a",
      IpAddress: "127.9.9.9",
    });
    const domain = `acl.pstn.${platform.zone}`;
    const trunk = await platform.post<{ sid: string }>("/v1/Trunks", { FriendlyName: "acl", DomainName: domain });
    await platform.post(`/v1/Trunks/${trunk.sid}/IpAccessControlLists`, { IpAccessControlListSid: list.sid });
    const { first } = await dial({ domain });
    expect(first).toMatch(/^SIP\/2\.0 403 Forbidden\r\n/);
    expect(first).toMatch(/\r\nX-Twilio-Error: 32201 /);
    await platform.post(`${account}/SIP/IpAccessControlLists/${list.sid}/IpAddresses.json`, {
      FriendlyName: "b",
      IpAddress: "127.0.0.1",
    });
    const { first: allowed } = await dial({ domain, to: "+15005551486" });
    expect(allowed, "a change is live on the next call").toMatch(/^SIP\/2\.0 486 /);
  });

  it("a trunk without any authentication refuses every call (TERM-2)", async () => {
    const domain = `open.pstn.${platform.zone}`;
    await platform.post("/v1/Trunks", { FriendlyName: "open", DomainName: domain });
    const { first } = await dial({ domain });
    expect(first).toMatch(/^SIP\/2\.0 403 /);
    expect(first).toMatch(/\r\nX-Twilio-Error: 32200 /);
  });

  it("OPTIONS to a termination domain is answered without credentials (TERM-8)", async () => {
    const options = [
      `OPTIONS sip:${platform.demo.domain} SIP/2.0`,
      `Via: SIP/2.0/UDP ${pbx.address}:${pbx.port};branch=z9hG4bKopt;rport`,
      "Max-Forwards: 70",
      `From: <sip:ping@${pbx.address}>;tag=1`,
      `To: <sip:${platform.demo.domain}>`,
      "Call-ID: options-1",
      "CSeq: 1 OPTIONS",
      "Content-Length: 0",
      "",
      "",
    ].join("\r\n");
    pbx.send(options, platform.sipPort, platform.sipHost);
    expect(await pbx.final()).toMatch(/^SIP\/2\.0 200 /);
  });

  it("garbage costs nothing: no answer, no crash, and calls go on", async () => {
    const random = (length: number): Uint8Array =>
      Uint8Array.from({ length }, (_unused, i) => (i * 7919 + length * 31) % 256);
    for (let length = 0; length < 400; length += 1) pbx.send(random(length), platform.sipPort, platform.sipHost);
    for (const text of [
      "\r\n\r\n",
      "INVITE",
      "SIP/2.0 200 OK\r\n\r\n",
      `INVITE sip:x@${platform.demo.domain} SIP/2.0\r\n\r\n`,
      "\0".repeat(1_000),
    ]) {
      pbx.send(text, platform.sipPort, platform.sipHost);
    }
    const { final } = await dial({ to: "+15005551486" });
    expect(final).toMatch(/^SIP\/2\.0 486 /);
    expect(platform.process.exitCode).toBeNull();
  });

  it("no secret is in the log or in an alert", async () => {
    await dial({ password: "Sup3rSecretPass" });
    expect(platform.log()).not.toContain("Sup3rSecretPass");
    expect(platform.log()).not.toContain(platform.demo.password);
  });
});
