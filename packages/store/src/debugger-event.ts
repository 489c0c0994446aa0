import type { Alert } from "@trunkline/trunking";

/** Of a text that a peer may have had a hand in; those of ours are a sentence or two. */
const TEXT_MAX_LENGTH = 2_000;

/**
 * What a customer's web server is told of an alert (contract §11.3): the parameters of a debugger event, as Twilio's webhook has them.
 *
 * @param parentAccountSid null for a main account, whose events do not name one
 */
export function debuggerEvent(alert: Alert, parentAccountSid: string | null): Readonly<Record<string, string>> {
  const level = alert.level.toUpperCase();
  const payload = {
    resource_sid: alert.resourceSid,
    service_sid: null,
    error_code: String(alert.errorCode),
    more_info: { Msg: alert.text.slice(0, TEXT_MAX_LENGTH), ErrorCode: String(alert.errorCode), LogLevel: level },
    // A request of ours to their web server, where one is what the alert is about.
    webhook: null,
  };
  return {
    Sid: alert.sid,
    AccountSid: alert.accountSid,
    ...(parentAccountSid !== null && { ParentAccountSid: parentAccountSid }),
    Timestamp: new Date(alert.atMs).toISOString(),
    Level: level,
    PayloadType: "application/json",
    Payload: JSON.stringify(payload),
  };
}
