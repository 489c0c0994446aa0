import type { AuditEvent } from "@trunkline/store";
import { isSid } from "@trunkline/trunking";
import { isoDate } from "../../dates.ts";
import type { Context } from "../../route.ts";
import { changedFields } from "./event-fields.ts";
import { linksOf } from "./event-links.ts";

/** Fields named in a description; who wants all of them reads `event_data`. */
const FIELDS_TOLD = 5;

/**
 * An event as Monitor shows it (contract §4.1 "Events"). Of the operator a customer sees that it was the operator, and no more: not the
 * user, and not the address.
 */
export function viewEvent(event: AuditEvent, at: Context) {
  const isInside = event.actorType === "twilio-admin" && !at.operator;
  const actorSid = isInside ? null : event.actorSid;
  const changes = changedFields(event);
  return {
    sid: event.sid,
    account_sid: event.accountSid,
    actor_sid: actorSid,
    actor_type: event.actorType,
    description: describe(event, Object.keys(changes)),
    event_data: changes,
    event_date: isoDate(event.atMs),
    event_type: event.eventType,
    resource_sid: isSid(event.resourceKey) ? event.resourceKey : null,
    resource_type: event.resourceType,
    source: event.source,
    source_ip_address: isInside ? null : event.sourceIp,
    url: at.links.absolute("monitor", `/Events/${event.sid}`),
    links: linksOf(event, actorSid, at.links),
  };
}

/** `Trunk TK… updated: friendly_name, secure` */
function describe({ eventType, resourceType, resourceKey }: AuditEvent, fields: readonly string[]): string {
  const action = eventType.slice(resourceType.length + 1).replaceAll("-", " ");
  const noun = resourceType.replaceAll("-", " ");
  const told = fields.slice(0, FIELDS_TOLD).join(", ");
  const more = fields.length > FIELDS_TOLD ? ` and ${fields.length - FIELDS_TOLD} more` : "";
  const what = eventType.endsWith(".updated") && told !== "" ? `: ${told}${more}` : "";
  return `${noun.charAt(0).toUpperCase()}${noun.slice(1)} ${resourceKey} ${action}${what}`;
}
