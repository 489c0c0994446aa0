import { isE164, isEmergencyNumber } from "../e164.ts";
import { pass, quoted, type Ruling, refuse } from "./ruling.ts";
import type { CallRequest } from "./types.ts";

/** TERM-4: the user part of the Request-URI is `+E.164` or an emergency number (400, 32101). Found: the number. */
export function checkCalledNumber(requestUri: CallRequest["requestUri"]): Ruling<string> {
  const number = requestUri.user?.split(";", 1)[0] ?? "";
  if (isE164(number)) return pass(number, "The called number is in E.164 form.", number);
  if (isEmergencyNumber(number)) return pass(number, "The called number is an emergency number.", number);
  if (number === "") return refuse(32101, "", "The Request-URI has no user part. Dial + country code and number.");
  return refuse(
    32101,
    number,
    `"${quoted(number)}" is not in E.164 form. Dial + country code and number, for example +14155550100.`,
  );
}
