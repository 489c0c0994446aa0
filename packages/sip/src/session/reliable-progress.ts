import type { SipResponse } from "../message/message.ts";
import { NO_BODY, sdpBody, sdpOf } from "./body.ts";
import type { InviteUsage } from "./invite-usage.ts";
import type { Heard } from "./negotiation.ts";

/** The dialog they come in. */
export type ReliableDialog = Pick<InviteUsage, "client" | "owe"> & {
  /** What a description in one of them is to the negotiation. */
  hear(sdp: string): Heard;
};

/** Reliable provisional responses of one early dialog, on the client side (RFC 3262 §4). */
export class ReliableProgress {
  readonly #dialog: ReliableDialog;
  /** RSeq of the last one taken in order. */
  #last: number | undefined;

  constructor(dialog: ReliableDialog) {
    this.#dialog = dialog;
  }

  /**
   * What a provisional response is: `unreliable`; `reliable`, the next in its order, which is acknowledged here; `again` or out
   * of order, to be passed over (§4). The PRACK of one that brings an offer waits for our answer.
   */
  take(response: SipResponse): "unreliable" | "reliable" | "again" {
    const rseq = reliableNumber(response);
    if (rseq === undefined) return "unreliable";
    if (this.#last !== undefined && rseq !== this.#last + 1) return "again";
    this.#last = rseq;
    const { number, method } = response.cseq;
    const acknowledge = (answer: string | undefined): void => {
      const body = answer === undefined ? NO_BODY : sdpBody(answer);
      this.#dialog.client.request("PRACK", [["RAck", `${rseq} ${number} ${method}`]], body, () => undefined);
    };
    const sdp = sdpOf(response);
    if (sdp !== undefined && this.#dialog.hear(sdp) === "offer") this.#dialog.owe(acknowledge);
    else acknowledge(undefined);
    return "reliable";
  }
}

/** RSeq of a response that asks for a PRACK, else undefined. */
function reliableNumber(response: SipResponse): number | undefined {
  if (!response.values("require").some((tag) => tag.toLowerCase() === "100rel")) return undefined;
  const rseq = response.header("rseq") ?? "";
  return /^\d{1,10}$/.test(rseq) ? Number(rseq) : undefined;
}
