import { expect } from "vitest";
import type { MediaEvent, MediaOptions } from "./plane.ts";
import { type Check, type Ground, received, V4 } from "./plane-ground.fixture.ts";
import { lines, portIn, type RtpPeer, rtpPacket, shown, until } from "./rtp-peer.fixture.ts";

/** What a call's options ask of a plane beyond relaying: which encodings may be offered, and when silence is told. */
export function ruleChecks(check: Check, ground: Ground): void {
  codecChecks(check, ground);
  silenceChecks(check, ground);
}

/** An offer with many encodings, static and dynamic, and what is said about each. */
function manyEncodings(peer: RtpPeer): string {
  return peer.sdp(
    [
      "a=rtpmap:111 opus/48000/2",
      "a=fmtp:111 useinbandfec=1",
      "a=rtcp-fb:111 transport-cc",
      "a=rtpmap:18 G729/8000",
      "a=fmtp:18 annexb=no",
      "a=fmtp:101 0-16",
      "a=rtpmap:110 telephone-event/48000",
      "a=rtpmap:13 CN/8000",
      "a=maxptime:40",
      "a=x-kept:111",
    ],
    [],
    "111 9 0 8 18 101 110 13",
  );
}

function codecChecks(check: Check, ground: Ground): void {
  const onlyB = (codecs: readonly string[]): MediaOptions => ({ ...V4, codecs: { a: null, b: codecs } });

  check("CAR-1 offers only the encodings a leg may have, with telephone events and comfort noise", async () => {
    const session = await ground.open(onlyB(["pcma", "g729"]));
    const a = await ground.peer();
    const toB = String(await session.offer("a", manyEncodings(a)));
    expect(shown(toB).media[0]?.text).toMatch(/^m=audio \d+ RTP\/AVP 8 18 101 110 13$/);
    const attributes = toB.slice(toB.indexOf("m=")).match(/^a=(?!rtcp:).*$/gm);
    expect(attributes?.map((line) => line.trim())).toEqual([
      "a=rtpmap:101 telephone-event/8000",
      "a=rtpmap:18 G729/8000",
      "a=fmtp:18 annexb=no",
      "a=fmtp:101 0-16",
      "a=rtpmap:110 telephone-event/48000",
      "a=rtpmap:13 CN/8000",
      "a=maxptime:40",
      "a=x-kept:111",
    ]);
  });

  check("CAR-1 leaves offers to the other leg, and answers, as they are", async () => {
    const session = await ground.open(onlyB(["pcmu"]));
    const a = await ground.peer();
    const b = await ground.peer();
    expect(shown(await session.offer("b", manyEncodings(b))).media[0]?.text).toMatch(/ 111 9 0 8 18 101 110 13$/);
    expect(shown(await session.answer("a", a.sdp([], [], "8 101"))).media[0]?.text).toMatch(/ 8 101$/);
  });

  check("CAR-1 refuses with 488 and says why when no encoding is left", async () => {
    const session = await ground.open(onlyB(["amr"]));
    const a = await ground.peer();
    const why = expect.stringMatching(/amr/);
    expect(await session.offer("a", manyEncodings(a))).toMatchObject({ kind: "refusal", status: 488, why });
  });

  check("CAR-1 switches a line off of which nothing is left, beside others", async () => {
    const session = await ground.open(onlyB(["pcmu"]));
    const a = await ground.peer();
    const more = lines(`m=video ${a.rtcp.port} RTP/AVP 97`, "a=rtpmap:97 H264/90000");
    const toB = shown(await session.offer("a", a.sdp() + more));
    expect(toB.media.map(({ port }) => port > 0)).toEqual([true, false]);
  });

  check("CAR-1 does not apply to fax over UDPTL", async () => {
    const session = await ground.open(onlyB(["pcmu"]));
    const a = await ground.peer();
    const fax = a.sdp().replace(/^m=.*$/m, `m=image ${a.rtp.port} udptl t38`);
    expect(shown(await session.offer("a", fax)).media[0]?.text).toMatch(/^m=image [1-9]\d* udptl t38$/);
  });
}

const SILENCE_MS = 300;

function silenceChecks(check: Check, ground: Ground): void {
  const watched = async (): Promise<Awaited<ReturnType<Ground["call"]>> & { readonly events: MediaEvent[] }> => {
    const events: MediaEvent[] = [];
    const call = await ground.call({ ...V4, silenceMs: SILENCE_MS }, [], undefined, (event) => events.push(event));
    return { ...call, events };
  };
  const told = (events: readonly MediaEvent[]) => until(() => events.length > 0, "silence is told", 10_000);

  check("MED-4 tells once that neither leg was heard for so long", async () => {
    const { a, b, port, events } = await watched();
    a.rtp.send(rtpPacket(1), port.a);
    await b.rtp.next();
    await told(events);
    expect(events[0]).toMatchObject({ kind: "silent" });
    expect((events[0] as { forMs: number }).forMs).toBeGreaterThanOrEqual(SILENCE_MS);
    await quiet(3 * SILENCE_MS);
    expect(events).toHaveLength(1);
  });

  check("MED-4 one leg that is heard is enough", async () => {
    const { session, b, port, events } = await watched();
    const endMs = performance.now() + 4 * SILENCE_MS;
    for (let sequence = 1; performance.now() < endMs; sequence += 1) {
      b.rtp.send(rtpPacket(sequence), port.b);
      await quiet(SILENCE_MS / 6);
    }
    expect(await received(session, "b")).toBeGreaterThan(5);
    expect(events).toEqual([]);
  });

  check("MED-4 a call on hold is not watched; after it the time begins anew", async () => {
    const { session, a, b, events } = await watched();
    await session.offer("a", a.sdp(["a=sendonly"]));
    await session.answer("b", b.sdp(["a=recvonly"]));
    await quiet(4 * SILENCE_MS);
    expect(events).toEqual([]);
    await session.offer("a", a.sdp());
    await session.answer("b", b.sdp());
    await told(events);
  });

  check("MED-4 fax over UDPTL counts as media; a stranger's packets do not", async () => {
    const events: MediaEvent[] = [];
    const session = await ground.open({ ...V4, silenceMs: SILENCE_MS }, (event) => events.push(event));
    const [a, b] = [await ground.peer(), await ground.peer()];
    const fax = (peer: RtpPeer): string => peer.sdp().replace(/^m=.*$/m, `m=image ${peer.rtp.port} udptl t38`);
    await session.offer("a", fax(a));
    const port = portIn(await session.answer("b", fax(b)));
    const stranger = await ground.mailbox("127.0.0.2");
    const endMs = performance.now() + 4 * SILENCE_MS;
    while (performance.now() < endMs) {
      a.rtp.send(Buffer.from([0, 1, 2]), port);
      await quiet(SILENCE_MS / 6);
    }
    expect(events).toEqual([]);
    await until(
      () => {
        stranger.send(rtpPacket(1), port, "127.0.0.1");
        return events.length > 0;
      },
      "silence is told",
      10_000,
    );
  });
}

/** Lets time pass that must not bring anything about: there is no event to wait for. */
function quiet(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
