import { describe, expect, it } from "vitest";
import type { CallInput, CallPlan } from "./call.types.ts";
import {
  a,
  answered,
  b,
  bye,
  CLEAR,
  DIALLED,
  dialled,
  exchanged,
  offer,
  plan,
  play,
  TALKING,
  talking,
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
    "§14.2 asked to offer, we offer both directions and take the ACK's answer to the other leg",
    plan,
    [
      ...dialled,
      b(1, { kind: "answer", sdp: "v=0\r\na=recvonly\r\n" }),
      answered,
      a(offer()),
      exchanged("ours"),
      a({ kind: "acknowledged", sdp: "theirs" }),
      exchanged("theirs-b"),
      b(1, { kind: "offer-answered", status: 200, sdp: "ok-b" }),
      exchanged("ok-a"),
    ],
    `${TALKING.replace("answer-b", "v=0\r\na=recvonly\r\n")} | media-offer(b,v=0\r\na=sendrecv\r\n) | accept-offer(a,ours) | ` +
      "media-offer(a,theirs) | offer(b,theirs-b) | media-answer(b,ok-b) => connected",
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
