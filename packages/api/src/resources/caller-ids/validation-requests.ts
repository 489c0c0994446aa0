import { VALIDATION_LIMITS, type ValidationRefusal } from "@trunkline/store";
import { countryOf, isE164, mintSid } from "@trunkline/trunking";
import {
  about,
  coded,
  type FormValues,
  httpMethod,
  matching,
  oneOf,
  optional,
  text,
  webUrl,
  wholeNumber,
} from "../../form.ts";
import type { CallerIdVerification } from "../../ports.ts";
import { invalid, notE164, Problem, tooMany, unavailable } from "../../problem.ts";
import { type Answer, accepts, type Context, type Route } from "../../route.ts";
import { unusableUrl } from "../debugger/callback-url.ts";
import { defaultName } from "./outgoing-caller-ids.ts";

const NUMBER_INVALID = 21401;
const CALLBACK_INVALID = 21456;
/** Ringing, talking and writing down, with room to spare: a call that has not ended by then never will. */
const CALL_TAKES_MS = 300_000;

const form = {
  PhoneNumber: about("The number to call and verify, in E.164 form.", coded(NUMBER_INVALID, text(32))),
  FriendlyName: optional(coded(20002, text(64))),
  CallDelay: optional(coded(21454, wholeNumber(0, 60))),
  Extension: optional(
    matching(/^[0-9*#wW]{0,32}$/, "up to 32 digits, *, #, and w or W for a pause of half a second or a second"),
  ),
  StatusCallback: optional(coded(CALLBACK_INVALID, webUrl())),
  StatusCallbackMethod: optional(coded(21403, httpMethod())),
  Language: optional(about("Of the prompts; ours. Default: by the number's country.", oneOf("en", "ja"))),
};
type Asked = FormValues<typeof form>;

const operation = accepts(form, validate);

/** POST of OutgoingCallerIds: calls the number, whose owner keys in the code of the answer (contract §4.1 "Outgoing caller ID"). */
export const validationRequests: Route = {
  method: "POST",
  product: "api",
  scope: "account",
  path: "/Accounts/:accountSid/OutgoingCallerIds",
  summary: "Verify a caller ID by a call",
  form,
  success: { status: 200 },
  run: (at) => operation.run(at, at.body),
};

async function validate(at: Context, asked: Asked): Promise<Answer | Problem> {
  const wrong = whyNot(at, asked);
  if (wrong) return wrong;
  const { callerIdVerification: port, store, randomHex, nowMs } = at.deps;
  if (port === undefined) return ABSENT;
  const { PhoneNumber: e164, FriendlyName: friendlyName = defaultName(e164), CallDelay: delaySec = 0 } = asked;
  const callSid = mintSid("CA", randomHex(16));
  const accountSid = at.account.sid;
  const beginning = await store.callerIdValidations.begin({
    callSid,
    callerIdSid: mintSid("PN", randomHex(16)),
    accountSid,
    e164,
    friendlyName,
    statusCallback: asked.StatusCallback ?? null,
    statusCallbackMethod: asked.StatusCallbackMethod ?? "POST",
    deadlineMs: nowMs() + 1_000 * delaySec + CALL_TAKES_MS,
  });
  if (beginning.kind === "refused") return refused(beginning.why, e164);
  const code = sixDigits(randomHex);
  const placing = await port.begin({
    ...{ callSid, accountSid, code },
    to: e164,
    extension: asked.Extension ?? "",
    delayMs: 1_000 * delaySec,
    language: asked.Language ?? (countryOf(e164) === "JP" ? "ja" : "en"),
  });
  if (placing.kind !== "placed") {
    await store.callerIdValidations.forget(callSid);
    return notPlaced(placing, e164);
  }
  const body = {
    account_sid: accountSid,
    call_sid: callSid,
    friendly_name: friendlyName,
    phone_number: e164,
    validation_code: code,
  };
  return { status: 200, body };
}

const ABSENT = unavailable("This process carries no calls. Ask one in the role `edge` or `all`.");

function whyNot(at: Context, { PhoneNumber: e164, StatusCallback: url }: Asked): Problem | undefined {
  if (!isE164(e164)) return notE164("PhoneNumber", e164, NUMBER_INVALID);
  const unusable = url === undefined ? undefined : unusableUrl("StatusCallback", url, at);
  return unusable === undefined ? undefined : invalid(unusable, CALLBACK_INVALID);
}

/** Of 48 random bits, so that no code is likelier than another by more than one in 2^28. */
function sixDigits(randomHex: (bytes: number) => string): string {
  return String(Number.parseInt(randomHex(6), 16) % 1_000_000).padStart(6, "0");
}

function refused(why: ValidationRefusal, e164: string): Problem {
  const { perNumberPerHour, perAccountPerHour, perAccountAtOnce } = VALIDATION_LIMITS;
  switch (why) {
    case "verified":
      return invalid(`Phone number already validated on your account: ${e164} can be used as it is.`, 21450);
    case "owned":
      return invalid(`Number already can be used for outgoing calls: ${e164} is a number of this account.`, 21449);
    case "under-way":
      return tooMany(`PhoneNumber: ${e164} is being called to verify it`, 60);
    case "number-limit":
      return tooMany(
        `PhoneNumber: ${e164} has been called ${perNumberPerHour} times in the last hour to verify it`,
        3_600,
      );
    case "account-limit": {
      const limits = `${perAccountAtOnce} verification calls at once and ${perAccountPerHour} an hour`;
      return tooMany(`An account may have ${limits}`, 60);
    }
    default:
      return why satisfies never;
  }
}

type NotPlaced = Exclude<CallerIdVerification, { readonly kind: "placed" }>;

/** What stands against the call, in the codes that Twilio has for calls made through the API. */
function notPlaced(placing: NotPlaced, e164: string): Problem {
  if (placing.kind === "unavailable") return unavailable(`${e164} was not called. ${placing.why}.`);
  const { code, status, detail } = placing.rejection;
  const retryAfterSec = placing.rejection.retryAfterSec ?? 5;
  const message = `${e164} was not called: ${detail}`;
  if (code === 32205) return invalid(message, 21215);
  if (code === 32101) return invalid(message, NUMBER_INVALID);
  if (code === 10001) return new Problem(403, 20005, message);
  if (code === 13224 && status === 404) return invalid(message, 21214);
  return code === 13224 ? unavailable(message) : tooMany(message.replace(/\.$/, ""), retryAfterSec);
}
