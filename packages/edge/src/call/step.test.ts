import { describe, expect, it } from "vitest";
import type { CallInput, CallPlan, CallState } from "./call.types.ts";
import {
  a,
  answer,
  answered,
  b,
  bye,
  CLEAR,
  cancel,
  closed,
  DIALLED,
  DIALLED2,
  describes,
  dialled,
  early,
  fail,
  located,
  lost,
  media,
  NEXT,
  one,
  picksUp,
  plan,
  play,
  prepared,
  refused,
  ringing,
  six,
  start,
  TALKING,
  talking,
  three,
  timer,
  toCarrier,
  trying,
  two,
} from "./play.fixture.ts";
import { step } from "./step.ts";

const cases: [title: string, callPlan: CallPlan, inputs: CallInput[], want: string][] = [
  [
    "a call is answered, talks and ends by the caller's BYE",
    plan,
    [...talking, a(bye), closed],
    `${TALKING} | ${CLEAR} | ended(caller,200,null) release(200) => over`,
  ],
  [
    "the callee hangs up",
    plan,
    [...talking, b(1, bye), closed],
    `${TALKING} | ${CLEAR} | ended(callee,200,null) release(200) => over`,
  ],
  [
    "ringing is told once to the record, each time to the caller",
    plan,
    [...dialled, b(1, trying), b(1, ringing), b(1, ringing)],
    `${DIALLED} | -silence | -silence rang A<180 | -silence A<180 => calling`,
  ],
  [
    "early media goes through the media plane before the caller hears of it",
    plan,
    [...dialled, b(1, early), media({ kind: "progress", tryNumber: 1, status: 183, reason: "" }, "early-a")],
    `${DIALLED} | -silence rang media-answer(b,early-b) | A<183(early-a) => calling`,
  ],
  [
    "early media that the media plane refuses is told as ringing only",
    plan,
    [...dialled, b(1, early), refused({ kind: "progress", tryNumber: 1, status: 183, reason: "" }, 400)],
    `${DIALLED} | -silence rang media-answer(b,early-b) | A<183 => calling`,
  ],
  [
    "an answer without SDP uses the early one",
    plan,
    [...dialled, b(1, early), b(1, picksUp(""))],
    `${DIALLED} | -silence rang media-answer(b,early-b) | -silence attempt0=200 media-answer(b,early-b) => answering`,
  ],
  [
    "an answer without SDP does not take another phone's",
    plan,
    [...dialled, b(1, describes("y", "early-y")), b(1, picksUp("x")), closed],
    `${DIALLED} | -silence rang media-answer(b,early-y) | attempt0=200 ${CLEAR} | ended(platform,502,null) release(502) => over`,
  ],
  [
    "an answer that never describes a session is a bad gateway",
    plan,
    [...dialled, b(1, picksUp("")), closed],
    `${DIALLED} | attempt0=200 ${CLEAR} | ended(platform,502,null) release(502) => over`,
  ],
  [
    "ORIG-4: not even a 100 in 4 s tries the next target and alerts 32011",
    plan,
    [...dialled, timer("silence"), located(two)],
    `${DIALLED} | abandon#1 attempt0=408 alert32011 ${NEXT} => calling`,
  ],
  [
    "ORIG-4: a 100 stops the search for silence",
    plan,
    [...dialled, b(1, trying), timer("silence")],
    `${DIALLED} | -silence => calling`,
  ],
  [
    "ORIG-4: 503 tries the next",
    plan,
    [...dialled, b(1, fail(503)), located(two)],
    `${DIALLED} | attempt0=503 alert32011 ${NEXT} => calling`,
  ],
  [
    "ORIG-4: 486 is definite and passed through, without an alert",
    plan,
    [...dialled, b(1, fail(486)), closed],
    `${DIALLED} | attempt0=486 ${CLEAR} | ended(callee,486,null) release(486) => over`,
  ],
  [
    "ORIG-4: the last failure is the caller's answer",
    plan,
    [...dialled, b(1, fail(500)), located(two), b(2, fail(480)), closed],
    `${DIALLED} | attempt0=500 alert32011 ${NEXT} | attempt1=480 alert32011 ${CLEAR} | ended(callee,480,32011) release(480) => over`,
  ],
  [
    "RFC 3263 §4.3: a second address of the same URI comes before the next attempt",
    plan,
    [start, located(one, two), prepared, b(1, lost)],
    `${DIALLED2} | attempt0=503 alert32011 +silence4000 dial#2(0,192.0.2.2,offer-b) => calling`,
  ],
  [
    "ORIG-4: silent addresses of one name share the 4 s of their attempt",
    plan,
    [start, located(one, two), prepared, timer("silence"), timer("silence"), located(three)],
    `${DIALLED2} | abandon#1 attempt0=408 alert32011 +silence2000 dial#2(0,192.0.2.2,offer-b) | ` +
      "abandon#2 attempt0=408 alert32011 locate sip:second | +silence4000 dial#3(1,192.0.2.3,offer-b) => calling",
  ],
  [
    "ORIG-4: an address that fails at once leaves its time to the others",
    plan,
    [start, located(one, two, three), prepared, b(1, lost), timer("silence")],
    `${DIALLED.replace("4000", "1333")} | attempt0=503 alert32011 +silence2000 dial#2(0,192.0.2.2,offer-b) | ` +
      "abandon#2 attempt0=408 alert32011 +silence2000 dial#3(0,192.0.2.3,offer-b) => calling",
  ],
  [
    "however many addresses there are, each is given 1 s",
    plan,
    [start, located(one, two, three, one, two, three, one, two), prepared],
    `${DIALLED.replace("4000", "1000")} => calling`,
  ],
  [
    "a definite answer ends the search at the first address",
    plan,
    [start, located(one, two), prepared, b(1, fail(404)), closed],
    `${DIALLED2} | attempt0=404 ${CLEAR} | ended(callee,404,null) release(404) => over`,
  ],
  [
    "NET-5: an address of the other family gets an offer of its own",
    plan,
    [start, located(six, one), prepared, b(1, lost), media({ kind: "prepare" }, "offer-b4")],
    `${DIALLED2.replace("192.0.2.1", "2001:db8::6")} | attempt0=503 alert32011 prepare(offer-a) | ` +
      "+silence4000 dial#2(0,192.0.2.1,offer-b4) => calling",
  ],
  [
    "a busy first address is not asked at its second",
    plan,
    [start, located(one, two), prepared, b(1, fail(500)), located(two)],
    `${DIALLED2} | attempt0=500 alert32011 ${NEXT} => calling`,
  ],
  [
    "an attempt whose host has no address is a failed attempt",
    plan,
    [start, located(), located(two), prepared],
    "+ring60000 locate sip:first | attempt0=503 alert32011 locate sip:second | prepare(offer-a) | +silence4000 dial#1(1,192.0.2.2,offer-b) => calling",
  ],
  [
    "TERM-12: a carrier's answer outside the retry list is definite",
    toCarrier,
    [...dialled, b(1, fail(480)), closed],
    `${DIALLED} | attempt0=480 ${CLEAR} | ended(callee,480,null) release(480) => over`,
  ],
  [
    "TERM-12: one inside it tries the next carrier and bothers no customer",
    toCarrier,
    [...dialled, b(1, fail(503)), located(two)],
    `${DIALLED} | attempt0=503 ${NEXT} => calling`,
  ],
  [
    "a challenge to us is not the caller's business",
    toCarrier,
    [...dialled, b(1, fail(407)), closed],
    `${DIALLED} | attempt0=407 ${CLEAR} | ended(callee,502,null) release(502) => over`,
  ],
  [
    "CANCEL ends a ringing call",
    plan,
    [...dialled, b(1, ringing), a(cancel), closed],
    `${DIALLED} | -silence rang A<180 | attempt0=487 ${CLEAR} | ended(caller,487,null) release(487) => over`,
  ],
  [
    "CANCEL while the host is looked up",
    plan,
    [start, a(cancel), closed],
    `+ring60000 locate sip:first | ${CLEAR} | ended(caller,487,null) release(487) => over`,
  ],
  [
    "CANCEL that crosses the callee's answer ends the answered leg too",
    plan,
    [...dialled, b(1, answer), a(cancel), answered, closed],
    `${DIALLED} | -silence attempt0=200 media-answer(b,answer-b) | ${CLEAR} | ended(caller,487,null) release(487) => over`,
  ],
  [
    "BYE of the callee before its answer reached the caller",
    plan,
    [...dialled, b(1, answer), b(1, bye), closed],
    `${DIALLED} | -silence attempt0=200 media-answer(b,answer-b) | ${CLEAR} | ended(callee,480,null) release(480) => over`,
  ],
  [
    "a late 200 of an abandoned try changes nothing",
    plan,
    [...dialled, timer("silence"), located(two), b(1, answer), b(2, ringing)],
    `${DIALLED} | abandon#1 attempt0=408 alert32011 ${NEXT} | -silence rang A<180 => calling`,
  ],
  [
    "early media of an abandoned try is stale",
    plan,
    [
      ...dialled,
      b(1, early),
      b(1, fail(503)),
      located(two),
      media({ kind: "progress", tryNumber: 1, status: 183, reason: "" }, "x"),
    ],
    `${DIALLED} | -silence rang media-answer(b,early-b) | attempt0=503 alert32011 ${NEXT} => calling`,
  ],
  [
    "nobody answers in time: 480",
    plan,
    [...dialled, b(1, ringing), timer("ring"), closed],
    `${DIALLED} | -silence rang A<180 | attempt0=487 ${CLEAR} | ended(platform,480,null) release(480) => over`,
  ],
  [
    "32102: SDP that the media plane cannot read",
    plan,
    [start, located(one), refused({ kind: "prepare" }, 400), closed],
    `+ring60000 locate sip:first | prepare(offer-a) | alert32102 ${CLEAR} | ended(platform,400,32102) release(400) => over`,
  ],
  [
    "no media ports left: 503",
    plan,
    [start, located(one), refused({ kind: "prepare" }, 503), closed],
    `+ring60000 locate sip:first | prepare(offer-a) | ${CLEAR} | ended(platform,503,null) release(503) => over`,
  ],
  [
    "the callee's SDP is refused: 502",
    plan,
    [...dialled, b(1, answer), refused({ kind: "answer" }, 488), closed],
    `${DIALLED} | -silence attempt0=200 media-answer(b,answer-b) | ${CLEAR} | ended(platform,502,null) release(502) => over`,
  ],
  [
    "32015: the maximum duration is over",
    plan,
    [...talking, timer("duration"), closed],
    `${TALKING} | alert32015 ${CLEAR} | ended(platform,200,32015) release(200) => over`,
  ],
  [
    "RFC 3262 §3: the caller never acknowledges the ringing",
    plan,
    [...dialled, b(1, ringing), a({ kind: "hangup", cause: "unacknowledged", why: undefined }), closed],
    `${DIALLED} | -silence rang A<180 | attempt0=487 ${CLEAR} | ended(platform,504,null) release(504) => over`,
  ],
  [
    "32022: the caller never acknowledges",
    plan,
    [...talking, a({ kind: "hangup", cause: "unacknowledged", why: undefined }), closed],
    `${TALKING} | alert32022 ${CLEAR} | ended(platform,200,32022) release(200) => over`,
  ],
  [
    "media fails in the call",
    plan,
    [...talking, { kind: "media-failed", why: "worker died" }, closed],
    `${TALKING} | ${CLEAR} | ended(internal,200,null) release(200) => over`,
  ],
  [
    "hung up from outside while talking",
    plan,
    [...talking, { kind: "hang-up", sipStatus: 487, phrase: "X", reason: "API" }, closed],
    `${TALKING} | ${CLEAR} | ended(platform,200,null) release(200) => over`,
  ],
  [
    "hung up from outside while ringing",
    plan,
    [...dialled, { kind: "hang-up", sipStatus: 503, phrase: "X", reason: "closing" }, closed],
    `${DIALLED} | attempt0=487 ${CLEAR} | ended(platform,503,null) release(503) => over`,
  ],
  [
    "both sides hang up at once: one end",
    plan,
    [...talking, a(bye), b(1, bye), closed, b(1, bye)],
    `${TALKING} | ${CLEAR} | ended(caller,200,null) release(200) => over`,
  ],
];

describe("the call machine", () => {
  it.each(cases)("%s", (_title, callPlan, inputs, want) => {
    expect(play(callPlan, ...inputs)).toBe(want);
  });

  it("leaves no timer running in any ending", () => {
    for (const [title, callPlan, inputs] of cases) {
      let state: CallState = { name: "new" };
      const running = new Set<string>();
      for (const input of inputs) {
        const taken = step(callPlan, state, input);
        state = taken.state;
        for (const output of taken.outputs) {
          if (output.kind === "set") running.add(output.timer);
          if (output.kind === "clear") running.delete(output.timer);
        }
      }
      if (state.name === "over") expect([title, ...running]).toEqual([title]);
    }
  });
});
