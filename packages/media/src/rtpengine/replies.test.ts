import { afterEach, describe, expect, it } from "vitest";
import type { MediaOptions } from "../plane.ts";
import { V4 } from "../plane-ground.fixture.ts";
import { lines, until } from "../rtp-peer.fixture.ts";
import { type Bencodable, readBencode, textIn, writeBencode } from "./bencode.ts";
import { createRtpenginePlane } from "./plane.ts";
import { ScriptedServer } from "./scripted-server.fixture.ts";

const OFFER = lines(
  "v=0",
  "o=- 1 1 IN IP4 127.0.0.1",
  "s=-",
  "c=IN IP4 127.0.0.1",
  "t=0 0",
  "m=audio 4000 RTP/AVP 0 101",
  "a=rtpmap:101 telephone-event/8000",
  "a=x-odd:left out of what rtpengine is told",
  "a=candidate:1 1 UDP 2130706431 192.0.2.1 4000 typ host",
);
const described = (...media: readonly string[]): string =>
  lines("v=0", "o=- 1 1 IN IP4 127.0.0.9", "s=-", "c=IN IP4 127.0.0.9", "t=0 0", ...media);
const AUDIO = "m=audio 30000 RTP/AVP 0";

describe("MED-7: what rtpengine answers", () => {
  const tidying: (() => unknown)[] = [];
  afterEach(async () => {
    for (const tidy of tidying.splice(0).reverse()) await tidy();
  });

  /** An offer to a server that answers every offer like this; and what it was told. */
  const offerTo = async (reply: Bencodable, options: MediaOptions = V4) => {
    const told: Map<string, unknown>[] = [];
    const server = await ScriptedServer.open((cookie, request, say) => {
      const command = readBencode(request);
      if (!(command instanceof Map)) throw new Error("no dictionary");
      told.push(command);
      const isOffer = textIn(command, "command") === "offer";
      say(`${cookie} ${writeBencode(isOffer ? reply : { result: "ok" })}`);
    });
    const plane = createRtpenginePlane({ servers: [server.address] });
    tidying.push(
      () => server.close(),
      () => plane.close(),
    );
    const offered = await (await plane.open("CA1", options)).offer("a", OFFER);
    return { offered, told, offer: told.find((command) => command.get("command") === "offer"), plane };
  };

  it("shows its address and port in the offer as it was", async () => {
    const { offered } = await offerTo({ result: "ok", sdp: described(AUDIO) });
    expect(offered).toContain("c=IN IP4 127.0.0.9\r\n");
    expect(offered).toContain("m=audio 30000 RTP/AVP 0 101\r\n");
    expect(offered).toContain("a=x-odd:left out of what rtpengine is told\r\n");
    expect(offered).not.toContain("candidate");
  });

  it("is told what it needs and no more, under a Call-ID of ours", async () => {
    const { offer } = await offerTo({ result: "ok", sdp: described(AUDIO) });
    expect(Object.fromEntries(offer ?? [])).toMatchObject({
      "call-id": expect.stringMatching(/^CA1-[0-9a-f-]{36}$/),
      "from-tag": "a",
      "to-tag": "b",
      ICE: "remove",
      DTLS: "off",
      "address family": "IP4",
      "transport-protocol": "RTP/AVP",
      flags: ["asymmetric", "strict source", "port latching"],
    });
    const sdp = String(offer?.get("sdp"));
    expect(sdp).toContain("m=audio 4000 RTP/AVP 0 101 ");
    expect(sdp).not.toMatch(/x-odd|candidate/);
  });

  it("MED-1 is told to learn the source where the trunk says so", async () => {
    const options = { ...V4, symmetricRtp: { a: true, b: false } };
    const { offer } = await offerTo({ result: "ok", sdp: described(AUDIO) }, options);
    expect(offer?.get("flags")).toEqual(["endpoint-learning-immediate", "strict source", "port latching"]);
  });

  const secure: MediaOptions = { ...V4, srtp: { a: false, b: true } };
  const unusable: [what: string, reply: Bencodable, why: RegExp, options?: MediaOptions][] = [
    ["no description", { result: "ok" }, /unreadable description/],
    ["one that cannot be read", { result: "ok", sdp: "v=0\r\nnonsense" }, /unreadable description/],
    ["a description that is a number", { result: "ok", sdp: 7 }, /unreadable description/],
    ["one line more", { result: "ok", sdp: described(AUDIO, AUDIO) }, /2 media lines for 1/],
    ["a line without a port", { result: "ok", sdp: described("m=audio 0 RTP/AVP 0") }, /no place for media line 1/],
    [
      "a name as address",
      { result: "ok", sdp: described(AUDIO).replace(/127\.0\.0\.9/g, "example.com") },
      /no place for media line 1/,
    ],
    ["no key for a leg that needs one", { result: "ok", sdp: described("m=audio 4 RTP/SAVP 0") }, /no key/, secure],
    [
      "a key that is too short",
      { result: "ok", sdp: described("m=audio 4 RTP/SAVP 0", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AAAA") },
      /no key/,
      secure,
    ],
  ];
  it.each(unusable)(
    "refuses with 503 when it gives %s, and takes the offer back",
    async (_what, reply, why, options) => {
      const { offered, plane, told } = await offerTo(reply, options);
      expect(offered).toMatchObject({ kind: "refusal", status: 503, why: expect.stringMatching(why) });
      await until(() => told.some((command) => command.get("command") === "delete"), "the offer is taken back");
      expect(await plane.usage()).toEqual({ sessions: 1, ports: 0 });
    },
  );

  it("refuses with 488 what it does not understand", async () => {
    const { offered } = await offerTo({ result: "error", "error-reason": "Incomplete SDP specification" });
    const why = expect.stringContaining("Incomplete SDP specification");
    expect(offered).toMatchObject({ kind: "refusal", status: 488, why });
  });

  it.each([
    ["it has no port left", { result: "error", "error-reason": "Ran out of ports" }],
    ["it has no room for a session", { result: "load limit", message: "Parallel session limit reached" }],
    ["its processor is busy", { result: "load limit", message: "CPU usage limit exceeded" }],
  ])("refuses with 503 when %s", async (_why, reply) => {
    expect((await offerTo(reply)).offered).toMatchObject({ kind: "refusal", status: 503 });
  });

  it("counts nothing from an answer that tells nothing", async () => {
    const { plane } = await offerTo({ result: "ok", sdp: described(AUDIO) });
    const session = await plane.open("CA2", V4);
    await session.offer("a", OFFER);
    expect(await session.counters()).toMatchObject([
      { leg: "a", packetsReceived: 0, packetsLost: 0, jitterMs: null, roundTripMs: null, mos: null, codec: null },
      { leg: "b", packetsReceived: 0 },
    ]);
  });
});
