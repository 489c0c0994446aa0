import { Malformed } from "../malformed.ts";
import type { MessageBase, SipRequest, SipResponse } from "../message/message.ts";
import { addParam } from "../message/params.ts";
import { copyString } from "../message/text.ts";
import { parseSipUri } from "../message/uri.ts";

/** A dialog (RFC 3261 §12) as plain data; every text is a copy, because dialogs outlive the messages that made them. */
export type Dialog = {
  readonly callId: string;
  /** Whole value of From (or To) that stands for us, tag included, as the other side knows it. */
  readonly local: string;
  readonly remote: string;
  readonly localTag: string;
  /** Empty when the peer speaks RFC 2543 and has none. */
  readonly remoteTag: string;
  /** Whole Route values, first hop first. Fixed once the dialog is confirmed. */
  readonly routes: readonly string[];
  /** The remote target: the URI of the peer's Contact. */
  readonly target: string;
  readonly localCSeq: number;
  /** Undefined until the peer sent a request. */
  readonly remoteCSeq: number | undefined;
};

/** The UAS side (§12.1.1). `Malformed` when the request has no usable Contact. */
export function dialogFromRequest(request: SipRequest, localTag: string): Dialog | Malformed {
  const target = contactOf(request);
  if (target instanceof Malformed) return target;
  return {
    callId: copyString(request.callId),
    local: copyString(addParam(request.header("to") ?? "", `tag=${localTag}`)),
    remote: copyString(request.header("from") ?? ""),
    localTag,
    remoteTag: copyString(request.from.params.get("tag") ?? ""),
    routes: request.values("record-route").map(copyString),
    target: copyString(target),
    localCSeq: 0,
    remoteCSeq: request.cseq.number,
  };
}

/**
 * The UAC side (§12.1.2), from a 101–299. Everything is in the response.
 *
 * @param requestUri stands in for a Contact that is missing or broken, as it often is in a provisional response
 */
export function dialogFromResponse(response: SipResponse, requestUri: string): Dialog {
  const target = contactOf(response);
  return {
    callId: copyString(response.callId),
    local: copyString(response.header("from") ?? ""),
    remote: copyString(response.header("to") ?? ""),
    localTag: copyString(response.from.params.get("tag") ?? ""),
    remoteTag: copyString(response.to.params.get("tag") ?? ""),
    routes: response.values("record-route").map(copyString).reverse(),
    target: target instanceof Malformed ? requestUri : copyString(target),
    localCSeq: response.cseq.number,
    remoteCSeq: undefined,
  };
}

/** With the Contact of a target refresh request or of its 2xx (§12.2); a missing or broken one changes nothing. */
export function refreshTarget(dialog: Dialog, message: MessageBase): Dialog {
  const target = contactOf(message);
  if (target instanceof Malformed || target === dialog.target) return dialog;
  return { ...dialog, target: copyString(target) };
}

/** With the peer's new CSeq number, or undefined when it is not above the last one: answer 500 (§12.2.2). */
export function acceptCSeq(dialog: Dialog, number: number): Dialog | undefined {
  if (dialog.remoteCSeq !== undefined && number <= dialog.remoteCSeq) return undefined;
  return { ...dialog, remoteCSeq: number };
}

/** Whether an in-dialog message of the peer belongs to this dialog (§12.2.2). */
export function belongsTo(dialog: Dialog, callId: string, remoteTag: string | undefined): boolean {
  return dialog.callId === callId && dialog.remoteTag === (remoteTag ?? "");
}

/** The URI of the first Contact, if it is a SIP URI. */
export function contactOf(message: MessageBase): string | Malformed {
  const contacts = message.nameAddrs("contact");
  if (contacts instanceof Malformed) return contacts;
  const uri = contacts[0]?.uri;
  if (uri === undefined) return new Malformed("Contact");
  const parsed = parseSipUri(uri);
  return parsed instanceof Malformed ? parsed : uri;
}
