import { describe, expect, it } from "vitest";
import type { Trunk } from "../model.ts";
import { ACCOUNT, originationUrl, sid } from "../rows.fixture.ts";
import { DEFAULT_ACCOUNT_SETTINGS } from "./account-settings.ts";
import { route } from "./route.ts";
import type { Decision } from "./types.ts";
import { directoryOf, facts, originationRequest, terminationRequest, type World } from "./world.fixture.ts";

const KEY = { sid: sid("CR", 1), accountSid: ACCOUNT, publicKey: "PEM" };

type Settings = Pick<Trunk, "recordingMode" | "recordingTrim">;

function calls(trunk: Settings, world: World = {}): readonly Decision[] {
  const directory = directoryOf({ ...world, trunk, acl: ["203.0.113.0/24"], urls: [originationUrl(1)] });
  return [terminationRequest(), originationRequest()].map((request) => route(request, directory, facts()));
}

describe("REC-1, contract §2.2: what a trunk's recording setting means for its calls", () => {
  it.each<[mode: Settings["recordingMode"], trim: Settings["recordingTrim"], want: string]>([
    ["do-not-record", "do-not-trim", "null"],
    ["do-not-record", "trim-silence", "null"],
    ["record-from-ringing", "do-not-trim", "ringing 1 whole"],
    ["record-from-ringing", "trim-silence", "ringing 1 trimmed"],
    ["record-from-answer", "do-not-trim", "answer 1 whole"],
    ["record-from-answer", "trim-silence", "answer 1 trimmed"],
    ["record-from-ringing-dual", "do-not-trim", "ringing 2 whole"],
    ["record-from-ringing-dual", "trim-silence", "ringing 2 trimmed"],
    ["record-from-answer-dual", "do-not-trim", "answer 2 whole"],
    ["record-from-answer-dual", "trim-silence", "answer 2 trimmed"],
  ])("%s, %s: %s, both directions alike", (recordingMode, recordingTrim, want) => {
    expect(calls({ recordingMode, recordingTrim }).map(show)).toEqual([want, want]);
  });

  it("EVD-1: the trace of either direction says how, and nothing where there is no recording", () => {
    const steps = (settings: Settings) =>
      calls(settings).map((decision) =>
        decision.kind === "dial" ? decision.trace.filter(({ rule }) => rule.endsWith(".recording")) : [decision],
      );
    const recorded = steps({ recordingMode: "record-from-ringing-dual", recordingTrim: "trim-silence" });
    const want = {
      input: "record-from-ringing-dual",
      verdict: "info",
      detail:
        "The call is recorded from ringing on, each side in a channel of its own; silence at its beginning and end is cut.",
    };
    expect(recorded).toMatchObject([
      [{ rule: "termination.recording", ...want }],
      [{ rule: "origination.recording", ...want }],
    ]);
    expect(steps({ recordingMode: "do-not-record", recordingTrim: "do-not-trim" })).toEqual([[], []]);
  });

  it.each<[title: string, recordingKeySid: string | null, want: object | null]>([
    ["no key: in clear", null, null],
    ["to the account's key", KEY.sid, { sid: KEY.sid, publicKey: "PEM" }],
    ["to a key that is not there: to nothing, which no recorder does", sid("CR", 9), { publicKey: "" }],
  ])("REC-5: what is stored is encrypted, %s", (_title, recordingKeySid, want) => {
    const settings = [{ ...DEFAULT_ACCOUNT_SETTINGS, accountSid: ACCOUNT, recordingKeySid }];
    const mode = { recordingMode: "record-from-answer", recordingTrim: "do-not-trim" } as const;
    for (const decision of calls(mode, { settings, publicKeys: [KEY] })) {
      expect(decision).toMatchObject({ kind: "dial", recording: { encryptTo: want } });
      const [step] = decision.kind === "dial" ? decision.trace.slice(-1) : [];
      expect(step?.detail.includes("encrypted")).toBe(want !== null);
    }
  });
});

function show(decision: Decision): string {
  if (decision.kind !== "dial") return decision.kind;
  if (decision.recording === null) return "null";
  const { from, channels, trim } = decision.recording;
  return `${from} ${channels} ${trim ? "trimmed" : "whole"}`;
}
