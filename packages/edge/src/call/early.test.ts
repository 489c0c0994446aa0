import { describe, expect, it } from "vitest";
import type { CallInput, CallPlan } from "./call.types.ts";
import {
  a,
  answered,
  b,
  changed,
  DIALLED,
  describes,
  dialled,
  early,
  exchanged,
  fail,
  located,
  offer,
  picksUp,
  plan,
  play,
  refused,
  reliable,
  rings,
  shown,
  two,
} from "./play.fixture.ts";

const EARLY = `${DIALLED} | -silence rang media-answer(b,early-b) | A<183(early-a)`;
const heard = [...dialled, b(1, early), shown("early-a")];
const stream = (direction: string): string => `v=0\r\nm=audio 1 RTP/AVP 0\r\na=${direction}\r\n`;

const cases: [title: string, callPlan: CallPlan, inputs: CallInput[], want: string][] = [
  [
    "MED-3: of two early dialogs the first with media is heard, and the other's ringing is told",
    plan,
    [...dialled, b(1, rings("x")), b(1, describes("y", "early-y")), b(1, describes("x", "early-x")), b(1, rings("x"))],
    `${DIALLED} | -silence rang A<180 | -silence media-answer(b,early-y) | -silence | -silence A<180 => calling`,
  ],
  [
    "MED-3: whoever answers takes over, with what it described itself",
    plan,
    [...dialled, b(1, describes("y", "early-y")), b(1, describes("x", "early-x")), b(1, picksUp("x"))],
    `${DIALLED} | -silence rang media-answer(b,early-y) | -silence | -silence attempt0=200 media-answer(b,early-x) => answering`,
  ],
  [
    "RFC 3311 §5.1: an early offer of leg B is answered with what leg A said, and leg A's is put back before the answer",
    plan,
    [...heard, b(1, offer("new-b")), changed("b", "new-b", "yours"), b(1, picksUp("", "new-b"))],
    `${EARLY} | media-offer(b,new-b) media-answer(a,offer-a) | accept-offer(b,yours) | ` +
      "-silence attempt0=200 media-offer(a,offer-a) media-answer(b,new-b) => answering",
  ],
  [
    "a description in a later 183 answers leg A's offer again",
    plan,
    [...heard, b(1, offer("new-b")), changed("b", "new-b", "yours"), b(1, describes("", "newer-b"))],
    `${EARLY} | media-offer(b,new-b) media-answer(a,offer-a) | accept-offer(b,yours) | ` +
      "-silence media-offer(a,offer-a) media-answer(b,newer-b) => calling",
  ],
  [
    "RFC 3264 §6.1: it is answered in the direction that it allows",
    { ...plan, offer: stream("sendrecv") },
    [...heard, b(1, offer(stream("sendonly")))],
    `${EARLY.replace("offer-a", stream("sendrecv"))} | media-offer(b,${stream("sendonly")}) media-answer(a,${stream("recvonly")}) => calling`,
  ],
  [
    "an early offer of leg A is answered with what leg B said, and leg B hears of it after its answer",
    reliable,
    [
      ...heard,
      a(offer("new-a")),
      changed("a", "new-a", "yours"),
      b(1, picksUp("", "early-b")),
      answered,
      exchanged("new-a-b"),
    ],
    `${EARLY} | media-offer(a,new-a) media-answer(b,early-b) | accept-offer(a,yours) | ` +
      "-silence attempt0=200 media-answer(b,early-b) | -ring +duration3600000 answered A<200(answer-a) media-offer(a,new-a) | " +
      "offer(b,new-a-b) => connected",
  ],
  [
    "RFC 3262 §5: a caller told reliably hears of another answer by an offer after it",
    reliable,
    [...heard, b(1, picksUp("x", "answer-x")), answered, exchanged("x-for-a")],
    `${EARLY} | -silence attempt0=200 media-answer(b,answer-x) | ` +
      "-ring +duration3600000 answered A<200(answer-a) media-offer(b,answer-x) | offer(a,x-for-a) => connected",
  ],
  [
    "both have something to hear: one after the other",
    reliable,
    [
      ...[...heard, a(offer("new-a")), changed("a", "new-a", "yours"), b(1, picksUp("x", "answer-x")), answered],
      ...[exchanged("to-b"), b(1, { kind: "offer-answered", status: 200, sdp: "answer-x2" }), exchanged("unwanted")],
    ],
    `${EARLY} | media-offer(a,new-a) media-answer(b,early-b) | accept-offer(a,yours) | ` +
      "-silence attempt0=200 media-answer(b,answer-x) | -ring +duration3600000 answered A<200(answer-a) media-offer(a,new-a) | " +
      "offer(b,to-b) | media-answer(b,answer-x2) | media-offer(b,answer-x2) => connected",
  ],
  [
    "a caller that was told the same answer early has nothing more to hear",
    reliable,
    [...heard, b(1, picksUp("", "early-b")), answered],
    `${EARLY} | -silence attempt0=200 media-answer(b,early-b) | -ring +duration3600000 answered A<200(answer-a) => connected`,
  ],
  [
    "another fork's offer, one before any media, or one without SDP has to come again",
    plan,
    [...dialled, b(1, offer("x")), a(offer("y")), b(1, early), b(1, offer("x", "other")), b(1, offer())],
    `${DIALLED} | reject-offer(b,491) | reject-offer(a,491) | -silence rang media-answer(b,early-b) | ` +
      "reject-offer(b,491) | reject-offer(b,491) => calling",
  ],
  [
    "one that the media plane refuses leaves everything as it was",
    plan,
    [...heard, b(1, offer("bad")), refused({ kind: "change", tryNumber: 1, leg: "b", sdp: "bad" }, 488)],
    `${EARLY} | media-offer(b,bad) media-answer(a,offer-a) | ` +
      "reject-offer(b,488) media-offer(a,offer-a) media-answer(b,early-b) => calling",
  ],
  [
    "one that the answer overtakes has to come again",
    plan,
    [...heard, b(1, offer("new-b")), b(1, picksUp("", "early-b")), changed("b", "new-b", "yours")],
    `${EARLY} | media-offer(b,new-b) media-answer(a,offer-a) | -silence attempt0=200 media-answer(b,early-b) | ` +
      "reject-offer(b,491) => answering",
  ],
  [
    "the next target is offered after leg A's offer was put back, and asked nothing of the last one",
    plan,
    [...heard, b(1, offer("new-b")), changed("b", "new-b", "yours"), b(1, fail(503)), located(two)],
    `${EARLY} | media-offer(b,new-b) media-answer(a,offer-a) | accept-offer(b,yours) | attempt0=503 alert32011 ` +
      "locate sip:second | media-offer(a,offer-a) +silence4000 dial#2(1,192.0.2.2,offer-b) => calling",
  ],
];

describe("before the answer", () => {
  it.each(cases)("%s", (_title, callPlan, inputs, want) => {
    expect(play(callPlan, ...inputs)).toBe(want);
  });
});
