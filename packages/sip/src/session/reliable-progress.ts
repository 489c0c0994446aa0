import type { SipResponse } from "../message/message.ts";
import { NO_BODY, sdpBody, sdpOf } from "./body.ts";
import type { InviteUsage } from "./invite-usage.ts";

/** The dialog they come in. */
export type ReliableDialog = Pick<InviteUsage, "client" | "owe" | "settleInitialOffer">;

/** Reliable provisional responses of one early dialog, on the client side (RFC 3262 §4). */
export class ReliableProgress {
  readonly #dialog: ReliableDialog;
  /** RSeq of the last one taken in order. */
  #last: number | undefined;

  constructor(dialog: ReliableDialog) {
    this.#dialog = dialog;
  }

  /**
   * True when the response is new and to be told: every unreliable one, and a reliable one in its order, which is acknowledged
   * here. Retransmissions and those that overtook others are passed over (§4).
   *
   * @param isLateOffer it brings an offer: its PRACK waits for our answer
   */
  take(response: SipResponse, isLateOffer: boolean): boolean {
    const rseq = reliableNumber(response);
    if (rseq === undefined) return true;
    if (this.#last !== undefined && rseq !== this.#last + 1) return false;
    this.#last = rseq;
    const { number, method } = response.cseq;
    const acknowledge = (answer: string | undefined): void => {
      const body = answer === undefined ? NO_BODY : sdpBody(answer);
      this.#dialog.client.request("PRACK", [["RAck", `${rseq} ${number} ${method}`]], body, () => undefined);
      if (sdpOf(response) !== undefined) this.#dialog.settleInitialOffer();
    };
    if (isLateOffer) this.#dialog.owe(acknowledge);
    else acknowledge(undefined);
    return true;
  }
}

/** RSeq of a response that asks for a PRACK, else undefined. */
function reliableNumber(response: SipResponse): number | undefined {
  if (!response.values("require").some((tag) => tag.toLowerCase() === "100rel")) return undefined;
  const rseq = response.header("rseq") ?? "";
  return /^\d{1,10}$/.test(rseq) ? Number(rseq) : undefined;
}
