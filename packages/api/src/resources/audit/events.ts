import type { AuditEvent } from "@trunkline/store";
import { type At, noParent, type Resource } from "../../resource.ts";
import { accepts } from "../../route.ts";
import { eventFilter, eventFilters, scopeOf } from "./event-filters.ts";
import { viewEvent } from "./event-view.ts";

/**
 * Monitor v1 Events: who changed what, when and from where, newest first (contract §3.2, §4.1, ACC-4). The operator sees those of an account by
 * naming it, and those of the whole installation by naming none.
 */
export const events: Resource<AuditEvent, null> = {
  product: "monitor",
  scope: "anyone",
  noun: "audit event",
  path: "/Events",
  key: "events",
  parent: noParent,
  view: viewEvent,
  list: accepts(eventFilters, async (at: At<null>, values) => {
    const filter = eventFilter(at, values);
    return (page) => at.deps.store.audit.list(filter, page);
  }),
  fetch: (at, sid) => at.deps.store.audit.fetch(sid, scopeOf(at).accountSid),
};
