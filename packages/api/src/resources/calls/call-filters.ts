import type { CallFilter } from "@trunkline/store";
import { boundsOf, type DateSpan } from "../../dates.ts";
import { about, anyText, date, type Field, given, oneOf, optional, sid, wholeNumber } from "../../form.ts";

const STATUSES = ["queued", "ringing", "in-progress", "completed", "busy", "failed", "no-answer", "canceled"] as const;

const times = {
  StartTime: optional(date()),
  "StartTime<": optional(date()),
  "StartTime>": optional(date()),
  EndTime: optional(date()),
  "EndTime<": optional(date()),
  "EndTime>": optional(date()),
};

/** Filters of Twilio's Calls list (contract §3.1); `TrunkSid` is ours. */
export const twilioCallFilters = {
  To: optional(party()),
  From: optional(party()),
  ParentCallSid: optional(sid("CA")),
  Status: optional(oneOf(...STATUSES)),
  TrunkSid: optional(sid("TK")),
  ...times,
};

/** Filters of our own call log (EVD-5). */
export const ownCallFilters = {
  Number: optional(about("A number on either side, also inside a SIP URI.", party())),
  To: optional(party()),
  From: optional(party()),
  SipCallId: optional(about("The Call-ID of either leg.", anyText())),
  Status: optional(oneOf(...STATUSES)),
  Direction: optional(oneOf("trunking-terminating", "trunking-originating", "outbound-api")),
  TrunkSid: optional(sid("TK")),
  ErrorCode: optional(about("What the call was refused for or met, such as 32201.", wholeNumber(10_000, 99_999))),
  ...times,
};

/** A number or SIP URI. A blank before digits was a + that nobody encoded: queries write blanks that way. */
function party(): Field<string> {
  const of = anyText();
  return { ...of, schema: of.schema.transform((given) => given.replace(/^ (?=\d)/, "+")) };
}

type Values = {
  readonly [Name in keyof typeof times]: DateSpan | undefined;
} & {
  readonly Number?: string | undefined;
  readonly To: string | undefined;
  readonly From: string | undefined;
  readonly SipCallId?: string | undefined;
  readonly Status: CallFilter["status"] | undefined;
  readonly Direction?: CallFilter["direction"] | undefined;
  readonly TrunkSid: string | undefined;
  readonly ErrorCode?: number | undefined;
};

/** The store's filter for what was asked for. */
export function callFilterOf(accountSid: string, values: Values): CallFilter {
  const started = boundsOf(values.StartTime, values["StartTime>"], values["StartTime<"]);
  const ended = boundsOf(values.EndTime, values["EndTime>"], values["EndTime<"]);
  const asked = given({
    number: values.Number,
    to: values.To,
    from: values.From,
    sipCallId: values.SipCallId,
    status: values.Status,
    direction: values.Direction,
    trunkSid: values.TrunkSid,
    errorCode: values.ErrorCode,
    startedFromMs: started.fromMs,
    startedToMs: started.toMs,
    endedFromMs: ended.fromMs,
    endedToMs: ended.toMs,
  });
  return { accountSid, ...asked };
}
