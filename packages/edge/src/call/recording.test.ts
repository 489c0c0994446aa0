import { describe, expect, it } from "vitest";
import type { CallInput, CallPlan } from "./call.types.ts";
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
  dialled,
  early,
  fail,
  located,
  moved,
  NEXT,
  noOffer,
  plan,
  play,
  recorded,
  redirected,
  refused,
  ringing,
  shown,
  two,
  UNOFFERED,
  unoffered,
} from "./play.fixture.ts";

const fromRinging: CallPlan = { ...plan, recordFrom: "ringing" };
const fromAnswer: CallPlan = { ...plan, recordFrom: "answer" };

const UP = "-ring +duration3600000 answered A<200(answer-a)";

describe("REC-1: when a recording begins, and who waits for it (REC-4)", () => {
  const cases: [title: string, callPlan: CallPlan, inputs: CallInput[], want: string][] = [
    [
      "not recorded: the answer waits for the media plane alone",
      plan,
      [...dialled, b(1, answer), answered],
      `${DIALLED} | -silence attempt0=200 media-answer(b,answer-b) | ${UP} => connected`,
    ],
    [
      "from the answer: it begins with the callee's 200, beside the media plane, and the caller's 200 waits for it",
      fromAnswer,
      [...dialled, b(1, answer), answered, recorded],
      `${DIALLED} | -silence attempt0=200 record media-answer(b,answer-b) | ${UP} => connected`,
    ],
    [
      "from the answer: it may be faster than the media plane",
      fromAnswer,
      [...dialled, b(1, answer), recorded, answered],
      `${DIALLED} | -silence attempt0=200 record media-answer(b,answer-b) | ${UP} => connected`,
    ],
    [
      "from the answer: early media passes without it",
      fromAnswer,
      [...dialled, b(1, early), shown("early-a"), b(1, answer), answered, recorded],
      `${DIALLED} | -silence rang media-answer(b,early-b) | A<183(early-a) | -silence attempt0=200 record media-answer(b,answer-b) | ${UP} => connected`,
    ],
    [
      "from ringing: it begins with the first ringing, which does not wait for it",
      fromRinging,
      [...dialled, b(1, ringing), recorded, b(1, ringing), b(1, answer), answered],
      `${DIALLED} | -silence rang record A<180 | -silence A<180 | -silence attempt0=200 media-answer(b,answer-b) | ${UP} => connected`,
    ],
    [
      "from ringing: it begins before early media is let through",
      fromRinging,
      [...dialled, b(1, early), shown("early-a"), recorded, b(1, answer), answered],
      `${DIALLED} | -silence rang record media-answer(b,early-b) | A<183(early-a) | -silence attempt0=200 media-answer(b,answer-b) | ${UP} => connected`,
    ],
    [
      "from ringing: the answer waits for one that is still beginning",
      fromRinging,
      [...dialled, b(1, ringing), b(1, answer), answered, recorded],
      `${DIALLED} | -silence rang record A<180 | -silence attempt0=200 media-answer(b,answer-b) | ${UP} => connected`,
    ],
    [
      "from ringing: at the answer when nobody rang",
      fromRinging,
      [...dialled, b(1, answer), answered, recorded],
      `${DIALLED} | -silence attempt0=200 record media-answer(b,answer-b) | ${UP} => connected`,
    ],
    [
      "it begins once, however many targets ring",
      fromRinging,
      [...dialled, b(1, ringing), recorded, b(1, fail(500)), located(two), b(2, ringing), b(2, answer), answered],
      `${DIALLED} | -silence rang record A<180 | attempt0=500 alert32011 ${NEXT} | -silence A<180 | -silence attempt1=200 media-answer(b,answer-b) | ${UP} => connected`,
    ],
    [
      "ORIG-9: a redirected call keeps its recording",
      fromAnswer,
      [...dialled, b(1, moved("sip:there")), redirected("sip:there"), located(two), b(2, answer), recorded, answered],
      `${DIALLED} | -silence attempt0=302 redirect0(sip:there) | locate sip:there | +silence4000 dial#2(1,192.0.2.2,offer-b) | -silence attempt1=200 record media-answer(b,answer-b) | ${UP} => connected`,
    ],
    [
      "a caller without an offer is recorded alike",
      { ...noOffer, recordFrom: "answer" },
      [...unoffered, b(1, answer), answered, recorded],
      `${UNOFFERED} | -silence attempt0=200 record media-offer(b,answer-b) | ${UP} => connected`,
    ],
    [
      "the caller gives up while it begins: the call ends, and a late beginning changes nothing",
      fromAnswer,
      [...dialled, b(1, answer), answered, a(cancel), recorded, closed, recorded],
      `${DIALLED} | -silence attempt0=200 record media-answer(b,answer-b) | ${CLEAR} | ended(caller,487,null) release(487) => over`,
    ],
    [
      "the callee hangs up while it begins",
      fromAnswer,
      [...dialled, b(1, answer), answered, b(1, bye), closed],
      `${DIALLED} | -silence attempt0=200 record media-answer(b,answer-b) | ${CLEAR} | ended(callee,480,null) release(480) => over`,
    ],
    [
      "media that is refused ends the call, recording or not",
      fromAnswer,
      [...dialled, b(1, answer), recorded, refused({ kind: "answer" }, 488), closed],
      `${DIALLED} | -silence attempt0=200 record media-answer(b,answer-b) | ${CLEAR} | ended(platform,502,null) release(502) => over`,
    ],
  ];
  it.each(cases)("%s", (_title, callPlan, inputs, want) => {
    expect(play(callPlan, ...inputs)).toBe(want);
  });
});
