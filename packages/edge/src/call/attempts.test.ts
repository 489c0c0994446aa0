import { describe, expect, it } from "vitest";
import type { CallInput, CallPlan, Hunt } from "./call.types.ts";
import {
  a,
  answer,
  answered,
  b,
  CLEAR,
  cancel,
  closed,
  DIALLED,
  dialled,
  fail,
  full,
  located,
  media,
  moved,
  NEXT,
  one,
  plan,
  play,
  prepared,
  redirected,
  redirectRefused,
  refused,
  start,
  TALKING,
  talking,
  timer,
  toCarrier,
  two,
  UNOFFERED,
  unoffered,
} from "./play.fixture.ts";
import { step } from "./step.ts";

/** Its second attempt wants other media than the first. */
const unlike: CallPlan = {
  ...toCarrier,
  attempts: toCarrier.attempts.map((attempt, index) => ({ ...attempt, media: `media ${index}` })),
};
const preparedAgain = media({ kind: "prepare" }, "offer-b2");
const silent: CallInput = { kind: "media-silent", forMs: 60_000 };
/** What the 302 of the first attempt leads to. */
const MOVED = `${DIALLED} | -silence attempt0=302 redirect0(sip:there)`;
const THERE = `${MOVED} | locate sip:there | +silence4000 dial#2(1,192.0.2.2,offer-b)`;
const there = [...dialled, b(1, moved("sip:there")), redirected("sip:there"), located(two)];

type Case = [title: string, callPlan: CallPlan, inputs: CallInput[], want: string];

describe("LIM-1: a carrier at its limit", () => {
  const cases: Case[] = [
    [
      "is not called; the next one is",
      toCarrier,
      [start, full, located(two), prepared],
      "+ring60000 locate sip:first | attempt0=503 locate sip:second | prepare(offer-a) | +silence4000 dial#1(1,192.0.2.2,offer-b) => calling",
    ],
    [
      "is passed over after another's failure too; the caller hears when to come again",
      toCarrier,
      [...dialled, b(1, fail(503)), full, closed],
      `${DIALLED} | attempt0=503 locate sip:second | attempt1=503 alert13224 ${CLEAR} | ended(platform,503,13224) release(503) => over`,
    ],
    [
      "which crossed the caller's CANCEL changes nothing",
      toCarrier,
      [start, a(cancel), full, closed],
      `+ring60000 locate sip:first | ${CLEAR} | ended(caller,487,null) release(487) => over`,
    ],
  ];
  it.each(cases)("%s", (_title, callPlan, inputs, want) => expect(play(callPlan, ...inputs)).toBe(want));

  it("the 503 says when there is room again", () => {
    const { state } = step(toCarrier, { name: "locating", hunt: huntAt(1) }, full);
    expect(state).toMatchObject({ name: "closing", ending: { sipStatus: 503, retryAfterSec: 7 } });
  });
});

describe("ORIG-9: a 302 of the customer's server", () => {
  const cases: Case[] = [
    ["is followed, without an alert", plan, there, `${THERE} => calling`],
    [
      "and who answers there has the call",
      plan,
      [...there, b(2, answer), answered],
      `${THERE} | -silence attempt1=200 media-answer(b,answer-b) | -ring +duration3600000 answered A<200(answer-a) => connected`,
    ],
    [
      "a second one fails the call",
      plan,
      [...there, b(2, moved("sip:further")), redirectRefused, closed],
      `${THERE} | -silence attempt1=302 redirect1(sip:further,again) | alert32219 ${CLEAR} | ended(platform,502,32219) release(502) => over`,
    ],
    [
      "one that leads nowhere fails it too, and no other target is tried",
      plan,
      [...dialled, b(1, moved()), redirectRefused, closed],
      `${DIALLED} | -silence attempt0=302 redirect0(-) | alert32219 ${CLEAR} | ended(platform,502,32219) release(502) => over`,
    ],
    [
      "ORIG-4: where it leads is a target like the others: silence there tries the next",
      plan,
      [...there, timer("silence"), located(one)],
      `${THERE} | abandon#2 attempt1=408 alert32011 locate sip:second | +silence4000 dial#3(2,192.0.2.1,offer-b) => calling`,
    ],
    [
      "of the second target is the call's first all the same",
      plan,
      [...dialled, b(1, fail(503)), located(two), b(2, moved("sip:there"))],
      `${DIALLED} | attempt0=503 alert32011 ${NEXT} | -silence attempt1=302 redirect1(sip:there) => locating`,
    ],
    [
      "crossed by the caller's CANCEL calls nobody",
      plan,
      [...dialled, b(1, moved("sip:there")), a(cancel), redirected("sip:there"), closed],
      `${MOVED} | ${CLEAR} | ended(caller,487,null) release(487) => over`,
    ],
    [
      "a late one of a try that was given up is stale",
      plan,
      [...dialled, timer("silence"), located(two), b(1, moved("sip:there"))],
      `${DIALLED} | abandon#1 attempt0=408 alert32011 ${NEXT} => calling`,
    ],
    [
      "of a carrier is its failure: where calls to it go is not its to say",
      toCarrier,
      [...dialled, b(1, moved("sip:there")), closed],
      `${DIALLED} | attempt0=302 ${CLEAR} | ended(callee,502,null) release(502) => over`,
    ],
    [
      "ORIG-4: 301, 300, 305 and 380 are failed attempts",
      plan,
      [...dialled, b(1, fail(301)), located(two), b(2, fail(380)), closed],
      `${DIALLED} | attempt0=301 alert32011 ${NEXT} | attempt1=380 alert32011 ${CLEAR} | ended(callee,502,32011) release(502) => over`,
    ],
  ];
  it.each(cases)("%s", (_title, callPlan, inputs, want) => expect(play(callPlan, ...inputs)).toBe(want));
});

describe("media that differs from attempt to attempt", () => {
  const failedOver = [...dialled, b(1, fail(503)), located(two), preparedAgain];
  const cases: Case[] = [
    [
      "SEC-2, CAR-1: one that needs other media gets a session of its own",
      unlike,
      failedOver,
      `${DIALLED} | attempt0=503 locate sip:second | prepare(offer-a) | +silence4000 dial#2(1,192.0.2.2,offer-b2) => calling`,
    ],
    [
      "also when the caller made no offer",
      { ...unlike, offer: undefined },
      [...unoffered, b(1, fail(503)), located(two)],
      `${UNOFFERED} | attempt0=503 locate sip:second | prepare(-) +silence4000 dial#2(1,192.0.2.2,-) => calling`,
    ],
    [
      "what the first carrier's codecs cannot serve is taken to the next",
      unlike,
      [start, located(one), refused({ kind: "prepare" }, 488), located(two), preparedAgain],
      "+ring60000 locate sip:first | prepare(offer-a) | attempt0=488 locate sip:second | prepare(offer-a) | +silence4000 dial#1(1,192.0.2.2,offer-b2) => calling",
    ],
    [
      "but not to one of the same media",
      toCarrier,
      [start, located(one), refused({ kind: "prepare" }, 488), closed],
      `+ring60000 locate sip:first | prepare(offer-a) | alert32102 ${CLEAR} | ended(platform,488,32102) release(488) => over`,
    ],
    [
      "and an offer that nobody can read is nobody's",
      unlike,
      [start, located(one), refused({ kind: "prepare" }, 400), closed],
      `+ring60000 locate sip:first | prepare(offer-a) | alert32102 ${CLEAR} | ended(platform,400,32102) release(400) => over`,
    ],
  ];
  it.each(cases)("%s", (_title, callPlan, inputs, want) => expect(play(callPlan, ...inputs)).toBe(want));
});

describe("MED-4: nobody is heard", () => {
  const cases: Case[] = [
    [
      "32014: the call is ended on both sides",
      plan,
      [...talking, silent, closed],
      `${TALKING} | alert32014 ${CLEAR} | ended(platform,200,32014) release(200) => over`,
    ],
    ["before the answer that is no news", plan, [...dialled, silent], `${DIALLED} => calling`],
    [
      "nor while the answer is with the media plane",
      plan,
      [...dialled, b(1, answer), silent, answered],
      `${TALKING} => connected`,
    ],
  ];
  it.each(cases)("%s", (_title, callPlan, inputs, want) => expect(play(callPlan, ...inputs)).toBe(want));
});

function huntAt(attempt: number): Hunt {
  return {
    attempts: toCarrier.attempts,
    attempt,
    redirected: false,
    targets: [],
    tries: 0,
    silenceLeftMs: 0,
    prepared: undefined,
    heard: false,
    rang: false,
    early: [],
    caller: "offer-a",
    shown: undefined,
    isTurned: false,
    recording: "none",
  };
}
