import { expect, it } from "vitest";
import type { CallScript } from "./calling.ts";
import { calledNumber, createPstnCore, type PstnCore } from "./core.ts";
import { ANSWER_AT_ONCE, createPbxCore, type PbxBehaviour, type PbxCore } from "./pbx.ts";
import type { PlaceCall } from "./pstn.types.ts";
import { VirtualWorld } from "./virtual-world.fixture.ts";

const PBX = "192.0.2.1";
const PSTN = "192.0.2.2";

type Pair = { world: VirtualWorld; pbx: PbxCore; pstn: PstnCore };

/** A PBX and the simulated PSTN with nothing between them. `>` in the log is from the PBX to the PSTN. */
function pair(behaviour: PbxBehaviour = ANSWER_AT_ONCE, maxCalls = 10): Pair {
  const world = new VirtualWorld();
  let pbx: PbxCore | undefined;
  let pstn: PstnCore | undefined;
  world.join(PBX, (host) => {
    pbx = createPbxCore(host, () => world.openAudio("pbx"), behaviour);
    return pbx;
  });
  world.join(PSTN, (host) => {
    pstn = createPstnCore(host, () => world.openAudio("pstn"), {
      address: PSTN,
      port: 5060,
      platform: { host: PBX, port: 5060 },
      reachPlatform: async () => world.flow(PSTN, PBX),
      maxCalls,
    });
    return pstn;
  });
  if (!pbx || !pstn) throw new Error("not joined");
  return { world, pbx, pstn };
}

function dial({ world, pbx }: Pair, to: string, script: Partial<CallScript> = {}) {
  return pbx.call({ domain: "demo.pstn.example", to, from: "+12025550100", script }, async () => world.flow(PBX, PSTN));
}

const timelines: [title: string, number: string, script: Partial<CallScript>, want: string[]][] = [
  [
    "the default rings after 200 ms, answers after 1 s, echoes and waits for BYE",
    "+12025550199",
    { hangupAfterMs: 5_000 },
    [
      "0 >INVITE",
      "0 <100",
      "200 <180",
      "1000 <200",
      "1000 pstn plays echo",
      "1000 >ACK",
      "1000 pbx plays silence",
      "6000 >BYE",
      "6000 pbx closes",
      "6000 <200",
      "6000 pstn closes",
    ],
  ],
  ["+15005551SSS refuses with SSS", "+15005551486", {}, ["0 >INVITE", "0 <100", "0 <486", "0 >ACK", "0 pbx closes"]],
  [
    "+150055520NN rings NN seconds",
    "+15005552003",
    { hangupAfterMs: 0 },
    ["0 >INVITE", "0 <100", "200 <180", "3200 <200", "3200 pstn plays echo", "3200 >ACK"],
  ],
  [
    "+15005552100 plays 440 Hz early for 2 s, then answers",
    "+15005552100",
    {},
    ["0 >INVITE", "0 <100", "200 <183", "200 pstn plays tone", "2200 <200", "2200 pstn plays echo", "2200 >ACK"],
  ],
  [
    "+15005552200 rings until the caller gives up, reminded every minute (RFC 3261 §13.3.1.1)",
    "+15005552200",
    { giveUpAfterMs: 100_000 },
    ["0 >INVITE", "0 <100", "0 <180", "60000 <180", "100000 >CANCEL", "100000 <200", "100000 <487", "100000 >ACK"],
  ],
  [
    "+15005552300 plays 440 Hz",
    "+15005552300",
    {},
    ["0 >INVITE", "0 <100", "200 <180", "1000 <200", "1000 pstn plays tone"],
  ],
  [
    "+15005552400 sends 1234# after the ACK",
    "+15005552400",
    {},
    [
      "0 >INVITE",
      "0 <100",
      "200 <180",
      "1000 <200",
      "1000 pstn plays echo",
      "1000 >ACK",
      "1000 pbx plays silence",
      "1500 pstn sends 1234#",
    ],
  ],
  [
    "+15005552500 sends no RTP",
    "+15005552500",
    {},
    ["0 >INVITE", "0 <100", "200 <180", "1000 <200", "1000 pstn plays none"],
  ],
  [
    "+15005552600 never answers in any way",
    "+15005552600",
    {},
    [
      "0 >INVITE",
      "500 >INVITE",
      "1500 >INVITE",
      "3500 >INVITE",
      "7500 >INVITE",
      "15500 >INVITE",
      "31500 >INVITE",
      "32000 pbx closes",
    ],
  ],
  [
    "+150055527NN hangs up after NN seconds",
    "+15005552702",
    {},
    [
      "0 >INVITE",
      "0 <100",
      "200 <180",
      "1000 <200",
      "1000 pstn plays echo",
      "1000 >ACK",
      "1000 pbx plays silence",
      "3000 <BYE",
      "3000 pstn closes",
      "3000 >200",
      "3000 pbx closes",
    ],
  ],
  [
    "+15005552800 holds by re-INVITE after 1 s and resumes 1 s later",
    "+15005552800",
    { hangupAfterMs: 4_000 },
    [
      "0 >INVITE",
      "0 <100",
      "200 <180",
      "1000 <200",
      "1000 pstn plays echo",
      "1000 >ACK",
      "1000 pbx plays silence",
      "2000 <INVITE sendonly",
      "2000 >100",
      "2000 >200 recvonly",
      "2000 <ACK",
      "3000 <INVITE",
      "3000 >100",
      "3000 >200",
      "3000 <ACK",
      "5000 >BYE",
    ],
  ],
];
it.each(timelines)("interface §4: %s", async (_title, number, script, want) => {
  const both = pair();
  dial(both, number, script);
  await both.world.runUntil(200_000);
  expect(both.world.log.slice(0, want.length)).toEqual(want);
  both.pbx.hangUpAll();
  await both.world.runUntil(300_000);
  expect([both.pbx.liveCalls, both.pstn.liveCalls]).toEqual([0, 0]);
  const idle = { clientTransactions: 0, serverTransactions: 0, sessions: 0 };
  expect(both.pbx.counts()).toEqual(idle);
  expect(both.pstn.counts()).toEqual(idle);
});

it.each([
  [300, "Multiple Choices"],
  [407, "Proxy Authentication Required"],
  [422, "Session Interval Too Small"],
  [486, "Busy Here"],
  [499, "Request Failure"],
  [503, "Service Unavailable"],
  [600, "Busy Everywhere"],
  [699, "Global Failure"],
])("+15005551%i is refused with that status and `%s`, and the call is over", async (status, phrase) => {
  const both = pair();
  const call = dial(both, `+15005551${status}`);
  await both.world.runUntil(1_000);
  expect([call.status, call.sipStatus, call.reason, await call.answered]).toEqual(["failed", status, phrase, false]);
});

it("calls beyond the limit are refused with 503, and placing one fails at once", async () => {
  const both = pair(ANSWER_AT_ONCE, 2);
  const calls = [1, 2, 3].map(() => dial(both, "+12025550199"));
  await both.world.runUntil(2_000);
  expect(calls.map((call) => call.sipStatus)).toEqual([200, 200, 503]);
  expect(both.pstn.place(placed())).toMatchObject({ status: "failed", reason: "the simulated PSTN is full" });
});

it("RFC 3261 §11: OPTIONS is answered 200 with what is served", async () => {
  const both = pair();
  const text = [
    "OPTIONS sip:192.0.2.2 SIP/2.0",
    "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1",
    "Max-Forwards: 70",
    "From: <sip:a@192.0.2.1>;tag=1",
    "To: <sip:192.0.2.2>",
    "Call-ID: 1",
    "CSeq: 1 OPTIONS",
    "Content-Length: 0",
    "\r\n",
  ].join("\r\n");
  both.pstn.receive(both.world.flow(PSTN, PBX), text);
  await both.world.runUntil(0);
  expect(both.world.log).toEqual(["0 <200"]);
});

it("a body that is no SDP gets 415, SDP without audio 488", async () => {
  for (const [type, body, status] of [
    ["text/plain", "hello", 415],
    ["application/sdp", "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\nm=video 4000 RTP/AVP 31\r\n", 488],
  ] as const) {
    const both = pair();
    const text = [
      "INVITE sip:+12025550199@192.0.2.2 SIP/2.0",
      "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1",
      "Max-Forwards: 70",
      "From: <sip:a@192.0.2.1>;tag=1",
      "To: <sip:+12025550199@192.0.2.2>",
      "Call-ID: 1",
      "CSeq: 1 INVITE",
      "Contact: <sip:a@192.0.2.1>",
      `Content-Type: ${type}`,
      `Content-Length: ${body.length}`,
      "",
      body,
    ].join("\r\n");
    both.pstn.receive(both.world.flow(PSTN, PBX), text);
    await both.world.runUntil(0);
    expect(both.world.log).toContain(`0 <${status}`);
  }
});

function placed(behaviour: Partial<PlaceCall["behaviour"]> = {}): PlaceCall {
  return {
    to: "+12025550100",
    from: "+819012345678",
    callerName: 'Zoë "Z"',
    behaviour: { audio: "tone", digits: null, hangupAfterMs: null, giveUpAfterMs: 30_000, ...behaviour },
  };
}

it("CAR-3: a placed call is an INVITE with +E.164, the caller asserted and named, and is over after the callee's BYE", async () => {
  const { world, pbx, pstn } = pair();
  const { sid } = pstn.place(placed({ digits: "55" }));
  expect(pstn.fetch(sid)).toMatchObject({
    status: "calling",
    sipStatus: null,
    to: "+12025550100",
    from: "+819012345678",
  });
  await world.runUntil(1_000);
  const invite = pbx.invites[0];
  expect(invite?.requestUri).toBe("sip:+12025550100@192.0.2.1:5060");
  const caller = '"Zo\xc3\xab \\"Z\\"" <sip:+819012345678@192.0.2.2:5060>';
  expect(invite?.header("p-asserted-identity")).toBe(caller);
  expect(invite?.header("from")).toContain(caller);
  expect(pstn.fetch(sid)).toMatchObject({ status: "answered", sipStatus: 200 });
  expect(world.log).toContain("0 pstn plays tone");
  expect(world.log).toContain("500 pstn sends 55");
  pbx.calls[0]?.hangup();
  await world.runUntil(2_000);
  expect(pstn.fetch(sid)).toMatchObject({ status: "completed", sipStatus: 200, reason: "OK" });
});

const placements: [
  title: string,
  behaviour: PbxBehaviour,
  script: Partial<PlaceCall["behaviour"]>,
  atMs: number,
  want: object,
][] = [
  ["rings", { kind: "ring" }, {}, 1_000, { status: "ringing", sipStatus: null }],
  ["gives up with CANCEL", { kind: "ring" }, { giveUpAfterMs: 2_000 }, 2_000, { status: "failed", sipStatus: 487 }],
  ["is refused", { kind: "final", status: 404 }, {}, 0, { status: "failed", sipStatus: 404, reason: "Not Found" }],
  [
    "meets silence until Timer B",
    { kind: "drop" },
    { giveUpAfterMs: 90_000 },
    32_000,
    { status: "failed", sipStatus: 408 },
  ],
  ["gives up on silence", { kind: "drop" }, { giveUpAfterMs: 5_000 }, 32_000, { status: "failed" }],
  ["hangs up", ANSWER_AT_ONCE, { hangupAfterMs: 3_000 }, 3_000, { status: "completed", sipStatus: 200 }],
  ["waits a minute for BYE, no longer", ANSWER_AT_ONCE, {}, 60_000, { status: "completed", sipStatus: 200 }],
];
it.each(placements)("a placed call that %s", async (_title, behaviour, script, atMs, want) => {
  const { world, pbx, pstn } = pair(behaviour);
  const { sid } = pstn.place(placed(script));
  await world.runUntil(atMs);
  expect(pstn.fetch(sid)).toMatchObject(want);
  pstn.hangUpAll();
  await world.runUntil(atMs + 100_000);
  expect([pbx.liveCalls, pstn.liveCalls, pstn.counts().clientTransactions]).toEqual([0, 0, 0]);
});

it("a PBX that is dead for some numbers remembers each INVITE once, however often it was sent", async () => {
  const { world, pbx, pstn } = pair(({ requestUri }) =>
    requestUri.includes("100@") ? { kind: "drop" } : { kind: "final", status: 603 },
  );
  const next = pbx.nextInvite();
  const dead = pstn.place(placed({ giveUpAfterMs: 90_000 }));
  const declined = pstn.place({ ...placed(), to: "+12025550101" });
  await world.runUntil(40_000);
  expect((await next).requestUri).toContain("+12025550100@");
  expect(pbx.invites.map((invite) => calledNumber(invite.requestUri))).toEqual(["+12025550100", "+12025550101"]);
  expect(pbx.calls.length).toBe(1);
  expect([pstn.fetch(dead.sid)?.sipStatus, pstn.fetch(declined.sid)?.sipStatus]).toEqual([408, 603]);
});

it("a call whose audio cannot be opened is refused with 503, or fails before it is sent", async () => {
  const { world, pbx, pstn } = pair();
  world.openAudio = () => Promise.reject(new Error("EMFILE"));
  const taken = pbx.call({ domain: "x", to: "+12025550199", from: "+12025550100" }, async () => world.flow(PBX, PSTN));
  const { sid } = pstn.place(placed());
  await world.runUntil(0);
  expect(pstn.fetch(sid)).toMatchObject({ status: "failed", sipStatus: null, reason: "no audio: Error: EMFILE" });
  expect([taken.status, taken.reason]).toEqual(["failed", "no audio: Error: EMFILE"]);
  expect([pbx.liveCalls, pstn.liveCalls]).toEqual([0, 0]);
});

it("finished placed calls are remembered up to a bound, the oldest go first", async () => {
  const { world, pstn } = pair({ kind: "final", status: 486 });
  const sids: string[] = [];
  for (let i = 0; i < 1_010; i += 1) {
    sids.push(pstn.place(placed()).sid);
    if (i % 10 === 9) await world.runUntil(world.nowMs + 1);
  }
  expect(pstn.liveCalls).toBe(0);
  expect(sids.filter((sid) => pstn.fetch(sid) === undefined)).toEqual(sids.slice(0, 10));
});

it.each([
  ["sip:+15005552300@host;user=phone", "+15005552300"],
  ["sip:%2B15005552300;npdi@host", "+15005552300"],
  ["tel:+1-500-555-2300", "+15005552300"],
  ["sip:host", ""],
  ["http://x/", ""],
])("the called number of %s is %j", (uri, want) => {
  expect(calledNumber(uri)).toBe(want);
});

it("NUM-4: keys pressed at a number that is called go out once its call is up, and nowhere when nobody is called", async () => {
  const { world, pbx, pstn } = pair();
  expect(pstn.press("+12125550142", "123456")).toBe(false);
  dial({ world, pbx, pstn }, "+12125550142", { hangupAfterMs: 5_000 });
  await world.runUntil(300);
  expect(pstn.press("+12125550142", "123456")).toBe(true);
  expect(pstn.press("+12125550143", "1")).toBe(false);
  await world.runUntil(2_300);
  expect(pstn.press("+12125550142", "7")).toBe(true);
  await world.runUntil(10_000);
  expect(world.log.filter((line) => line.includes("sends"))).toEqual(["1500 pstn sends 123456", "2800 pstn sends 7"]);
  expect(pstn.press("+12125550142", "8")).toBe(false);
});
