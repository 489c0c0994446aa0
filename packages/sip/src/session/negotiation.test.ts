import { describe, expect, it } from "vitest";
import { mayOffer, Negotiation, refusalOf, type Side, type Traffic } from "./negotiation.ts";

type Step = (negotiation: Negotiation) => unknown;
const ours: Step = (n) => n.propose("ours", "L");
const theirs: Step = (n) => n.propose("theirs", "R");
const answer =
  (sdp: string): Step =>
  (n) =>
    n.answer(sdp);
const agreed: Step = (n) => {
  n.propose("ours", "L0");
  n.answer("R0");
};

/** What a negotiation is after these steps: `open local/remote`. */
function after(...steps: Step[]): string {
  const negotiation = new Negotiation();
  for (const step of steps) step(negotiation);
  const { open, agreed } = negotiation;
  return `${open} ${agreed?.local ?? "-"}/${agreed?.remote ?? "-"}`;
}

describe("RFC 3264 §4: one offer at a time", () => {
  const cases: [title: string, steps: Step[], want: string][] = [
    ["nothing yet", [], "none -/-"],
    ["our offer is open", [ours], "ours -/-"],
    ["their offer is open", [theirs], "theirs -/-"],
    ["our offer is answered by them", [ours, answer("R")], "none L/R"],
    ["their offer is answered by us", [theirs, answer("L")], "none L/R"],
    ["RFC 3261 §14.1: a refused offer leaves what was agreed", [agreed, ours, (n) => n.restore()], "none L0/R0"],
    [
      "RFC 6141 §3.1: a re-INVITE that fails takes back what it brought",
      [
        agreed,
        (n) => {
          const before = n.agreed;
          n.propose("ours", "L1");
          n.answer("R1");
          n.restore(before);
        },
      ],
      "none L0/R0",
    ],
    ["a response answers the offer of the INVITE", [theirs, (n) => n.speak("L")], "none L/R"],
    ["a response to an INVITE without offer makes one", [(n) => n.speak("L")], "ours -/-"],
    ["RFC 6337 §3.1.1: a later response says nothing more", [theirs, answer("L"), (n) => n.speak("L1")], "none L/R"],
    ["their response answers our offer", [ours, (n) => n.hear("R", false)], "none L/R"],
    ["§13.2.1: their second answer is passed over", [ours, answer("R"), (n) => n.hear("R1", false)], "none L/R"],
    ["a response to our INVITE without offer makes theirs", [(n) => n.hear("R", true)], "theirs -/-"],
    [
      "an UPDATE of ours is not answered by the 200 of the INVITE",
      [agreed, ours, (n) => n.hear("R1", false)],
      "ours L0/R0",
    ],
    [
      "an UPDATE of theirs is not answered by our 200 to the INVITE",
      [agreed, theirs, (n) => n.speak("L1")],
      "theirs L0/R0",
    ],
    ["an UPDATE of ours is answered by its own 200", [agreed, ours, (n) => n.hearReply("R", false)], "none L/R"],
    ["... once", [(n) => n.hear("R", true), (n) => n.hear("R1", true), answer("L")], "none L/R"],
  ];
  it.each(cases)("%s", (_title, steps, want) => {
    expect(after(...steps)).toBe(want);
  });

  it("speak gives out what may be sent, isRepeated knows a refresh", () => {
    const negotiation = new Negotiation();
    expect(negotiation.speak(undefined)).toBeUndefined();
    expect([negotiation.speak("L"), negotiation.speak("L")]).toEqual(["L", undefined]);
    expect(negotiation.isRepeated("R")).toBe(false);
    negotiation.answer("R");
    expect([negotiation.isRepeated("R"), negotiation.isRepeated("L"), negotiation.speak("L")]).toEqual([
      true,
      false,
      undefined,
    ]);
  });
});

function traffic(
  open: Side | "none",
  invite: Side | "none" = "none",
  more: Partial<Traffic> & { readonly isAgreed?: boolean } = {},
): Traffic {
  const { isAgreed = true, asked, awaitsAck = false } = more;
  return {
    negotiation: { open, agreed: isAgreed ? { local: "L", remote: "R" } : undefined },
    invite,
    asked,
    awaitsAck,
  };
}

describe("who may offer when", () => {
  const fresh = { isAgreed: false };
  const cases: [title: string, traffic: Traffic, invite: string, update: string, bare: string, mine: string][] = [
    ["nothing is under way", traffic("none"), "ok", "ok", "ok", "INVITE UPDATE"],
    ["§14.2: our re-INVITE is under way", traffic("ours", "ours"), "491", "491", "ok", ""],
    ["... and its offer answered by a reliable 1xx", traffic("none", "ours"), "491", "ok", "ok", "UPDATE"],
    ["... without offer", traffic("none", "ours", fresh), "491", "491", "ok", ""],
    ["RFC 3311 §5.2: our UPDATE is under way", traffic("ours"), "491", "491", "ok", ""],
    [
      "§14.2: their re-INVITE waits for our user",
      traffic("theirs", "theirs", { asked: "INVITE" }),
      "500",
      "500",
      "ok",
      "",
    ],
    ["... without offer", traffic("none", "theirs", { asked: "INVITE" }), "500", "500", "ok", ""],
    [
      "RFC 3311 §5.2: their UPDATE waits for our user",
      traffic("theirs", "none", { asked: "UPDATE" }),
      "500",
      "500",
      "500",
      "",
    ],
    ["their PRACK waits for our user", traffic("theirs", "theirs", { asked: "PRACK" }), "500", "500", "ok", ""],
    ["our 2xx with an offer waits for its ACK", traffic("ours", "none", { awaitsAck: true }), "491", "491", "ok", ""],
    ["our 2xx with an answer waits for its ACK", traffic("none", "none", { awaitsAck: true }), "ok", "ok", "ok", ""],
    ["our ACK with the answer is owed", traffic("theirs", "ours"), "491", "500", "ok", ""],
    ["early, UAC: the offer is not answered", traffic("ours", "ours", fresh), "491", "491", "ok", ""],
    ["early, UAS: the offer is not answered", traffic("theirs", "theirs", fresh), "500", "500", "ok", ""],
    ["early, UAS: nobody has offered", traffic("none", "theirs", fresh), "500", "500", "ok", ""],
    ["early, UAS: answered, the PRACK is there", traffic("none", "theirs"), "500", "ok", "ok", "UPDATE"],
    [
      "RFC 3311 §5.1: early, UAS: answered, no PRACK yet",
      traffic("none", "theirs", { awaitsAck: true }),
      "500",
      "ok",
      "ok",
      "",
    ],
  ];
  it.each(cases)("%s", (_title, now, invite, update, bare, mine) => {
    const verdict = (method: "INVITE" | "UPDATE", hasOffer: boolean) =>
      String(refusalOf(method, hasOffer, now) ?? "ok");
    expect([verdict("INVITE", true), verdict("UPDATE", true), verdict("UPDATE", false)]).toEqual([
      invite,
      update,
      bare,
    ]);
    const may = (["INVITE", "UPDATE"] as const).filter((method) => mayOffer(method, now));
    expect(may.join(" ")).toBe(mine);
  });
});
