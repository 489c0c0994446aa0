import { afterEach, describe, expect, it } from "vitest";
import type { MediaEvent, MediaOptions, MediaPlane, MediaSession } from "../plane.ts";
import { V4 } from "../plane-ground.fixture.ts";
import { portIn, RtpPeer, rtpPacket, shown, until } from "../rtp-peer.fixture.ts";
import { createRtpenginePlane, type RtpengineOptions } from "./plane.ts";
import { Rtpengine, rtpengineMissing } from "./rtpengine.fixture.ts";
import type { ServerEvent } from "./server.ts";

const missing = rtpengineMissing();
/** Quicker than an installation asks, so that nobody waits. */
const PACE = { probeMs: 100, lostMs: 600 };

describe.skipIf(missing)(`MED-7: several rtpengine servers${missing ? ` (${missing})` : ""}`, () => {
  const tidying: (() => unknown)[] = [];
  afterEach(async () => {
    for (const tidy of tidying.splice(0).reverse()) await tidy();
  });

  const start = async (options: Parameters<typeof Rtpengine.start>[0] = {}): Promise<Rtpengine> => {
    const rtpengine = await Rtpengine.start(options);
    tidying.push(() => rtpengine.kill());
    return rtpengine;
  };
  const planeOn = (servers: readonly Rtpengine[], options: Partial<RtpengineOptions> = {}) => {
    const told: ServerEvent[] = [];
    const plane = createRtpenginePlane({
      servers: servers.map(({ address }) => address),
      onEvent: (event) => told.push(event),
      ...PACE,
      ...options,
    });
    tidying.push(() => plane.close());
    return { plane, told };
  };
  const openPeer = async (): Promise<RtpPeer> => {
    const peer = await RtpPeer.open();
    tidying.push(() => peer.close());
    return peer;
  };
  /** A call with audio from A to B. */
  const talk = async (plane: MediaPlane) => {
    const events: MediaEvent[] = [];
    const session = await plane.open("CA1", V4, (event) => events.push(event));
    const [a, b] = [await openPeer(), await openPeer()];
    const toB = await session.offer("a", a.sdp());
    const toA = await session.answer("b", b.sdp());
    return { session, events, a, b, port: { a: portIn(toA), b: portIn(toB) } };
  };
  const offers = async (session: MediaSession): Promise<string> => {
    const offered = await session.offer("a", (await openPeer()).sdp());
    return typeof offered === "string" ? "carried" : `${offered.status} ${offered.why}`;
  };

  it("gives a call to the server that carries the fewest", async () => {
    const servers = [
      await start({ portMin: 24_000, portMax: 24_199 }),
      await start({ portMin: 24_200, portMax: 24_399 }),
    ];
    const { plane } = planeOn(servers);
    const calls = [await talk(plane), await talk(plane), ...(await Promise.all([1, 2, 3, 4].map(() => talk(plane))))];
    expect(calls.filter(({ port }) => port.a < 24_200)).toHaveLength(3);
  });

  it("tries the next server at once when nobody listens, in time when nobody answers, and comes back", async () => {
    const [first, second] = [await start(), await start()];
    const { plane, told } = planeOn([first, second]);
    await first.kill();
    expect(await offers(await plane.open("CA1", V4))).toBe("carried");
    await second.freeze();
    const third = await start();
    const spare = planeOn([second, third]);
    const startMs = performance.now();
    expect(await offers(await spare.plane.open("CA1", V4))).toBe("carried");
    expect(performance.now() - startMs).toBeLessThan(1_500);
    second.thaw();
    await until(() => spare.told.some(({ kind }) => kind === "back"), "the thawed server is back");
    expect(told[0]).toMatchObject({ kind: "away", server: `127.0.0.1:${first.address.port}` });
  });

  it("refuses with 503 at once while no server answers", async () => {
    const only = await start();
    const { plane, told } = planeOn([only]);
    await only.kill();
    await until(() => told.length > 0, "it is found to be away");
    const startMs = performance.now();
    expect(await offers(await plane.open("CA1", V4))).toBe("503 no rtpengine answers");
    // Without waiting for the second in which it might have answered.
    expect(performance.now() - startMs).toBeLessThan(500);
    await start({ ngPort: only.address.port });
    await until(() => told.at(-1)?.kind === "back", "the new one is found");
    expect(await offers(await plane.open("CA1", V4))).toBe("carried");
  });

  it("tells the calls of a server that died, and only those", async () => {
    const [first, second] = [await start(), await start()];
    const { plane } = planeOn([first, second]);
    const calls = [await talk(plane), await talk(plane)];
    await first.kill();
    const [lost] = calls;
    await until(() => (lost?.events.length ?? 0) > 0, "the call is told");
    expect(lost?.events).toEqual([{ kind: "failed", why: expect.stringContaining("has not answered for 600 ms") }]);
    expect(await lost?.session.offer("a", "")).toMatchObject({ kind: "refusal", status: 503 });
    expect(await plane.usage()).toEqual({ sessions: 1, ports: 4 });
    expect(calls[1]?.events).toEqual([]);
    expect((await lost?.session.close())?.[0]).toMatchObject({ leg: "a" });
  });

  it("keeps the calls of a server that was away for a moment", async () => {
    const only = await start();
    const { plane, told } = planeOn([only], { lostMs: 60_000 });
    const { events, a, b, port } = await talk(plane);
    await only.freeze();
    await until(() => told.at(-1)?.kind === "away", "it is away", 5_000);
    only.thaw();
    await until(() => told.at(-1)?.kind === "back", "it is back", 5_000);
    a.rtp.send(rtpPacket(1), port.a);
    expect((await b.rtp.next()).packet).toEqual(rtpPacket(1));
    expect(events).toEqual([]);
  });

  it("notices a restart that was too quick to be missed, for every call", async () => {
    const before = await start();
    const { plane } = planeOn([before], { probeMs: 400 });
    const calls = [await talk(plane), await talk(plane), await talk(plane)];
    await before.kill();
    await start({ ngPort: before.address.port });
    await until(() => calls.every(({ events }) => events.length > 0), "all three are told", 5_000);
    expect(calls.map(({ events }) => events[0])).toEqual(
      calls.map(() => ({ kind: "failed", why: expect.stringContaining("Unknown call-id") })),
    );
    expect(await plane.usage()).toEqual({ sessions: 0, ports: 0 });
  });

  it("MED-4 a call on hold is not given up by the server's own time-out, one that talks is", async () => {
    const { plane } = planeOn([await start({ more: ["--timeout=1", "--silent-timeout=60"] })]);
    const { session, events, a, b } = await talk(plane);
    await session.offer("a", a.sdp(["a=inactive"]));
    await session.answer("b", b.sdp(["a=inactive"]));
    // It has been silent for longer than this one, which is not on hold.
    const silent = await talk(plane);
    await until(() => silent.events.length > 0, "the call that is not on hold is given up", 6_000);
    expect(silent.events).toEqual([{ kind: "failed", why: expect.stringContaining("has given the call up") }]);
    // Asks the server, which would not know the call.
    await session.counters();
    expect(events).toEqual([]);
    await session.offer("a", a.sdp());
    await session.answer("b", b.sdp());
    await until(() => events.length > 0, "the silent call is given up", 6_000);
    expect(events).toEqual([{ kind: "failed", why: expect.stringContaining("has given the call up") }]);
  });

  it("MED-5 a server without ports refuses; the next one carries the call", async () => {
    const full = await start({ interfaces: ["127.0.0.9"], portMin: 7_450, portMax: 7_453 });
    const { plane } = planeOn([full]);
    const first = await plane.open("CA1", V4);
    expect(await offers(first)).toBe("carried");
    expect(await offers(await plane.open("CA2", V4))).toBe("503 rtpengine: Ran out of ports");
    const roomy = await start();
    const both = planeOn([full, roomy]).plane;
    expect(await offers(await both.open("CA3", V4))).toBe("carried");
    expect(await offers(first)).toBe("carried");
  });

  it("MED-5 a call that gets no port for a further line is told: rtpengine has given it up", async () => {
    const { plane } = planeOn([await start({ interfaces: ["127.0.0.9"], portMin: 7_454, portMax: 7_457 })]);
    const { session, events, a } = await talk(plane);
    const film = await openPeer();
    const refused = await session.offer("a", a.sdp([], [`m=video ${film.rtp.port} RTP/AVP 97`]));
    expect(refused).toMatchObject({ kind: "refusal", status: 503 });
    expect(events).toEqual([{ kind: "failed", why: expect.stringContaining("Ran out of ports") }]);
  });

  it("ORIG-13 sends media by the interface named after our address, and refuses where there is none", async () => {
    const interfaces = ["203.0.113.7/127.0.0.1", "10.9.0.5/127.0.0.7"];
    const { plane } = planeOn([await start({ interfaces })], { addresses: ["203.0.113.7", "10.9.0.5", "10.9.0.6"] });
    const options = (b: string): MediaOptions => ({ ...V4, advertise: { a: "203.0.113.7", b } });
    const { a } = await talk(planeOn([await start()]).plane);
    const session = await plane.open("CA1", options("10.9.0.5"));
    expect(shown(await session.offer("a", a.sdp())).address).toBe("127.0.0.7");
    expect(shown(await session.answer("b", a.sdp())).address).toBe("127.0.0.1");
    expect(await offers(await plane.open("CA2", options("10.9.0.6")))).toBe(
      "503 rtpengine has no interface for the addresses of this call",
    );
  });

  it("takes an offer back that a server heard of too late", async () => {
    const late = await start({ interfaces: ["127.0.0.9"], portMin: 7_458, portMax: 7_461 });
    // Nothing but the offer finds out that it hangs.
    const { plane, told } = planeOn([late], { probeMs: 60_000 });
    await talk(plane).then(({ session }) => session.close());
    await late.freeze();
    expect(await offers(await plane.open("CA1", V4))).toBe("503 rtpengine does not answer");
    late.thaw();
    await until(() => told.at(-1)?.kind === "back", "it is back", 5_000);
    await until(async () => (await offers(await plane.open("CA2", V4))) === "carried", "its only ports are free");
  });

  it("leaves no call behind when it is closed", async () => {
    const shared = await start({ interfaces: ["127.0.0.9"], portMin: 7_462, portMax: 7_465 });
    const first = planeOn([shared]).plane;
    expect(await offers(await first.open("CA1", V4))).toBe("carried");
    await first.close();
    expect(await offers(await planeOn([shared]).plane.open("CA2", V4))).toBe("carried");
  });
});
