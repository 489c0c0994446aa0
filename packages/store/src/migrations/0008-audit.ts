/**
 * Audit events (ACC-4): who changed what, when and from where, with what was there before.
 *
 * Tables are watched by triggers, so that no way of writing them escapes, and in the same transaction, so that an event is there exactly when
 * its change is. `audit_table` puts the triggers on a table; `audit/audited-tables.ts` says which tables have them. Who acts is what the
 * transaction says in `trunkline.actor` (`audit/actor.ts`), and the platform itself where it says nothing.
 */

/**
 * Writes events. There is one per resource and transaction: what is changed of the resource later in the same transaction joins it.
 *
 * @param told a select of identity (null: the usual one), account, type, action, resource, parent and changes
 */
const writeEvents = (told: string): string => `
  insert into audit_events as event (sid, account_sid, event_type, resource_type, resource_key, parent_key,
                                     actor_type, actor_sid, source, source_ip, request_id, changes)
  select 'AE' || md5(coalesce(identity, concat_ws(' ', now(), pg_current_xact_id(), type, resource))),
         account, type || '.' || action, type, resource, parent,
         coalesce(actor->>'type', 'system'), actor->>'sid', coalesce(actor->>'source', 'twilio'), actor->>'ip',
         actor->>'requestId', changes
    from (${told}) as told
  on conflict (sid) do update
     set event_type = case when event.event_type like '%.updated' then excluded.event_type else event.event_type end,
         account_sid = coalesce(event.account_sid, excluded.account_sid),
         parent_key = coalesce(event.parent_key, excluded.parent_key),
         changes = audit_merge(event.changes, excluded.changes)
   where event.at = excluded.at`;

const ACTOR = "actor constant jsonb := nullif(current_setting('trunkline.actor', true), '');";

/**
 * A trigger's function for statements of one kind.
 *
 * @param rows the transition table that has all of them
 * @param changed a select of before and after, the row as it is told of (`whole`) and the owner that it had before (`former`)
 */
const watch = (verb: string, action: string, rows: string, changed: string): string => `
  create function audit_${verb}() returns trigger language plpgsql as $$
  declare
    rule constant jsonb := tg_argv[0];
    ${ACTOR}
  begin
    -- What comes by the thousand is told of by who brings it.
    if rule ? 'most' and (select count(*) from ${rows}) > (rule->>'most')::integer then return null; end if;
    ${writeEvents(`
      with changed as (${changed}),
      told as (
        select whole->>(rule->>'resource') as resource, max(whole->>(rule->>'owner')) as owner, max(former) as former,
               jsonb_object_agg(
                 concat_ws('.', rule->>'label', whole->>(rule->>'key'), nullif(field, rule->>'key')),
                 jsonb_build_object('previous', audit_value(before->field, rule->'secret' ? field),
                                    'updated', audit_value(after->field, rule->'secret' ? field))) as changes
          from changed cross join jsonb_object_keys(whole) as field
         where not rule->'unseen' ? field and coalesce(before->field, 'null') <> coalesce(after->field, 'null')
         group by 1),
      typed as (
        select *, coalesce(rule->>'type', rule->'types'->>left(resource, 2)) as type,
               case when (rule->'part')::boolean then 'updated' else '${action}' end as action
          from told)
      select null as identity, audit_account(owner) as account, type, action, resource, nullif(owner, resource) as parent, changes
        from typed
      -- What moves to another account is told to both.
      union all
      select concat_ws(' ', now(), pg_current_xact_id(), type, resource, former), audit_account(former), type, action,
             resource, former, changes
        from typed where former <> owner and audit_account(former) <> audit_account(owner)`)};
    return null;
  end
  $$`;

/** Rows before and after, found again by what identifies them. */
const PAIRS = `
  with old_row as (select to_jsonb(r) as row from old_rows as r), new_row as (select to_jsonb(r) as row from new_rows as r)
  select old_row.row as before, new_row.row as after, new_row.row as whole, old_row.row->>(rule->>'owner') as former
    from old_row join new_row
      on concat_ws('/', old_row.row->>(rule->>'resource'), old_row.row->>(rule->>'key'))
       = concat_ws('/', new_row.row->>(rule->>'resource'), new_row.row->>(rule->>'key'))`;

export const AUDIT: readonly string[] = [
  // No foreign keys: what happened is kept whatever becomes of the configuration. Nothing but retention ever deletes a row.
  `create table audit_events (
    sid text primary key,
    ordinal bigint generated always as identity,
    at timestamptz(3) not null default now(),
    -- Null: of the installation, for the operator alone.
    account_sid text,
    event_type text not null,
    resource_type text not null,
    -- Its SID, or the name of what has none.
    resource_key text not null,
    -- What the resource is a part of, such as the trunk of an origination URL.
    parent_key text,
    actor_type text not null,
    actor_sid text,
    source text not null,
    source_ip text,
    request_id text,
    -- By name of the column: what it was and what it became.
    changes jsonb not null
  )`,
  "create index audit_events_by_time on audit_events (at, ordinal)",
  "create index audit_events_by_account on audit_events (account_sid, at, ordinal)",
  "create index audit_events_by_resource on audit_events (resource_key, at, ordinal)",
  "create index audit_events_by_type on audit_events (account_sid, event_type, at, ordinal)",
  "create index audit_events_by_actor on audit_events (actor_sid, at, ordinal) where actor_sid is not null",
  "create index audit_events_by_source on audit_events (source_ip, at, ordinal) where source_ip is not null",

  // The first value stays the previous one, the last the updated one.
  `create function audit_merge(first jsonb, second jsonb) returns jsonb language sql immutable as $$
    select first || coalesce(jsonb_object_agg(name, change || coalesce(
             jsonb_build_object('previous', first->name->'previous'), '{}')) filter (where first ? name), '{}')
                 || coalesce(jsonb_object_agg(name, change) filter (where not first ? name), '{}')
      from jsonb_each(second) as changed (name, change)
  $$`,

  // Null for what belongs to no account, such as a carrier.
  `create function audit_account(owner text) returns text language sql stable as $$
    select case left(owner, 2)
      when 'AC' then owner
      when 'TK' then (select account_sid from trunks where sid = owner)
      when 'US' then (select account_sid from users where sid = owner)
      when 'PN' then (select account_sid from phone_numbers where sid = owner)
      when 'CL' then (select account_sid from credential_lists where sid = owner)
      when 'AL' then (select account_sid from ip_access_control_lists where sid = owner)
      when 'CR' then (select list.account_sid from credentials as member join credential_lists as list
                        on list.sid = member.list_sid where member.sid = owner)
      when 'IP' then (select list.account_sid from ip_addresses as member join ip_access_control_lists as list
                        on list.sid = member.list_sid where member.sid = owner)
    end
  $$`,

  // What is secret shows that it is there, and nothing else.
  `create function audit_value(value jsonb, secret boolean) returns jsonb language sql immutable as $$
    select case when secret and value <> 'null' then '"(secret)"' else coalesce(value, 'null') end
  $$`,

  watch(
    "insert",
    "created",
    "new_rows",
    `
    select rule->'defaults' as before, to_jsonb(r) as after, to_jsonb(r) as whole, null as former from new_rows as r`,
  ),
  watch("update", "updated", "new_rows", PAIRS),
  watch(
    "delete",
    "deleted",
    "old_rows",
    `
    select to_jsonb(r) as before, rule->'defaults' as after, to_jsonb(r) as whole, null as former from old_rows as r`,
  ),

  // For what is no change of a row.
  `create function audit_note(
     identity text, account text, type text, action text, resource text, parent text, changes jsonb
   ) returns void language plpgsql as $$
   #variable_conflict use_column
   declare
     ${ACTOR}
   begin
     ${writeEvents(`
       select audit_note.identity, audit_note.account, audit_note.type, audit_note.action, audit_note.resource,
              audit_note.parent, audit_note.changes`)};
   end
   $$`,

  // Every bytea is a secret, whoever adds one.
  `create function audit_table(name text, given jsonb) returns void language plpgsql as $$
   declare
     rule jsonb;
   begin
     select given || jsonb_build_object(
              'secret', given->'secret' || coalesce(
                jsonb_agg(attname) filter (where atttypid = 'bytea'::regtype), '[]'),
              'unseen', given->'unseen' || '["created_at", "updated_at"]' || coalesce(
                jsonb_agg(attname) filter (where attgenerated <> '' or attidentity <> ''), '[]'))
       into rule
       from pg_attribute where attrelid = name::regclass and attnum > 0 and not attisdropped;
     execute format('create or replace trigger audited_insert after insert on %I referencing new table as new_rows
                     for each statement execute function audit_insert(%L)', name, rule);
     execute format('create or replace trigger audited_update after update on %I
                     referencing old table as old_rows new table as new_rows
                     for each statement execute function audit_update(%L)', name, rule);
     execute format('create or replace trigger audited_delete after delete on %I referencing old table as old_rows
                     for each statement execute function audit_delete(%L)', name, rule);
   end
   $$`,
];
