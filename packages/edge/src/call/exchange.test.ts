import { describe, expect, it } from "vitest";
import type { CallInput, CallPlan } from "./call.types.ts";
import {
  a,
  answer,
  answered,
  b,
  bye,
  CLEAR,
  closed,
  DIALLED,
  dialled,
  early,
  exchanged,
  located,
  lost,
  noOffer,
  offer,
  one,
  plan,
  play,
  refused,
  ringing,
  six,
  start,
  TALKING,
  talking,
  two,
  UNOFFERED,
  unoffered,
} from "./play.fixture.ts";

const cases: [title: string, callPlan: CallPlan, inputs: CallInput[], want: string][] = [
  [
    "RFC 3264 §8: an offer goes to the other leg and its answer back",
    plan,
    [
      ...talking,
      a(offer("hold-a")),
      exchanged("hold-b"),
      b(1, { kind: "offer-answered", status: 200, sdp: "held-b" }),
      exchanged("held-a"),
    ],
    `${TALKING} | media-offer(a,hold-a) | offer(b,hold-b) | media-answer(b,held-b) | accept-offer(a,held-a) => connected`,
  ],
  [
    "RFC 3261 §14.1: a refused offer is refused to who made it, and the old description put back",
    plan,
    [
      ...talking,
      b(1, offer("new-b")),
      exchanged("new-a"),
      a({ kind: "offer-answered", status: 488, sdp: undefined }),
      exchanged("x"),
    ],
    `${TALKING} | media-offer(b,new-b) | offer(a,new-a) | reject-offer(b,488) media-offer(b,answer-b) => connected`,
  ],
  [
    "481 of the other leg must not end the asking dialog",
    plan,
    [...talking, a(offer("x")), exchanged("y"), b(1, { kind: "offer-answered", status: 481, sdp: undefined })],
    `${TALKING} | media-offer(a,x) | offer(b,y) | reject-offer(a,488) media-offer(a,offer-a) => connected`,
  ],
  [
    "§14.1 two offers at once: the second is told 491",
    plan,
    [...talking, a(offer("x")), b(1, offer("y"))],
    `${TALKING} | media-offer(a,x) | reject-offer(b,491) => connected`,
  ],
  [
    "§14.2 asked to offer, we ask the other leg, and the ACK's answer goes there in ours",
    plan,
    [
      ...talking,
      a(offer()),
      b(1, { kind: "offer-answered", status: 200, sdp: "offer-b" }),
      exchanged("offer-a"),
      a({ kind: "acknowledged", sdp: "theirs" }),
      exchanged("theirs-b"),
    ],
    `${TALKING} | offer(b,-) | media-offer(b,offer-b) | accept-offer(a,offer-a) | media-answer(a,theirs) | B<ACK(theirs-b) => connected`,
  ],
  [
    "§14.2 the same from the callee",
    plan,
    [
      ...talking,
      b(1, offer()),
      a({ kind: "offer-answered", status: 200, sdp: "offer-a" }),
      exchanged("offer-b"),
      b(1, { kind: "acknowledged", sdp: "theirs" }),
      exchanged("theirs-a"),
    ],
    `${TALKING} | offer(a,-) | media-offer(a,offer-a) | accept-offer(b,offer-b) | media-answer(b,theirs) | A<ACK(theirs-a) => connected`,
  ],
  [
    "§14.2 a leg that refuses to offer leaves both as they were",
    plan,
    [...talking, a(offer()), b(1, { kind: "offer-answered", status: 488, sdp: undefined })],
    `${TALKING} | offer(b,-) | reject-offer(a,488) => connected`,
  ],
  [
    "§14.2 an ACK without the answer leaves its leg as it was described",
    plan,
    [
      ...talking,
      a(offer()),
      b(1, { kind: "offer-answered", status: 200, sdp: "offer-b" }),
      exchanged("offer-a"),
      a({ kind: "acknowledged", sdp: undefined }),
      exchanged("same-b"),
    ],
    `${TALKING} | offer(b,-) | media-offer(b,offer-b) | accept-offer(a,offer-a) | media-answer(a,offer-a) | B<ACK(same-b) => connected`,
  ],
  [
    "RFC 3261 §13.2.1: a caller without an offer is shown the callee's, and its ACK's answer goes there in ours",
    noOffer,
    [
      ...unoffered,
      b(1, ringing),
      b(1, answer),
      answered,
      a({ kind: "acknowledged", sdp: "late-a" }),
      exchanged("late-b"),
    ],
    `${UNOFFERED} | -silence rang A<180 | -silence attempt0=200 media-offer(b,answer-b) | ` +
      "-ring +duration3600000 answered A<200(answer-a) | media-answer(a,late-a) | B<ACK(late-b) => connected",
  ],
  [
    "§13.2.2.4: an ACK without the answer ends the call with 32103",
    noOffer,
    [...unoffered, b(1, answer), answered, a({ kind: "acknowledged", sdp: undefined }), closed],
    `${UNOFFERED} | -silence attempt0=200 media-offer(b,answer-b) | -ring +duration3600000 answered A<200(answer-a) | ` +
      `alert32103 ${CLEAR} | ended(platform,200,32103) release(200) => over`,
  ],
  [
    "an ACK whose answer the media plane cannot use ends it with 32102",
    noOffer,
    [
      ...unoffered,
      b(1, answer),
      answered,
      a({ kind: "acknowledged", sdp: "x" }),
      refused({ kind: "exchange" }, 488),
      closed,
    ],
    `${UNOFFERED} | -silence attempt0=200 media-offer(b,answer-b) | -ring +duration3600000 answered A<200(answer-a) | ` +
      `media-answer(a,x) | alert32102 ${CLEAR} | ended(platform,200,32102) release(200) => over`,
  ],
  [
    "until that ACK nobody may change the session",
    noOffer,
    [...unoffered, b(1, answer), answered, a(offer("x"))],
    `${UNOFFERED} | -silence attempt0=200 media-offer(b,answer-b) | -ring +duration3600000 answered A<200(answer-a) | ` +
      "reject-offer(a,491) => connected",
  ],
  [
    "§13.2.1: an unreliable description is no offer, so a caller without one does not hear of it",
    noOffer,
    [...unoffered, b(1, early)],
    `${UNOFFERED} | -silence rang A<183 => calling`,
  ],
  [
    "a caller without an offer fails over like any other, to the other address family too",
    noOffer,
    [start, located(one, two, six), b(1, lost), b(2, lost)],
    "+ring60000 locate sip:first | prepare(-) +silence1333 dial#1(0,192.0.2.1,-) | attempt0=503 alert32011 " +
      "+silence2000 dial#2(0,192.0.2.2,-) | attempt0=503 alert32011 prepare(-) +silence4000 dial#3(0,2001:db8::6,-) => calling",
  ],
  [
    "RFC 4028 §7.4: a refresh that brings another answer moves that leg's media and bothers nobody else",
    plan,
    [...talking, b(1, { kind: "offer-answered", status: 200, sdp: "moved-b" })],
    `${TALKING} | media-offer(a,offer-a) media-answer(b,moved-b) => connected`,
  ],
  [
    "an offer before the answer is told to wait",
    plan,
    [...dialled, a(offer("x"))],
    `${DIALLED} | reject-offer(a,491) => calling`,
  ],
  [
    "an offer after the end is refused too",
    plan,
    [...talking, a(bye), b(1, offer("x"))],
    `${TALKING} | ${CLEAR} | reject-offer(b,491) => closing`,
  ],
];

describe("changes of the session", () => {
  it.each(cases)("%s", (_title, callPlan, inputs, want) => {
    expect(play(callPlan, ...inputs)).toBe(want);
  });
});
