// npm run bench: every budget side by side with the peers that are installed, as a table and as JSON.
// Options: --quick (short runs, one round), --only signalling|media|parser|routing|lists, --rows (call records of the
// largest list, default 1000000), --json (JSON alone).
import { parseArgs } from "node:util";
import { benchLists, growth } from "./lists.ts";
import { benchMedia, type MediaResult, type Security } from "./media.ts";
import { benchParser } from "./parser.ts";
import { benchRouting } from "./routing.ts";
import { benchSignalling } from "./signalling.ts";

const { values: options } = parseArgs({
  options: {
    quick: { type: "boolean" },
    only: { type: "string" },
    json: { type: "boolean" },
    rate: { type: "string" },
    calls: { type: "string" },
    rows: { type: "string" },
  },
});
const rounds = options.quick ? 1 : 3;
const seconds = options.quick ? 6 : 15;

function table(title: string, rows: readonly Readonly<Record<string, string | number>>[]): void {
  if (options.json) return;
  process.stdout.write(`\n${title}\n`);
  if (rows.length === 0) process.stdout.write("  not measured: SIPp, or a C compiler with libsrtp2, is missing\n");
  else
    console.table(
      rows.map((row) =>
        Object.fromEntries(
          Object.entries(row).map(([key, value]) => [
            key,
            typeof value === "number" ? Number(value.toFixed(3)) : value,
          ]),
        ),
      ),
    );
}

/** Each figure of a peer as a multiple of ours is what counts on a shared machine. */
function ratio<T extends { readonly peer: string }>(
  rows: readonly T[],
  figure: (row: T) => number,
): Readonly<Record<string, number>> {
  const ours = rows.find((row) => row.peer === "trunkline");
  if (!ours) return {};
  return Object.fromEntries(
    rows
      .filter((row) => row !== ours)
      .map((row) => [`trunkline / ${row.peer}`, Number((figure(ours) / figure(row)).toPrecision(3))]),
  );
}

const wants = (section: string): boolean => (options.only ?? section) === section;
const signalling = !wants("signalling") ? [] : await benchSignalling(Number(options.rate ?? 150), seconds, rounds);
if (wants("signalling")) table("Signalling: authenticated calls, record stored", signalling);
// The loads that one relay thread is meant to carry without loss.
const mediaOf = (legs: Security, calls: number, recorded?: 1 | 2): Promise<readonly MediaResult[]> => {
  const load = { legs, calls: Number(options.calls ?? calls), seconds: Math.min(seconds, 10) };
  return benchMedia(recorded === undefined ? load : { ...load, recorded }, rounds);
};
const media = wants("media") ? await mediaOf("rtp", 400) : [];
if (wants("media")) table("Media: PCMU 20 ms both ways, one relay thread", media);
const secureMedia = wants("media") ? await mediaOf("srtp", 250) : [];
if (wants("media")) table("Media: the same with SRTP on one leg", secureMedia);
const recordedMono = wants("media") ? await mediaOf("rtp", 250, 1) : [];
if (wants("media")) table("Media: plain, each call recorded, both sides in one channel", recordedMono);
const recordedDual = wants("media") ? await mediaOf("rtp", 250, 2) : [];
if (wants("media")) table("Media: plain, each call recorded in two channels", recordedDual);
const parser = wants("parser") ? benchParser(rounds) : [];
if (wants("parser")) table("Parser: an INVITE as far as routing needs it, and the INVITE for the next hop", parser);
const routing = wants("routing") ? benchRouting() : [];
if (wants("routing")) table("Routing: one decision, with few trunks and with many", routing);
const lists = wants("lists") ? benchLists(Number(options.rows ?? (options.quick ? 100_000 : 1_000_000))) : [];
if (wants("lists")) table("Lists: pages of fifty, among few rows and among many", lists);
const ratios = {
  cpuPerCall: ratio(signalling, (row) => row.cpuSecondsPer1000Calls),
  cpuPerPacket: ratio(media, (row) => row.cpuSecondsPerMillionPackets),
  cpuPerSecurePacket: ratio(secureMedia, (row) => row.cpuSecondsPerMillionPackets),
  cpuPerRead: ratio(parser, (row) => row.microsPerRead),
  cpuPerReadAndWrite: ratio(parser, (row) => row.microsPerReadAndWrite),
  growthOfLists: growth(lists),
};
process.stdout.write(
  `${JSON.stringify({ signalling, media, secureMedia, recordedMono, recordedDual, parser, routing, lists, ratios }, null, options.json ? 0 : 2)}\n`,
);
