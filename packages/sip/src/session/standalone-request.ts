import type { SipResponse } from "../message/message.ts";
import type { HeaderLine } from "../message/write.ts";
import { authorize } from "./authorize.ts";
import { newTag, newVia, ourContact, type Stack } from "./stack.ts";
import type { OutgoingInvite } from "./user-agent.types.ts";

/**
 * Sends a request outside any dialog (RFC 3261 §8.1); challenges are answered on the way.
 *
 * @param done told the CSeq number used last too
 * @param firstCSeq for requests that go on with the Call-ID of earlier ones
 */
export function sendStandalone(
  stack: Stack,
  method: string,
  target: OutgoingInvite,
  done: (response: SipResponse | undefined, cseq: number) => void,
  body: { readonly type: string; readonly text: string } | undefined,
  firstCSeq = 1,
): void {
  const { flow, requestUri, to } = target;
  const from = `${target.from};tag=${newTag(stack)}`;
  const callId = target.callId ?? stack.host.randomHex(16);
  const lines: HeaderLine[] = [
    ["Contact", target.contact ?? ourContact(stack, flow, undefined)],
    ["User-Agent", stack.options.product],
    ...(target.headers ?? []),
  ];
  if (body !== undefined) lines.push(["Content-Type", body.type]);

  const attempt = (cseq: number, credentials: readonly HeaderLine[]): void => {
    const request = {
      ...newVia(stack, flow),
      flow,
      method,
      requestUri,
      from,
      to,
      callId,
      cseq,
      maxForwards: target.maxForwards ?? 70,
      routes: [],
      headers: [...credentials, ...lines],
      body: body?.text ?? "",
    };
    stack.transactions.send(request, (outcome) => {
      if (outcome.kind !== "response") {
        done(undefined, cseq);
        return;
      }
      const { response } = outcome;
      const answer = authorize(stack.host, target.credentials, response, request, cseq - firstCSeq + 1);
      if (answer !== undefined) attempt(cseq + 1, answer);
      else if (response.status >= 200) done(response, cseq);
    });
  };
  attempt(firstCSeq, []);
}
