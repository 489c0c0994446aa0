import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  hasMarker,
  headerLength,
  isRtcp,
  payloadEnd,
  payloadTypeOf,
  sequenceOf,
  ssrcOf,
  timestampOf,
  writeHeader,
} from "./header.ts";
import { delayImpairment, estimateMos, mosOfR } from "./mos.ts";
import { Reception } from "./reception.ts";
import { RoundTrip, readRtcp, writeSenderReport } from "./rtcp.ts";
import { DigitListener, eventOfDigit, writeEvent } from "./telephone-event.ts";

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));
const HEADER = "0000 00000000 00000000";

describe("RTP header (RFC 3550 §5.1)", () => {
  const lengths: readonly (readonly [title: string, hex: string, want: number])[] = [
    ["a fixed header alone is a whole packet", `8000 ${HEADER}`, 12],
    ["payload does not count", `8000 ${HEADER} 0102`, 12],
    ["each contributing source adds four bytes", `8200 ${HEADER} 00000001 00000002 ff`, 20],
    ["the extension adds its words and its own header", `9000 ${HEADER} bede0001 01020304 ff`, 20],
    ["an empty extension adds four bytes", `9000 ${HEADER} bede0000`, 16],
    ["eleven bytes are no packet", "8000 0000 00000000 000000", -1],
    ["version 1 is no packet", `4000 ${HEADER}`, -1],
    ["contributing sources that are not there", `8f00 ${HEADER} 00000001`, -1],
    ["an extension whose header is cut", `9000 ${HEADER} bede`, -1],
    ["an extension longer than the packet", `9000 ${HEADER} beffffff 00`, -1],
  ];
  it.each(lengths)("%s", (_title, hex, want) => {
    expect(headerLength(bytes(hex), bytes(hex).length)).toBe(want);
  });

  it("reads back what it writes, whatever the numbers", () => {
    const uint = (bits: number): fc.Arbitrary<number> => fc.integer({ min: 0, max: 2 ** bits - 1 });
    fc.assert(
      fc.property(uint(7), fc.boolean(), uint(16), uint(32), uint(32), (type, marker, sequence, timestamp, ssrc) => {
        const p = new Uint8Array(12);
        writeHeader(p, type, marker, sequence, timestamp, ssrc);
        expect(headerLength(p, 12)).toBe(12);
        expect([payloadTypeOf(p), hasMarker(p), sequenceOf(p), timestampOf(p), ssrcOf(p)]).toEqual([
          type,
          marker,
          sequence,
          timestamp,
          ssrc,
        ]);
      }),
    );
  });

  it("takes the padding off the payload, and refuses an impossible count", () => {
    const padded = bytes(`a000 ${HEADER} 01 02 0002`);
    expect(payloadEnd(padded, padded.length, 12)).toBe(14);
    const impossible = bytes(`a000 ${HEADER} 01ff`);
    expect(payloadEnd(impossible, impossible.length, 12)).toBe(-1);
  });

  const muxed: readonly (readonly [title: string, second: number, want: boolean])[] = [
    ["192 is the first RTCP type", 192, true],
    ["200 is a sender report", 200, true],
    ["223 is the last", 223, true],
    ["224 is payload type 96 with the marker", 224, false],
    ["191 is payload type 63 with the marker", 191, false],
    ["0 is PCMU", 0, false],
  ];
  it.each(muxed)("RFC 5761 §4: %s", (_title, second, want) => {
    expect(isRtcp(Uint8Array.of(0x80, second, 0, 1, 0, 0, 0, 0), 8)).toBe(want);
  });
});

/** Feeds packets of 20 ms at 8000 Hz; `late` adds to the arrival time of each. */
function receive(reception: Reception, sequences: readonly number[], late: readonly number[] = [], ssrc = 1): void {
  for (const [i, sequence] of sequences.entries()) {
    reception.receive(sequence & 0xffff, sequence * 160, ssrc, 8_000, sequence * 20 + (late[i] ?? 0), 172);
  }
}

describe("reception statistics", () => {
  const cases: readonly (readonly [title: string, sequences: number[], lost: number])[] = [
    ["§A.3 nothing is lost in a row", [5, 6, 7, 8], 0],
    ["§A.3 a gap is lost", [5, 6, 9, 10], 2],
    ["§A.1 reordering loses nothing", [5, 7, 6, 8], 0],
    ["§A.3 a duplicate never makes the loss negative", [5, 5, 6, 7], 0],
    ["§A.1 the sequence number wraps", [65_534, 65_535, 65_536, 65_537], 0],
    ["§A.1 a gap over the wrap is lost", [65_534, 65_538], 3],
    ["§A.1 one wild packet changes nothing", [5, 6, 40_000, 7, 8], 0],
    ["§A.1 two in a row after a jump are a restart", [5, 6, 40_000, 40_001, 40_002], 0],
    ["§A.1 losses before a restart stay counted", [5, 8, 40_000, 40_001], 2],
  ];
  it.each(cases)("%s", (_title, sequences, lost) => {
    const reception = new Reception();
    receive(reception, sequences);
    expect(reception.lost).toBe(lost);
    expect(reception.packets).toBe(sequences.length);
    expect(reception.bytes).toBe(sequences.length * 172);
  });

  it("keeps the losses of a stream when another takes its place", () => {
    const reception = new Reception();
    receive(reception, [5, 7]);
    receive(reception, [900, 901], [], 2);
    expect(reception.lost).toBe(1);
  });

  it("§A.8 follows the jitter: J += (|D| - J) / 16", () => {
    const reception = new Reception();
    expect(reception.jitterMs).toBeNull();
    receive(reception, [1, 2, 3], [0, 8, 8]);
    const first = 8 / 16;
    expect(reception.jitterMs).toBeCloseTo(first - first / 16, 9);
  });

  it("§A.8 a wrapped timestamp is no jitter", () => {
    const reception = new Reception();
    reception.receive(1, 2 ** 32 - 80, 1, 8_000, 0, 172);
    reception.receive(2, 80, 1, 8_000, 20, 172);
    expect(reception.jitterMs).toBe(0);
  });

  it("RFC 4733 §2.5.1.2 events, which share a timestamp, leave jitter alone", () => {
    const reception = new Reception();
    receive(reception, [1, 2]);
    for (let n = 3; n < 9; n += 1) reception.receive(n, 480, 1, 0, n * 20, 16);
    receive(reception, [9]);
    expect(reception.jitterMs).toBe(0);
    expect(reception.packets).toBe(9);
  });
});

describe("RTCP", () => {
  function read(p: Uint8Array, length = p.length): string {
    const seen: string[] = [];
    const whole = readRtcp(p, length, {
      onSenderReport: (ntpMiddle) => seen.push(`sr ${ntpMiddle.toString(16)}`),
      onReportBlock: (last, delay, lost, jitter) => seen.push(`block ${last.toString(16)} ${delay} ${lost} ${jitter}`),
    });
    return `${whole ? "" : "broken "}${seen.join(", ")}`;
  }
  const sender = { ssrc: 1, ntpSeconds: 0xaaaa1234, ntpFraction: 0x5678bbbb, timestamp: 2, packets: 3, octets: 4 };
  const written = new Uint8Array(96);
  const block = { ssrc: 9, lost: 1, highest: 70_000, jitter: 5, lastReport: 0xdeadbeef, delaySinceLast: 65_536 };
  const length = writeSenderReport(written, sender, block, "name");

  it("§6.4.1 reads back a sender report with its block; SDES follows (§6.1)", () => {
    expect(read(written, length)).toBe("sr 12345678, block deadbeef 65536 1 5");
    expect(written[53]).toBe(202);
    expect(length % 4).toBe(0);
  });

  const cases: readonly (readonly [title: string, hex: string, want: string])[] = [
    [
      "§6.4.2 a receiver report with one block",
      `81c90007 00000001 ${"00".repeat(16)} 00000011 00000022`,
      "block 11 34 0 0",
    ],
    [
      "§6.4.1 more received than expected: a loss below 0; jitter",
      `81c90007 00000001 00000009 00ffffff 00000000 000000f0 ${"00".repeat(8)}`,
      "block 0 0 -1 240",
    ],
    ["an empty receiver report", "80c90001 00000001", ""],
    ["more blocks counted than there are", `9fc90007 00000001 ${"00".repeat(16)} 00000011 00000022`, "block 11 34 0 0"],
    ["a length beyond the datagram", "80c900ff 00000001", "broken "],
    ["a sender report too short for its sender", "80c80001 00000001", ""],
    ["version 1", "40c90001 00000001", "broken "],
    ["an unknown type is stepped over", "80d00001 00000001 80c90001 00000001", ""],
    ["nothing", "", "broken "],
  ];
  it.each(cases)("%s", (_title, hex, want) => {
    expect(read(bytes(hex))).toBe(want);
  });

  it("never reads outside the packet, whatever the bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (p) => {
        readRtcp(p, p.length, {
          onSenderReport: (value) => expect(Number.isNaN(value)).toBe(false),
          onReportBlock: (last, delay, lost, jitter) => {
            expect(last + delay + jitter).toBeLessThan(3 * 2 ** 32);
            expect(Math.abs(lost)).toBeLessThanOrEqual(2 ** 23);
          },
        });
      }),
    );
  });

  it("§6.4.1 round trip is now, less when we sent the report, less the delay at the far end", () => {
    const roundTrip = new RoundTrip();
    roundTrip.sent(0x1234, 1_000);
    roundTrip.reported(0x9999, 0, 1_050);
    expect(roundTrip.latestMs).toBeNull();
    roundTrip.reported(0x1234, 65_536 * 2, 3_080);
    expect(roundTrip.latestMs).toBeCloseTo(80, 6);
    roundTrip.reported(0x1234, 65_536 * 60, 3_080);
    expect(roundTrip.latestMs).toBeCloseTo(80, 6);
  });

  it("a report that crossed the newest sender report still counts", () => {
    const roundTrip = new RoundTrip();
    roundTrip.sent(1, 1_000);
    roundTrip.sent(2, 2_000);
    roundTrip.reported(1, 65_536, 2_030);
    expect(roundTrip.latestMs).toBeCloseTo(30, 6);
  });
});

describe("telephone events (RFC 4733)", () => {
  it("knows the sixteen digits", () => {
    expect([..."0123456789*#ABCD"].map(eventOfDigit)).toEqual(Array.from({ length: 16 }, (_, event) => event));
    expect([eventOfDigit("d"), eventOfDigit("x"), eventOfDigit("12"), eventOfDigit("")]).toEqual([15, -1, -1, -1]);
  });

  type Heard = readonly [digit: string, timestamp: number];
  const cases: readonly (readonly [title: string, heard: Heard[], want: string])[] = [
    ["§2.5.1.2 all packets of one event are one digit", Array<Heard>(7).fill(["5", 100]), "5"],
    [
      "the same digit twice",
      [
        ["5", 100],
        ["5", 100],
        ["5", 1_700],
        ["5", 1_700],
      ],
      "55",
    ],
    [
      "a late end of the digit before",
      [
        ["1", 100],
        ["2", 1_700],
        ["1", 100],
        ["2", 1_700],
      ],
      "12",
    ],
    [
      "§2.5.1.3 segments of one long event are one digit",
      [
        ["#", 100],
        ["#", 100 + 0xffff],
        ["#", 100 + 2 * 0xffff],
      ],
      "#",
    ],
    [
      "the timestamp wraps",
      [
        ["1", 2 ** 32 - 100],
        ["2", 1_500],
      ],
      "12",
    ],
    [
      "a sender that starts over far behind is heard",
      [
        ["1", 900_000],
        ["2", 100],
      ],
      "12",
    ],
  ];
  it.each(cases)("%s", (_title, heard, want) => {
    const listener = new DigitListener();
    let digits = "";
    for (const [digit, timestamp] of heard) {
      const p = new Uint8Array(4);
      writeEvent(p, 0, eventOfDigit(digit), false, 160);
      digits += listener.hear(p, 0, 4, timestamp) ?? "";
    }
    expect(digits).toBe(want);
  });

  it("§2.3 writes event, end bit, volume and duration; ignores what is no digit or cut short", () => {
    const p = new Uint8Array(4);
    writeEvent(p, 0, 11, true, 800);
    expect([...p]).toEqual([11, 0x8a, 3, 0x20]);
    const listener = new DigitListener();
    expect(listener.hear(p, 0, 3, 1)).toBeUndefined();
    expect(listener.hear(Uint8Array.of(64, 0, 0, 0), 0, 4, 2)).toBeUndefined();
  });
});

describe("E-model (ITU-T G.107)", () => {
  it.each([
    [93.2, 4.41],
    [80, 4.02],
    [70, 3.6],
    [60, 3.1],
    [50, 2.58],
    [0, 1],
    [120, 4.5],
  ])("Annex B: R %d is MOS %d", (r, mos) => {
    expect(mosOfR(r)).toBeCloseTo(mos, 1);
  });

  it("§7.4 delay up to 100 ms does no harm; G.114's 400 ms clearly does", () => {
    expect(delayImpairment(100)).toBe(0);
    expect(delayImpairment(150)).toBeLessThan(3);
    expect(delayImpairment(400)).toBeGreaterThan(20);
  });

  const best = { codec: "PCMU", lossRatio: 0, jitterMs: 0, roundTripMs: null };
  it("a clean G.711 call scores 4.4, and loss, jitter, delay or a narrower codec each score less", () => {
    expect(estimateMos(best)).toBeCloseTo(4.41, 2);
    expect(estimateMos({ ...best, lossRatio: 0.01 })).toBeCloseTo(4.33, 1);
    expect(estimateMos({ ...best, lossRatio: 0.05 })).toBeLessThan(4.1);
    expect(estimateMos({ ...best, jitterMs: 100 })).toBeLessThan(4.3);
    expect(estimateMos({ ...best, roundTripMs: 600 })).toBeLessThan(3.9);
    expect(estimateMos({ ...best, codec: "G729" })).toBeLessThan(4.2);
    expect(estimateMos({ ...best, lossRatio: 1 })).toBeLessThan(2);
  });

  it("stays between 1 and 4.5 for any input", () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const ms = fc.double({ min: 0, max: 1e5, noNaN: true });
    fc.assert(
      fc.property(share, ms, ms, fc.string(), (lossRatio, jitterMs, roundTripMs, codec) => {
        const mos = estimateMos({ codec, lossRatio, jitterMs, roundTripMs });
        expect(mos).toBeGreaterThanOrEqual(1);
        expect(mos).toBeLessThanOrEqual(4.5);
      }),
    );
  });
});
