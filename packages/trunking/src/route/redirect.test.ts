import { describe, expect, it } from "vitest";
import { originationUrl, ZONE } from "../rows.fixture.ts";
import { type Redirect, type RedirectDecision, routeRedirect } from "./redirect.ts";
import { route } from "./route.ts";
import type { Attempt } from "./types.ts";
import { directoryOf, facts, OWNED, originationRequest, told } from "./world.fixture.ts";

const urls = [originationUrl(1, { sipUrl: "sip:pbx.example.com;edge=tokyo?X-Tenant=acme" })];

function firstAttempt(): Attempt {
  const decision = route(originationRequest(), directoryOf({ urls }), facts());
  const attempt = decision.kind === "dial" ? decision.attempts[0] : undefined;
  if (!attempt) throw new Error(told(decision));
  return attempt;
}

function redirect(contacts: readonly string[], change: Partial<Redirect> = {}): RedirectDecision {
  const given = {
    attempt: firstAttempt(),
    contacts,
    redirectedBefore: false,
    dialled: OWNED,
    secure: false,
    ...change,
  };
  return routeRedirect(given, facts());
}

function where(decision: RedirectDecision): string {
  if (decision.kind === "dial") return decision.attempt.uri;
  return `${decision.rejection.status} ${decision.rejection.code} ${decision.trace[0]?.verdict}`;
}

describe("ORIG-9: a 302 is followed once", () => {
  const failed = "502 32219 refuse";
  it.each<[title: string, contacts: string[], change: Partial<Redirect>, want: string]>([
    ["to the first Contact", ["sip:bob@sbc.example.com", "sip:carol@sbc.example.com"], {}, "sip:bob@sbc.example.com"],
    [
      "with the dialled number when the Contact has no user",
      ["sip:sbc.example.com:5080"],
      {},
      `sip:${OWNED}@sbc.example.com:5080`,
    ],
    [
      "over the transport the Contact asks for",
      ["sip:bob@203.0.113.9;transport=tcp"],
      {},
      "sip:bob@203.0.113.9;transport=tcp",
    ],
    [
      "edge, region and tnx are ignored",
      ["sip:bob@sbc.example.com;edge=dublin;region=ie1;tnx=TE1;lr"],
      {},
      "sip:bob@sbc.example.com;lr",
    ],
    [
      "headers of the Contact are not sent",
      ["sip:bob@sbc.example.com?Route=%3Csip:evil%3E&X-A=1"],
      {},
      "sip:bob@sbc.example.com",
    ],
    ["SEC-4: sips is sip over TLS", ["sips:bob@sbc.example.com"], {}, "sip:bob@sbc.example.com;transport=tls"],
    [
      "a secure trunk's call stays secure",
      ["sip:bob@sbc.example.com;transport=udp"],
      { secure: true },
      "sip:bob@sbc.example.com;transport=tls",
    ],
    ["a second 302 fails the call", ["sip:bob@sbc.example.com"], { redirectedBefore: true }, failed],
    ["no Contact fails the call", [], {}, failed],
    ["only the first Contact counts, even when it is bad", ["tel:+12025550199", "sip:bob@sbc.example.com"], {}, failed],
    ["not to a trunk domain", [`sip:bob@other.pstn.${ZONE}`], {}, failed],
    ["not to a localized trunk domain", [`sip:bob@other.pstn.tokyo.${ZONE.toUpperCase()}`], {}, failed],
    ["not to a SIP domain", [`sip:bob@acme.sip.${ZONE}`], {}, failed],
    ["not to an address of ours", ["sip:bob@198.51.100.1"], {}, failed],
    ["however it is written", ["sip:bob@[::ffff:c633:6401]:5080"], {}, failed],
    ["nor to a name of ours with a dot at its end", [`sip:bob@acme.sip.${ZONE}.`], {}, failed],
    ["nor to anybody else by way of us", ["sip:bob@sbc.example.com;maddr=198.51.100.1"], {}, failed],
    ["not to nonsense", ["sip:"], {}, failed],
  ])("%s", (_title, contacts, change, want) => {
    expect(where(redirect(contacts, change))).toBe(want);
  });

  it("caller, headers, record and failover rule are inherited", () => {
    const before = firstAttempt();
    const decision = redirect(["sip:bob@sbc.example.com"]);
    if (decision.kind !== "dial") throw new Error(where(decision));
    const { uri: _uri, toUri, address, ...rest } = decision.attempt;
    const { uri: _beforeUri, toUri: _beforeToUri, address: _beforeAddress, ...want } = before;
    expect(rest).toEqual(want);
    expect(address).toBeNull();
    expect(toUri).toBe("sip:bob@sbc.example.com");
    expect(decision.trace).toMatchObject([
      { rule: "origination.redirect", verdict: "pass", input: "sip:bob@sbc.example.com" },
    ]);
  });
});
