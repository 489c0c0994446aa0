import { createEmbeddedPlane, type MediaPlane } from "@trunkline/media";
import type { OutgoingInvite, Session, SessionEvent } from "@trunkline/sip";
import { DEFAULT_CARRIER_DRESS } from "@trunkline/trunking";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeCa, originationUrl, sid, TRUNK, trunk, type WrittenRow } from "../../../test/support/lent-fixtures.ts";
import type { EdgeTls } from "./edge.types.ts";
import { demoCall, EdgeGround, failure, kinds } from "./edge-ground.fixture.ts";
import { DOMAIN, NUMBER } from "./edge-world.fixture.ts";

const ca = makeCa("Edge test");
const ours: EdgeTls = { certificates: [ca.issue([`DNS:${DOMAIN}`, "IP:127.0.0.1"])], caPem: ca.caPem };
const secureTrunk: WrittenRow = ["trunk", TRUNK, trunk({ domainName: DOMAIN, secure: true })];
const KEY = "inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj";
// The property has to be there, and undefined, to replace the phone's own.
const NO_OFFER = { sdp: undefined } as unknown as Partial<OutgoingInvite>;

/** The session description of a phone that listens at no port of its own. */
function describes(profile: "RTP/AVP" | "RTP/SAVP", ...codecs: string[]): string {
  const formats = codecs.length > 0 ? codecs : ["0", "8"];
  return [
    "v=0",
    "o=phone 1 1 IN IP4 127.0.0.1",
    "s=-",
    "c=IN IP4 127.0.0.1",
    "t=0 0",
    `m=audio 40000 ${profile} ${formats.join(" ")}`,
    ...(profile === "RTP/SAVP" ? [`a=crypto:1 AES_CM_128_HMAC_SHA1_80 ${KEY}`] : []),
    "",
  ].join("\r\n");
}

const answersWith = (sdp: string) => ({ onInvite: (session: Session): void => session.answer(sdp) });
const shown = (heard: readonly SessionEvent[]): string => heard.find((event) => event.kind === "answer")?.sdp ?? "";
const crypto = (sdp: string): readonly string[] => sdp.match(/^a=crypto:.*$/gm) ?? [];

describe("SEC-2: a secure trunk, over TLS and the embedded media plane", () => {
  let media: MediaPlane;
  beforeAll(async () => {
    const addresses = [{ bind: "127.0.0.1", advertise: "127.0.0.1" }];
    media = await createEmbeddedPlane({ addresses, portMin: 41_000, portMax: 41_999, workers: 1, portRestMs: 0 });
  });
  afterAll(() => media.close());

  /** A PBX over TLS and a carrier over UDP at an edge whose trunk is secure. */
  async function secured(carrierSays: string, onEvent?: (event: SessionEvent, session: Session) => void) {
    const ground = new EdgeGround();
    const carrier = await ground.phone({ address: "127.0.0.3", ...answersWith(carrierSays) });
    const tls = { certificates: [ca.issue(["IP:127.0.0.1"])], caPem: ca.caPem };
    const pbx = await ground.phone({ transport: "tls", tls, ...(onEvent ? { onEvent } : {}) });
    return {
      ground,
      carrier,
      pbx,
      open: (rows: readonly WrittenRow[] = []) => openSecure(ground, { carrier, pbx }, rows),
    };
  }

  async function openSecure(
    ground: EdgeGround,
    places: Parameters<EdgeGround["open"]>[0],
    rows: readonly WrittenRow[],
  ) {
    return ground.open(places, { tls: ours }, { media }, [secureTrunk, ...rows]);
  }

  it("SRTP to the customer, RTP to the carrier, keys of our own, and nothing of either's SDP at the other", async () => {
    const { ground, carrier, pbx, open } = await secured(describes("RTP/AVP"));
    const { tlsPort } = await open();
    const call = pbx.call(tlsPort, { ...demoCall, sdp: describes("RTP/SAVP") });
    await expect.poll(() => kinds(pbx.heard)).toContain("answer");
    const offered = carrier.incoming[0]?.invite.body ?? "";
    expect(offered).toMatch(/^m=audio \d+ RTP\/AVP 0 8\r$/m);
    expect(crypto(offered)).toEqual([]);
    expect(shown(pbx.heard)).toMatch(/^m=audio \d+ RTP\/SAVP /m);
    expect(crypto(shown(pbx.heard))).toHaveLength(1);
    expect(shown(pbx.heard)).not.toContain(KEY);
    call.hangup();
    await expect.poll(() => ground.sink.ended).toBe(1);
  });

  it("a caller who makes no offer is shown SRTP, and its answer must be that", async () => {
    const answer = (event: SessionEvent, session: Session): void => {
      if (event.kind === "answer") session.answer(describes("RTP/SAVP"));
    };
    const { ground, carrier, pbx, open } = await secured(describes("RTP/AVP"), answer);
    const { tlsPort } = await open();
    const call = pbx.call(tlsPort, { ...demoCall, ...NO_OFFER });
    await expect.poll(() => kinds(carrier.heard)).toContain("acknowledged");
    expect(shown(pbx.heard)).toMatch(/^m=audio \d+ RTP\/SAVP /m);
    expect(crypto(shown(pbx.heard)).join()).toContain("AES_CM_128_HMAC_SHA1_80");
    const acknowledged = carrier.heard.find((event) => event.kind === "acknowledged");
    expect(acknowledged?.sdp).toMatch(/^m=audio \d+ RTP\/AVP /m);
    call.hangup();
    await expect.poll(() => ground.sink.ended).toBe(1);
  });

  it("32102: a caller who answers such an offer with plain RTP is hung up on", async () => {
    const answer = (event: SessionEvent, session: Session): void => {
      if (event.kind === "answer") session.answer(describes("RTP/AVP"));
    };
    const { ground, pbx, open } = await secured(describes("RTP/AVP"), answer);
    const { tlsPort } = await open();
    pbx.call(tlsPort, { ...demoCall, ...NO_OFFER });
    await expect.poll(() => ground.sink.ended).toBe(1);
    expect([...ground.sink.records.values()]).toMatchObject([{ errorCode: 32102, endedBy: "platform" }]);
  });

  it("a re-INVITE that would take the encryption off is refused, and the call goes on", async () => {
    const { ground, pbx, open } = await secured(describes("RTP/AVP"));
    const { tlsPort } = await open();
    const call = pbx.call(tlsPort, { ...demoCall, sdp: describes("RTP/SAVP") });
    await expect.poll(() => kinds(pbx.heard)).toContain("answer");
    call.offer(describes("RTP/AVP"));
    await expect.poll(() => kinds(pbx.heard)).toContain("offer-answered");
    expect(pbx.heard.find((event) => event.kind === "offer-answered")).toMatchObject({ status: 488, sdp: undefined });
    expect(call.state).toBe("confirmed");
    call.hangup();
    await expect.poll(() => ground.sink.ended).toBe(1);
  });

  it("origination: the PBX is called over TLS with one suite and key (contract §8.6), the carrier hears RTP", async () => {
    const ground = new EdgeGround();
    const carrier = await ground.phone({ address: "127.0.0.3" });
    const tls = { certificates: [ca.issue(["IP:127.0.0.1"])], caPem: ca.caPem };
    const pbx = await ground.phone({ transport: "tls", tls, ...answersWith(describes("RTP/SAVP", "0")) });
    const url = originationUrl(1, { sipUrl: `sip:127.0.0.1:${pbx.port};transport=udp`, priority: 1 });
    const { port } = await openSecure(ground, { carrier }, [["originationUrl", url.sid, url]]);
    const invite = { requestUri: `sip:${NUMBER}@127.0.0.1:${port}`, from: "<sip:+13105550001@127.0.0.3>" };
    const call = carrier.call(port, { ...invite, sdp: describes("RTP/AVP") });
    await expect.poll(() => kinds(carrier.heard)).toContain("answer");
    const offered = pbx.incoming[0]?.invite.body ?? "";
    expect(offered).toMatch(/^m=audio \d+ RTP\/SAVP 0 8\r$/m);
    expect(crypto(offered)).toHaveLength(1);
    expect(crypto(offered)[0]).toMatch(/^a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:[A-Za-z0-9+/]{40}$/);
    expect(shown(carrier.heard)).toMatch(/^m=audio \d+ RTP\/AVP 0\r$/m);
    call.hangup();
    await expect.poll(() => ground.sink.ended).toBe(1);
  });

  it("a PBX that answers plain RTP instead does not get the call", async () => {
    const ground = new EdgeGround();
    const carrier = await ground.phone({ address: "127.0.0.3" });
    const tls = { certificates: [ca.issue(["IP:127.0.0.1"])], caPem: ca.caPem };
    const pbx = await ground.phone({ transport: "tls", tls, ...answersWith(describes("RTP/AVP")) });
    const url = originationUrl(1, { sipUrl: `sip:127.0.0.1:${pbx.port}`, priority: 1 });
    const { port } = await openSecure(ground, { carrier }, [["originationUrl", url.sid, url]]);
    const invite = { requestUri: `sip:${NUMBER}@127.0.0.1:${port}`, from: "<sip:+13105550001@127.0.0.3>" };
    carrier.call(port, { ...invite, sdp: describes("RTP/AVP") });
    await expect.poll(() => failure(carrier.heard)).toMatchObject({ status: 502 });
    await expect.poll(() => kinds(pbx.heard)).toContain("ended");
  });

  it("CAR-1: a carrier's codecs are all it is offered; one that takes none of the caller's is passed over", async () => {
    const ground = new EdgeGround();
    const carrier = await ground.phone({ address: "127.0.0.3", ...answersWith(describes("RTP/AVP", "18")) });
    const spare = await ground.phone({ address: "127.0.0.4", ...answersWith(describes("RTP/AVP", "8")) });
    const pbx = await ground.phone();
    const dress = (n: number, codecs: readonly string[]): WrittenRow => [
      "carrierDress",
      sid("CX", n),
      { carrierSid: sid("CX", n), ...DEFAULT_CARRIER_DRESS, codecs },
    ];
    const { port } = await ground.open({ carrier, spare }, {}, { media }, [dress(1, ["g729"]), dress(2, ["pcma"])]);
    const call = pbx.call(port, { ...demoCall, sdp: describes("RTP/AVP", "0", "8") });
    await expect.poll(() => kinds(pbx.heard)).toContain("answer");
    expect(carrier.incoming).toEqual([]);
    expect(spare.incoming[0]?.invite.body).toMatch(/^m=audio \d+ RTP\/AVP 8\r$/m);
    call.hangup();
    await expect.poll(() => ground.sink.ended).toBe(1);
    expect([...ground.sink.records.values()][0]?.attempts.map(({ status }) => status)).toEqual([488, 200]);
  });
});
