import { describe, expect, it } from "vitest";
import { Malformed } from "../malformed.ts";
import { readMessage } from "../message/read.ts";
import { Unreadable } from "../message/unreadable.ts";
import { handRequest } from "./hand-peer.fixture.ts";
import {
  type AgreedTimer,
  agreedTimer,
  answerTimer,
  askTimer,
  minimumOf,
  parseSessionExpires,
  type TimerPolicy,
  timerPolicyOf,
  tooSmall,
} from "./session-expires.ts";

const ASKING: TimerPolicy = { intervalSec: 1_800, minimumSec: 120, ask: true };
const QUIET: TimerPolicy = { ...ASKING, ask: false };

function message(headers: Readonly<Record<string, string>>) {
  const read = readMessage(handRequest("UPDATE", headers));
  if (read instanceof Unreadable || read.kind !== "request") throw new Error("bad test");
  return read;
}

const text = (headers: readonly (readonly [string, string])[]): string =>
  headers.map((line) => line.join(": ")).join(", ");
const told = (timer: AgreedTimer | undefined): string =>
  timer === undefined ? "none" : `${timer.intervalSec} ${timer.weRefresh ? "we" : "they"}`;

describe("reading", () => {
  it.each([
    ["1800", "1800 -"],
    [" 90 ; refresher = UAC", "90 uac"],
    ["4000;refresher=uas;x=y", "4000 uas"],
    ["4000;refresher=both", "4000 -"],
    ["0000090", "90 -"],
    ["86401", "malformed"],
    ["-1", "malformed"],
    ["", "malformed"],
    ["90;;", "malformed"],
  ])("§4: Session-Expires %s", (value, want) => {
    const parsed = parseSessionExpires(value);
    expect(parsed instanceof Malformed ? "malformed" : `${parsed.intervalSec} ${parsed.refresher ?? "-"}`).toBe(want);
  });

  it.each([
    [{}, 90],
    [{ "Min-SE": "300;x" }, 300],
    [{ "Min-SE": "10" }, 90],
    [{ "Min-SE": "soon" }, 90],
  ])("§5: Min-SE of %j", (headers, want) => {
    expect(minimumOf(message(headers))).toBe(want);
  });

  it("timers are spoken when Supported says so, and never below 90 s", () => {
    const options = { product: "p", allow: [], advertised: () => ({ host: "h", port: 1 }) };
    expect(timerPolicyOf({ ...options, supported: [] })).toBeUndefined();
    expect(timerPolicyOf({ ...options, supported: ["timer"] })).toEqual({
      intervalSec: 1_800,
      minimumSec: 90,
      ask: true,
    });
    const sessionTimer = { intervalSec: 5, minimumSec: 10, ask: false };
    expect(timerPolicyOf({ ...options, supported: ["timer"], sessionTimer })).toEqual({
      intervalSec: 90,
      minimumSec: 90,
      ask: false,
    });
  });
});

describe("as the server (§9, table 2)", () => {
  const S = { Supported: "timer" };
  const cases: [string, Record<string, string>, TimerPolicy | undefined, AgreedTimer | undefined, string, string][] = [
    ["timers not spoken", { ...S, "Session-Expires": "300" }, undefined, undefined, "", "none"],
    ["nobody asks", S, QUIET, undefined, "", "none"],
    ["we ask, the client speaks it", S, ASKING, undefined, "1800;refresher=uas R", "1800 we"],
    ["we ask, the client does not speak it", {}, ASKING, undefined, "1800;refresher=uas", "1800 we"],
    ["we ask, not below its Min-SE", { ...S, "Min-SE": "4000" }, ASKING, undefined, "4000;refresher=uas R", "4000 we"],
    ["the client asks", { ...S, "Session-Expires": "300" }, QUIET, undefined, "300;refresher=uac R", "300 they"],
    ["as uac", { ...S, "Session-Expires": "300;refresher=uac" }, QUIET, undefined, "300;refresher=uac R", "300 they"],
    ["as uas", { ...S, "Session-Expires": "300;refresher=uas" }, QUIET, undefined, "300;refresher=uas R", "300 we"],
    [
      "a proxy asks for a client without",
      { "Session-Expires": "300;refresher=uac" },
      QUIET,
      undefined,
      "300;refresher=uas",
      "300 we",
    ],
    [
      "Require is as good as Supported",
      { Require: "timer", x: "300" },
      QUIET,
      undefined,
      "300;refresher=uac R",
      "300 they",
    ],
    ["nonsense is none", { ...S, "Session-Expires": "soon" }, QUIET, undefined, "", "none"],
    ["below 90 for a client without: none", { "Session-Expires": "30" }, ASKING, undefined, "", "none"],
    [
      "a refresh that says nothing keeps the timer, refreshed by them",
      S,
      QUIET,
      { intervalSec: 300, weRefresh: false },
      "300;refresher=uac R",
      "300 they",
    ],
    ["... by us", S, QUIET, { intervalSec: 300, weRefresh: true }, "300;refresher=uas R", "300 we"],
    [
      "a refresh may change the roles",
      { ...S, "Session-Expires": "300;refresher=uac" },
      QUIET,
      { intervalSec: 300, weRefresh: true },
      "300;refresher=uac R",
      "300 they",
    ],
  ];
  it.each(cases)("%s", (_title, headers, policy, running, wantHeaders, wantTimer) => {
    const { timer, headers: said } = answerTimer(message(headers), policy, running);
    expect(text(said).replace("Session-Expires: ", "").replace(", Require: timer", " R")).toBe(wantHeaders);
    expect(told(timer)).toBe(wantTimer);
  });

  it.each([
    ["a client that speaks it and asks for too little", { ...S, "Session-Expires": "90" }, ASKING, "Min-SE: 120"],
    ["enough", { ...S, "Session-Expires": "120" }, ASKING, undefined],
    ["a client that could not be told", { "Session-Expires": "90" }, ASKING, undefined],
    ["timers not spoken", { ...S, "Session-Expires": "90" }, undefined, undefined],
  ] as const)("§9, 422: %s", (_title, headers, policy, want) => {
    const refusal = tooSmall(message(headers), policy);
    expect(refusal && text(refusal)).toBe(want);
  });
});

describe("as the client (§7)", () => {
  const they = { intervalSec: 300, weRefresh: false };
  const we = { intervalSec: 300, weRefresh: true };
  it.each([
    ["timers not spoken", undefined, undefined, 90, ""],
    ["no wish of ours", QUIET, undefined, 90, ""],
    ["our wish: the server chooses who refreshes", ASKING, undefined, 90, "Session-Expires: 1800"],
    ["after a 422", ASKING, undefined, 4_000, "Session-Expires: 4000, Min-SE: 4000"],
    ["§7.4: later requests keep the roles", QUIET, we, 90, "Session-Expires: 300;refresher=uac"],
    ["... theirs too", QUIET, they, 90, "Session-Expires: 300;refresher=uas"],
  ])("asks: %s", (_title, policy, running, minimum, want) => {
    expect(text(askTimer(policy, running, minimum))).toBe(want);
  });

  it.each([
    ["timers not spoken", { "Session-Expires": "300" }, undefined, undefined, "none"],
    ["the server refreshes", { "Session-Expires": "300;refresher=uas" }, ASKING, undefined, "300 they"],
    ["we refresh", { "Session-Expires": "300;refresher=uac" }, ASKING, undefined, "300 we"],
    ["nobody said who: we", { "Session-Expires": "300" }, ASKING, undefined, "300 we"],
    ["it asks although we did not", { "Session-Expires": "300;refresher=uas" }, QUIET, undefined, "300 they"],
    ["silence: we refresh, as it is our wish", {}, ASKING, undefined, "1800 we"],
    ["silence switches it off when it was theirs", {}, QUIET, they, "none"],
    ["below the least", { "Session-Expires": "10;refresher=uac" }, ASKING, undefined, "90 we"],
  ])("§7.2: %s", (_title, headers, policy, running, want) => {
    expect(told(agreedTimer(message(headers), policy, running, 90))).toBe(want);
  });
});
