import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isMalformed } from "../malformed.ts";
import { parseSipUri } from "../message/uri.ts";
import type { DnsAnswer, DnsQuestion, DnsRecord, SrvRecord } from "./dns.ts";
import { type LocateOptions, locate } from "./locate.ts";
import { inSrvOrder } from "./srv-order.ts";

/** A zone file in short: `name TYPE fields`; a TYPE of `FAILS` is a question that gets no answer. */
function zone(...lines: string[]): (question: DnsQuestion) => DnsAnswer {
  return ({ type, name }) => {
    const entries = lines.map((line) => line.split(" ")).filter(([owner]) => owner === name);
    if (entries.some(([, kind]) => kind === "FAILS")) return { kind: "failed", why: "timeout" };
    const records = entries.filter(([, kind]) => kind === type).map(([, , ...fields]) => record(type, fields));
    return { kind: "records", records };
  };
}

function record(type: DnsQuestion["type"], fields: readonly string[]): DnsRecord {
  const [a = "", b = "", c = "", d = "", e = ""] = fields;
  if (type === "SRV") return { type, priority: Number(a), weight: Number(b), port: Number(c), target: d };
  if (type === "NAPTR") {
    return { type, order: Number(a), preference: Number(b), flags: c, service: d, replacement: e };
  }
  return { type, address: a };
}

const ALL: LocateOptions = { transports: ["udp", "tcp", "tls"], families: ["A", "AAAA"], random: () => 0 };

/** Everything asked, one round per line of `?`, then the targets or the reason. */
function play(
  text: string,
  answer: (question: DnsQuestion) => DnsAnswer,
  options: Partial<LocateOptions> = {},
): string {
  const uri = parseSipUri(text);
  if (isMalformed(uri)) return "malformed";
  const rounds: string[] = [];
  let step = locate(uri, { ...ALL, ...options });
  while (step.kind === "ask") {
    rounds.push(`?${step.questions.map(({ type, name }) => `${type} ${name}`).join(", ")}`);
    step = step.next(step.questions.map(answer));
  }
  const targets = step.targets.map(({ transport, address, port }) => `${transport} ${address} ${port}`);
  return [...rounds, targets.length > 0 ? targets.join(" | ") : `none: ${step.why}`].join(" => ");
}

const EMPTY = zone();
const A = zone("pbx.example A 192.0.2.1", "pbx.example AAAA 2001:db8::1");

describe("locate (RFC 3263 §4)", () => {
  it.each([
    ["§4.1 numeric: UDP on 5060", "sip:192.0.2.1", EMPTY, "udp 192.0.2.1 5060"],
    ["§4.1 numeric and sips: TLS on 5061", "sips:a@[2001:db8::1]", EMPTY, "tls 2001:db8::1 5061"],
    ["§4.1 numeric with transport and port", "sip:192.0.2.1:7;transport=TCP", EMPTY, "tcp 192.0.2.1 7"],
    ["transport=tls on a sip URI", "sip:192.0.2.1;transport=tls", EMPTY, "tls 192.0.2.1 5061"],
    ["§4.1 sips over TCP means TLS", "sips:192.0.2.1;transport=tcp", EMPTY, "tls 192.0.2.1 5061"],
    [
      "§4.1 sips never goes over UDP",
      "sips:192.0.2.1;transport=udp",
      EMPTY,
      "none: transport udp cannot be used for a sips URI",
    ],
    ["a transport we do not speak", "sip:h;transport=sctp", EMPTY, "none: transport sctp cannot be used for a sip URI"],
    ["§4 maddr takes the place of the host", "sip:a@pbx.example;maddr=192.0.2.9", EMPTY, "udp 192.0.2.9 5060"],
    [
      "§4.2 a port means address records only",
      "sip:pbx.example:5080",
      A,
      "?A pbx.example, AAAA pbx.example => udp 192.0.2.1 5080 | udp 2001:db8::1 5080",
    ],
    [
      "§4.2 a transport without port: SRV, then the host itself",
      "sip:pbx.example;transport=tcp",
      A,
      "?SRV _sip._tcp.pbx.example => ?A pbx.example, AAAA pbx.example => tcp 192.0.2.1 5060 | tcp 2001:db8::1 5060",
    ],
    [
      "§4.1 NAPTR by order and preference, unusable services left out",
      "sip:big.example",
      zone(
        "big.example NAPTR 20 5 s SIP+D2U _sip._udp.big.example.",
        "big.example NAPTR 10 9 S sip+d2t _sip._tcp.big.example.",
        "big.example NAPTR 10 1 s SIP+D2X _x.big.example.",
        "big.example NAPTR 5 1 u SIP+D2U !.*!sip:x!",
        "_sip._udp.big.example SRV 0 0 5070 u.big.example.",
        "_sip._tcp.big.example SRV 0 0 5071 T.big.example.",
        "u.big.example A 192.0.2.5",
        "t.big.example A 192.0.2.6",
      ),
      "?NAPTR big.example => ?SRV _sip._tcp.big.example, SRV _sip._udp.big.example" +
        " => ?A t.big.example, AAAA t.big.example, A u.big.example, AAAA u.big.example" +
        " => tcp 192.0.2.6 5071 | udp 192.0.2.5 5070",
    ],
    [
      "§4.1 no NAPTR: SRV for each transport we speak",
      "sip:mid.example",
      zone("_sip._tcp.mid.example SRV 1 1 5062 s.mid.example.", "s.mid.example A 192.0.2.7"),
      "?NAPTR mid.example => ?SRV _sip._udp.mid.example, SRV _sip._tcp.mid.example, SRV _sips._tcp.mid.example" +
        " => ?A s.mid.example, AAAA s.mid.example => tcp 192.0.2.7 5062",
    ],
    [
      "§4.1 sips asks for TLS alone",
      "sips:pbx.example",
      A,
      "?NAPTR pbx.example => ?SRV _sips._tcp.pbx.example => ?A pbx.example, AAAA pbx.example => tls 192.0.2.1 5061 | tls 2001:db8::1 5061",
    ],
    [
      "RFC 2782: a target of . says there is no such service",
      "sip:off.example;transport=udp",
      zone("_sip._udp.off.example SRV 0 0 0 ."),
      "?SRV _sip._udp.off.example => none: off.example offers no SIP service",
    ],
    [
      "a name without address",
      "sip:no.example:5060",
      EMPTY,
      "?A no.example, AAAA no.example => none: no.example has no address",
    ],
    [
      "DNS that does not answer",
      "sip:dead.example:5060",
      zone("dead.example FAILS"),
      "?A dead.example, AAAA dead.example => none: DNS for dead.example failed: timeout",
    ],
    [
      "a failed NAPTR question does not keep the rest from being asked",
      "sip:half.example;transport=udp",
      zone("_sip._udp.half.example FAILS", "half.example A 192.0.2.8"),
      "?SRV _sip._udp.half.example => ?A half.example, AAAA half.example => udp 192.0.2.8 5060",
    ],
  ])("%s", (_title, uri, answers, want) => {
    expect(play(uri, answers)).toBe(want);
  });

  it("asks only for what there are sockets for", () => {
    const only: Partial<LocateOptions> = { transports: ["udp"], families: ["A"] };
    expect(play("sip:pbx.example", A, only)).toBe(
      "?NAPTR pbx.example => ?SRV _sip._udp.pbx.example => ?A pbx.example => udp 192.0.2.1 5060",
    );
    expect(play("sip:pbx.example;transport=tls", A, only)).toBe("none: no tls socket");
    expect(play("sips:pbx.example", A, only)).toBe("none: no socket for a sips URI");
  });

  it("tries each target once, and asks a bounded number of questions of a zone made to waste time", () => {
    const many = Array.from({ length: 100 }, (_, at) => `_sip._udp.evil.example SRV 0 0 5060 h${at}.example.`);
    const step = play("sip:evil.example;transport=udp", zone(...many));
    expect(step.match(/\bA h\d+/g)?.length).toBe(16);
    const twice = zone(
      ...["", ""].map(() => "_sip._udp.x.example SRV 0 0 5060 pbx.example."),
      "pbx.example A 192.0.2.1",
    );
    expect(play("sip:x.example;transport=udp", twice)).toMatch(/=> udp 192\.0\.2\.1 5060$/);
  });

  it("counts a missing answer as no record", () => {
    const uri = parseSipUri("sip:pbx.example:5060");
    const step = isMalformed(uri) ? undefined : locate(uri, ALL);
    expect(step?.kind === "ask" ? step.next([]) : step).toMatchObject({ kind: "done", targets: [] });
  });
});

describe("inSrvOrder (RFC 2782)", () => {
  const srv = (priority: number, weight: number, target: string): SrvRecord => ({
    type: "SRV",
    port: 5060,
    ...{ priority, weight, target },
  });

  it("keeps priorities apart and draws by weight within one", () => {
    const records = [srv(2, 0, "z"), srv(1, 10, "a"), srv(1, 30, "b"), srv(1, 60, "c")];
    const order = (...draws: number[]): string =>
      inSrvOrder(records, () => draws.shift() ?? 0)
        .map(({ target }) => target)
        .join("");
    expect(order(0, 0, 0)).toBe("abcz");
    expect(order(0.1, 0, 0)).toBe("bacz");
    expect(order(0.999, 0.99, 0)).toBe("cbaz");
  });

  it("gives each its share over many draws, and 0 comes last", () => {
    const first: Record<string, number> = {};
    for (let at = 0; at < 1000; at++) {
      const order = inSrvOrder([srv(1, 0, "never"), srv(1, 25, "quarter"), srv(1, 75, "rest")], () => at / 1000);
      first[order[0]?.target ?? ""] = (first[order[0]?.target ?? ""] ?? 0) + 1;
    }
    expect(first).toEqual({ quarter: 250, rest: 750 });
  });

  it("loses no record and adds none", () => {
    const any = fc.record({
      type: fc.constant("SRV" as const),
      priority: fc.nat(3),
      weight: fc.nat(3),
      port: fc.nat(),
      target: fc.string(),
    });
    fc.assert(
      fc.property(fc.array(any), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (records, draw) => {
        expect(new Set(inSrvOrder(records, () => draw))).toEqual(new Set(records));
      }),
    );
  });
});
