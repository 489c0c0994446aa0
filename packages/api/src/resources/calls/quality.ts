import type { LegQuality, QualitySample } from "@trunkline/trunking";
import { z } from "zod";
import type { Context, Route } from "../../route.ts";
import { findCapture } from "./call-capture.ts";

const legShape = z.strictObject({
  leg: z.enum(["a", "b"]),
  codec: z.string().nullable(),
  packets_received: z.int(),
  bytes_received: z.int(),
  packets_lost: z.int(),
  jitter_ms: z.number().nullable(),
  round_trip_ms: z.number().nullable(),
  mos: z.number().nullable(),
  source_changes: z.int(),
  srtp: z.boolean().nullable(),
  packets_rejected: z.int().nullable(),
});

const sampleShape = z.strictObject({
  leg: z.enum(["a", "b"]),
  direction: z.enum(["received", "sent"]),
  at_ms: z.number(),
  packets: z.int(),
  packets_lost: z.int(),
  jitter_ms: z.number().nullable(),
  round_trip_ms: z.number().nullable(),
  mos: z.number().nullable(),
});

const shape = z.strictObject({
  call_sid: z.string(),
  account_sid: z.string(),
  legs: z.array(legShape),
  samples: z.array(sampleShape),
  url: z.string(),
});

/** The audio of a call (MED-6, EVD-2): while it runs as it is now, afterwards as it was in all. */
export const qualityRoute: Route = {
  method: "GET",
  product: "trunkline",
  scope: "account",
  path: "/Calls/:sid/Quality",
  summary: "Fetch: how the audio of a call is or was, in all and over time",
  form: {},
  success: { status: 200, schema: shape },
  run: async (at: Context) => {
    const { deps, account } = at;
    const sid = at.param("sid");
    const record = await deps.store.calls.fetch(account.sid, sid);
    const live = record?.endedAtMs == null ? await deps.callAudio?.fetch(account.sid, sid) : undefined;
    if (record === undefined && live === undefined) return at.missing();
    const media = live?.media ?? (await findCapture(at, sid))?.capture.media;
    const begunAtMs = record?.createdAtMs ?? media?.samples[0]?.atMs ?? 0;
    const body: z.infer<typeof shape> = {
      call_sid: sid,
      account_sid: account.sid,
      legs: (live?.quality ?? record?.quality ?? []).map(viewLeg),
      samples: (media?.samples ?? []).map((sample) => viewSample(sample, begunAtMs)),
      url: at.links.absolute("trunkline", `/Calls/${sid}/Quality`),
    };
    return { status: 200, body };
  },
};

function viewLeg(leg: LegQuality): z.infer<typeof legShape> {
  return {
    leg: leg.leg,
    codec: leg.codec,
    packets_received: leg.packetsReceived,
    bytes_received: leg.bytesReceived,
    packets_lost: leg.packetsLost,
    jitter_ms: leg.jitterMs,
    round_trip_ms: leg.roundTripMs,
    mos: leg.mos,
    source_changes: leg.sourceChanges,
    srtp: leg.srtp ?? null,
    packets_rejected: leg.packetsRejected ?? null,
  };
}

function viewSample(sample: QualitySample, begunAtMs: number): z.infer<typeof sampleShape> {
  return {
    leg: sample.leg,
    direction: sample.direction,
    at_ms: Math.max(0, sample.atMs - begunAtMs),
    packets: sample.packets,
    packets_lost: sample.lost,
    jitter_ms: sample.jitterMs,
    round_trip_ms: sample.roundTripMs,
    mos: sample.mos,
  };
}
