import type { Actor } from "./audit/actor.ts";
import type { PageOf, PageRequest } from "./store.ts";

/** Something that was changed, or done, and by whom (ACC-4). */
export type AuditEvent = {
  /** `AE…` */
  readonly sid: string;
  readonly atMs: number;
  /** Null: of the installation. */
  readonly accountSid: string | null;
  /** `{resourceType}.{action}`, such as `trunk.updated`. */
  readonly eventType: string;
  readonly resourceType: string;
  /** SID of the resource, or the name of what has none. */
  readonly resourceKey: string;
  /** What the resource is a part of, such as the trunk of an origination URL; null for what is part of nothing, or where it is not known. */
  readonly parentKey: string | null;
  /** `system`: the platform itself. */
  readonly actorType: Actor["type"] | "system";
  readonly actorSid: string | null;
  /** `twilio`: the platform itself. */
  readonly source: Actor["source"] | "twilio";
  readonly sourceIp: string | null;
  /** `RQ…` of the request that did it. */
  readonly requestId: string | null;
  /** By name of the column. A secret is `(secret)`, whatever it was or became. */
  readonly changes: Readonly<Record<string, AuditChange>>;
};
export type AuditChange = { readonly previous: unknown; readonly updated: unknown };

/** Something that is no change of a row, such as signing in. */
export type AuditNote = {
  readonly accountSid: string | null;
  readonly resourceType: string;
  /** What was done: `deleted`, `accessed`, … */
  readonly action: string;
  readonly resourceKey: string;
  readonly parentKey?: string;
  /** Never a secret. */
  readonly changes?: Readonly<Record<string, AuditChange>>;
  /** Noted once for each actor with the same text, so that repetitions fill nothing. */
  readonly once?: string;
};

/** Bounds are epoch milliseconds, `from` inclusive, `to` exclusive. */
export type AuditFilter = {
  /** Absent: events of all accounts and of the installation. */
  readonly accountSid?: string;
  readonly actorSid?: string;
  readonly eventType?: string;
  readonly resourceKey?: string;
  readonly sourceIp?: string;
  readonly fromMs?: number;
  readonly toMs?: number;
  /** Leaves out what the operator did. */
  readonly notByOperator?: boolean;
};

/** Newest first. There is no way to change an event or to delete a new one. */
export interface AuditRepository {
  fetch(sid: string, accountSid?: string): Promise<AuditEvent | undefined>;
  list(filter: AuditFilter, page: PageRequest): Promise<PageOf<AuditEvent>>;
  /** Notes what the current actor does (`actingAs`). */
  note(note: AuditNote): Promise<void>;
  /** Deletes up to `limit` events from before a moment, oldest first. @returns how many */
  deleteOlderThan(beforeMs: number, limit: number): Promise<number>;
}
