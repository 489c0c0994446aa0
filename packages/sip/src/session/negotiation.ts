import { copyString } from "../message/text.ts";

export type Side = "ours" | "theirs";

/** What both sides said last: the session as it is. Texts are copies. */
export type Agreement = { readonly local: string; readonly remote: string };

/** What a description of the peer turned out to be. */
export type Heard = "answer" | "offer" | "repeat";

/**
 * Offer and answer in one dialog (RFC 3264 §4, RFC 6337 §2): at most one offer is open, and a refused one leaves the session as
 * it was (RFC 3261 §14.1, RFC 6141 §3.1).
 *
 * Only descriptions that count come here: those in an INVITE, UPDATE, PRACK, ACK, 2xx or reliable 1xx. What an unreliable 1xx
 * brings is a preview.
 */
export class Negotiation {
  #open: Side | "none" = "none";
  #offer = "";
  #agreed: Agreement | undefined;

  /** Who made the offer that waits for its answer. */
  get open(): Side | "none" {
    return this.#open;
  }

  get agreed(): Agreement | undefined {
    return this.#agreed;
  }

  propose(by: Side, sdp: string): void {
    this.#open = by;
    this.#offer = copyString(sdp);
  }

  /** The open offer is answered, by the other side than made it. */
  answer(sdp: string): void {
    const offer = this.#offer;
    const answer = copyString(sdp);
    this.#agreed = this.#open === "ours" ? { local: offer, remote: answer } : { local: answer, remote: offer };
    this.#close();
  }

  /** The open offer came to nothing, and so did what else happened since `agreed` held. */
  restore(agreed: Agreement | undefined = this.#agreed): void {
    this.#agreed = agreed;
    this.#close();
  }

  /**
   * Our description for a response to the initial INVITE: the answer to its offer or, when it had none, our offer. What comes
   * after the first exchange may say nothing more (RFC 6337 §3.1.1): undefined.
   */
  speak(sdp: string | undefined): string | undefined {
    if (sdp === undefined || this.#agreed !== undefined || this.#open === "ours") return undefined;
    if (this.#open === "theirs") this.answer(sdp);
    else this.propose("ours", sdp);
    return sdp;
  }

  /**
   * The peer's description in a response to our initial INVITE. After the first exchange it counts for nothing (RFC 3261
   * §13.2.1); an offer that is open by then is that of an UPDATE and gets its answer elsewhere.
   */
  hear(sdp: string, isLateOffer: boolean): Heard {
    return this.#agreed === undefined ? this.hearReply(sdp, isLateOffer) : "repeat";
  }

  /** The peer's description in a response to our re-INVITE or UPDATE. A second answer is passed over. */
  hearReply(sdp: string, isLateOffer: boolean): Heard {
    if (this.#open === "ours") {
      this.answer(sdp);
      return "answer";
    }
    if (this.#open === "theirs" || !isLateOffer) return "repeat";
    this.propose("theirs", sdp);
    return "offer";
  }

  /** The peer offers what it said last: nothing is to change (a refresh, RFC 4028 §7.4). */
  isRepeated(sdp: string): boolean {
    return this.#open === "none" && this.#agreed?.remote === sdp;
  }

  #close(): void {
    this.#open = "none";
    this.#offer = "";
  }
}

/** What is under way in a dialog besides the open offer. */
export type Traffic = {
  readonly negotiation: Pick<Negotiation, "open" | "agreed">;
  /** An INVITE without final response; while the dialog is early, the one that made it. */
  readonly invite: Side | "none";
  /** The method of a request of theirs that our user has not answered yet. */
  readonly asked: "INVITE" | "UPDATE" | "PRACK" | undefined;
  /** A 2xx of ours waits for its ACK, or a reliable 1xx for its PRACK. */
  readonly awaitsAck: boolean;
};

/**
 * The status that refuses a re-INVITE or UPDATE at this moment, or undefined when it is welcome (RFC 3261 §14.2, RFC 3311 §5.2):
 * 491 when something of ours is in the way, 500 with Retry-After when it is something of theirs.
 */
export function refusalOf(method: "INVITE" | "UPDATE", hasOffer: boolean, traffic: Traffic): 491 | 500 | undefined {
  const { negotiation, invite, asked } = traffic;
  if (method === "UPDATE" && !hasOffer) return asked === "UPDATE" ? 500 : undefined;
  if (method === "INVITE" && invite === "ours") return 491;
  if (asked !== undefined || (method === "INVITE" && invite === "theirs")) return 500;
  if (negotiation.open !== "none") return negotiation.open === "ours" ? 491 : 500;
  // Between an INVITE without offer and the offer it asks for, nobody else's turn comes.
  if (invite !== "none" && negotiation.agreed === undefined) return invite === "ours" ? 491 : 500;
  return undefined;
}

/**
 * Whether our re-INVITE or UPDATE may go now (RFC 3261 §14.1, RFC 3311 §5.1). Before the final response that is an UPDATE only,
 * after the first exchange is complete: as a callee, when the PRACK is there.
 */
export function mayOffer(method: "INVITE" | "UPDATE", traffic: Traffic): boolean {
  const { negotiation, invite, asked, awaitsAck } = traffic;
  if (negotiation.open !== "none" || asked !== undefined || awaitsAck) return false;
  return invite === "none" || (method === "UPDATE" && negotiation.agreed !== undefined);
}
