import type { CallerIdValidation } from "./caller-ids.types.ts";
import type { WebhookDelivery } from "./webhooks.types.ts";

/** Parameters of the status callback of a validation call (contract §4.1 "Outgoing caller ID"). @param callerIdSid null: it failed */
export function callerIdEvent(
  { accountSid, callSid, e164 }: Pick<CallerIdValidation, "accountSid" | "callSid" | "e164">,
  callerIdSid: string | null,
): WebhookDelivery["params"] {
  return {
    AccountSid: accountSid,
    ApiVersion: "2010-04-01",
    CallSid: callSid,
    To: e164,
    Called: e164,
    Direction: "outbound-api",
    VerificationStatus: callerIdSid === null ? "failed" : "success",
    ...(callerIdSid === null ? {} : { OutgoingCallerIdSid: callerIdSid }),
  };
}
