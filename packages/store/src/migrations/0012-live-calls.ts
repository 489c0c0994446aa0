/**
 * Which calls are not over yet, so that they are found without a look at those that are. A partial index of the log would do the same, but a
 * call that ends would then need new entries in every index of its record.
 */
export const LIVE_CALLS: readonly string[] = [
  `create table live_calls (
    sid text primary key,
    account_sid text not null
  )`,
  "create index live_calls_by_account on live_calls (account_sid)",
  "insert into live_calls (sid, account_sid) select sid, account_sid from call_records where ended_at is null",

  `create function note_begun_calls() returns trigger language plpgsql as $$ begin
     insert into live_calls (sid, account_sid) select sid, account_sid from new_rows where ended_at is null
     on conflict do nothing;
     return null;
   end $$`,
  `create function note_ended_calls() returns trigger language plpgsql as $$ begin
     delete from live_calls as live using new_rows as call where live.sid = call.sid and call.ended_at is not null;
     return null;
   end $$`,
  `create trigger note_begun_calls after insert on call_records referencing new table as new_rows
     for each statement execute function note_begun_calls()`,
  `create trigger note_ended_calls after update on call_records referencing new table as new_rows
     for each statement execute function note_ended_calls()`,
];
