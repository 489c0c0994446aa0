import { other } from "../description/negotiation.ts";
import type { Leg, LegCounters } from "../plane.ts";
import { isSpeech } from "../rtp/codec.ts";
import { estimateMos } from "../rtp/mos.ts";
import { QualityCourse, type StreamTotals } from "../rtp/quality-course.ts";
import { type Dictionary, dictionariesIn, dictionaryIn, numberIn, textIn } from "./bencode.ts";
import { UNNAMED } from "./engine-sdp.ts";

/**
 * The counters of a call, as rtpengine's answer to `query` tells them.
 *
 * It counts packets, and dropped ones among them; loss, jitter and round trip it knows only from what the ends report by RTCP (with
 * `--mos=LQ` from one report on). So `packetsLost` is 0, and the others null, as long as nobody reports. What a leg sends is judged by what
 * the other leg reports of it, the way from rtpengine to that leg included.
 */
export class CallCounters {
  #legs: readonly LegCounters[];
  #pulse = 0;
  readonly #sources: Record<Leg, string> = { a: "", b: "" };
  readonly #sourceChanges: Record<Leg, number> = { a: 0, b: 0 };
  readonly #course = new QualityCourse();

  /** @param srtp which legs speak it */
  constructor(srtp: Readonly<Record<Leg, boolean>>) {
    this.#legs = [noCounters("a", srtp.a), noCounters("b", srtp.b)];
  }

  /** With how it went over time, in the one direction that rtpengine tells. */
  read(nowMs: number): readonly LegCounters[] {
    const epochMs = Date.now() - performance.now();
    const totals = this.#legs.map(totalsOf);
    return this.#legs.map((counters, stream) => {
      const samples = this.#course.read(stream, totals, nowMs, epochMs);
      return { ...counters, samples: samples.map((sample) => ({ direction: "received", ...sample })) };
    });
  }

  /** A number that changes whenever something is heard from a leg, and not with what comes from elsewhere. */
  get pulse(): number {
    return this.#pulse;
  }

  take(fields: Dictionary, nowMs: number): void {
    const legs = { a: readLeg(fields, "a"), b: readLeg(fields, "b") };
    this.#pulse = legs.a.balance + legs.b.balance;
    this.#legs = this.#legs.map(({ leg, srtp = false }) => {
      this.#noteSource(leg, legs[leg].source);
      const reports = { own: reportBy(legs[leg], fields), other: reportBy(legs[other(leg)], fields) };
      return { ...countersOf(leg, legs[leg], reports), srtp, sourceChanges: this.#sourceChanges[leg] };
    });
    if (this.#course.isDue(nowMs)) this.#course.take(this.#legs.map(totalsOf), nowMs);
  }

  /** Changes between two looks are one, and one that went back is none. */
  #noteSource(leg: Leg, source: string): void {
    if (source === "" || source === this.#sources[leg]) return;
    if (this.#sources[leg] !== "") this.#sourceChanges[leg] += 1;
    this.#sources[leg] = source;
  }
}

type LegFacts = {
  /** Packets heard; too few, even below 0, when strangers sent of types that nobody named: those count as two errors each. */
  readonly balance: number;
  readonly bytes: number;
  readonly dropped: number;
  readonly codec: string | null;
  /** Where its first line is heard from; empty before it is known. */
  readonly source: string;
  /** Those that it sends with: its reports are filed under them. */
  readonly ssrcs: readonly string[];
};

function readLeg(fields: Dictionary, leg: Leg): LegFacts {
  const medias = dictionariesIn(dictionaryIn(dictionaryIn(fields, "tags"), leg), "medias");
  const all = medias.flatMap((media) => dictionariesIn(media, "streams"));
  const streams = medias.flatMap((media) => dictionariesIn(media, "streams").filter(isRtp));
  const isSecure = streams.some((stream) => stream.has("crypto suite"));
  const counted = sumOf(streams, "packets");
  const errors = sumOf(streams, "errors");
  // Packets from elsewhere are counted as packets and as errors; those that do not authenticate, as errors only.
  const balance = isSecure ? counted : counted - errors;
  const codec = medias.map((media) => textIn(media, "codec")?.split("/")[0]).find((one) => one !== undefined);
  const endpoint = dictionaryIn(streams[0] ?? fields, "endpoint");
  return {
    balance,
    bytes: sumOf(streams, "bytes"),
    dropped: errors,
    codec: balance > 0 && codec !== undefined && codec !== UNNAMED && isSpeech(codec) ? codec : null,
    source: balance > 0 ? `${textIn(endpoint, "address")} ${numberIn(endpoint, "port")}` : "",
    ssrcs: all.flatMap((stream) => (numberIn(stream, "SSRC") === undefined ? [] : [String(numberIn(stream, "SSRC"))])),
  };
}

function isRtp(stream: Dictionary): boolean {
  const flags = stream.get("flags");
  return Array.isArray(flags) && flags.includes("RTP");
}

function sumOf(streams: readonly Dictionary[], what: string): number {
  return streams.reduce((sum, stream) => sum + (numberIn(dictionaryIn(stream, "stats"), what) ?? 0), 0);
}

type Report = Dictionary | undefined;

function countersOf(leg: Leg, heard: LegFacts, reports: { readonly own: Report; readonly other: Report }): LegCounters {
  const { codec } = heard;
  const roundTripMs = averageOf(reports.own, "round-trip time leg", 1_000);
  const jitterMs = averageOf(reports.other, "jitter", 1);
  const lossPercent = averageOf(reports.other, "packet loss", 1);
  const isKnown = codec !== null && jitterMs !== null && lossPercent !== null;
  return {
    leg,
    codec,
    packetsReceived: Math.max(0, heard.balance),
    bytesReceived: heard.bytes,
    packetsLost: Math.max(0, (reports.other && numberIn(reports.other, "cumulative loss")) ?? 0),
    jitterMs,
    roundTripMs,
    mos: isKnown ? estimateMos({ codec, lossRatio: lossPercent / 100, jitterMs, roundTripMs }) : null,
    sourceChanges: 0,
    packetsRejected: heard.dropped,
  };
}

function totalsOf({
  packetsReceived: packets,
  packetsLost: lost,
  jitterMs,
  roundTripMs,
  codec,
}: LegCounters): StreamTotals {
  return { packets, lost, jitterMs, roundTripMs, codec };
}

function noCounters(leg: Leg, srtp: boolean): LegCounters {
  const heard = { balance: 0, bytes: 0, dropped: 0, codec: null, source: "", ssrcs: [] };
  return { ...countersOf(leg, heard, { own: undefined, other: undefined }), srtp };
}

/** What that leg reported of what it hears, or undefined when it did not. */
function reportBy(leg: LegFacts, fields: Dictionary): Dictionary | undefined {
  const reports = dictionaryIn(fields, "SSRC");
  const named = leg.ssrcs.find((ssrc) => reports.has(ssrc));
  return named === undefined ? undefined : dictionaryIn(reports, named);
}

/** rtpengine gives whole numbers; 0 as a round trip stands for none known. */
function averageOf(report: Dictionary | undefined, what: string, divisor: number): number | null {
  const average = report && numberIn(dictionaryIn(report, "average MOS"), what);
  if (average === undefined || (divisor > 1 && average === 0)) return null;
  return average / divisor;
}
