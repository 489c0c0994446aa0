import type { AuditFilter } from "@trunkline/store";
import { date, type FormValues, given, matching, optional, text } from "../../form.ts";
import type { Context } from "../../route.ts";

/** What events are searched by (contract §3.2 Events). Actors have SIDs of several kinds, and resources of all. */
export const eventFilters = {
  ActorSid: optional(anySid()),
  EventType: optional(text(100)),
  ResourceSid: optional(anySid()),
  SourceIpAddress: optional(text(45)),
  StartDate: optional(date()),
  EndDate: optional(date()),
};

function anySid() {
  return matching(/^[A-Za-z]{2}[0-9a-fA-F]{32}$/, "a SID: two letters and 32 hexadecimal digits");
}

/** The store's filter for what was asked for: of the account, or of everything for an operator who names none. */
export function eventFilter(at: Context, values: FormValues<typeof eventFilters>): AuditFilter {
  return {
    ...scopeOf(at),
    ...given({
      actorSid: values.ActorSid,
      eventType: values.EventType,
      resourceKey: values.ResourceSid,
      sourceIp: values.SourceIpAddress,
      fromMs: values.StartDate?.fromMs,
      toMs: values.EndDate?.untilMs,
    }),
    // Else a customer could find out by asking what it is not shown.
    ...(!at.operator && (values.ActorSid ?? values.SourceIpAddress) !== undefined && { notByOperator: true }),
  };
}

/** @returns the account whose events are told; none: those of all accounts and of the installation */
export function scopeOf({ operator, account, deps }: Context): { readonly accountSid?: string } {
  return operator && account.sid === deps.operator.sid ? {} : { accountSid: account.sid };
}
