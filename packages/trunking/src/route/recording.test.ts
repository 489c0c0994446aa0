import { describe, expect, it } from "vitest";
import type { Trunk } from "../model.ts";
import { originationUrl } from "../rows.fixture.ts";
import { route } from "./route.ts";
import type { Decision } from "./types.ts";
import { directoryOf, facts, originationRequest, terminationRequest } from "./world.fixture.ts";

type Settings = Pick<Trunk, "recordingMode" | "recordingTrim">;

function calls(trunk: Settings): readonly Decision[] {
  const directory = directoryOf({ trunk, acl: ["203.0.113.0/24"], urls: [originationUrl(1)] });
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
});

function show(decision: Decision): string {
  if (decision.kind !== "dial") return decision.kind;
  if (decision.recording === null) return "null";
  const { from, channels, trim } = decision.recording;
  return `${from} ${channels} ${trim ? "trimmed" : "whole"}`;
}
