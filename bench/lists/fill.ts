/** The account that has everything that is measured; others have as much again. */
export const ACCOUNT_SID = `AC${"1".repeat(32)}`;
export const TRUNK_SID = `TK${"1".repeat(32)}`;
/** Of the newest call, epoch milliseconds; one call a second before. */
export const NEWEST_MS = Date.now();

const ROWS_AT_ONCE = 500_000;

/** Statements that fill an empty store with call records and a tenth as many numbers, owned and on sale, in the proportions of a busy trunk. */
export function* fillStatements(rows: number): Iterable<string> {
  for (const digit of ["1", "2"])
    yield `insert into accounts (sid, friendly_name, status, type, auth_token, auth_token_mac)
           values ('AC${digit.repeat(32)}', 'bench', 'active', 'Full', '', '${digit}')`;
  // What the triggers do is not what is measured here, and a transition table of millions of rows is no load that calls make.
  for (const table of ["call_records", "phone_numbers"]) yield `alter table ${table} disable trigger user`;
  for (let from = 0; from < rows; from += ROWS_AT_ONCE)
    yield calls(from, Math.min(from + ROWS_AT_ONCE, rows) - 1, rows);
  const numbers = Math.max(1, rows / 10);
  yield `
    insert into phone_numbers (sid, account_sid, e164, trunk_sid, friendly_name, voice_method, voice_fallback_method,
                               voice_caller_id_lookup, status_callback_method, iso_country, type)
    select 'PN' || md5(i::text), '${ACCOUNT_SID}', ${number("i")}, null, 'line ' || i, 'POST', 'POST', false, 'POST', 'US', 'local'
      from generate_series(0, ${numbers - 1}) as i`;
  yield `
    insert into inventory_numbers (sid, e164, iso_country, type, monthly_price_micros, capabilities, locality, region, state)
    select 'IN' || md5(i::text), '+1' || (3000000000 + i * 7), 'US', 'local', 1000000, '{voice}', 'City ' || i % 500,
           'R' || i % 50, 'available'
      from generate_series(0, ${numbers - 1}) as i`;
  yield "vacuum analyze call_records";
  yield "analyze";
}

/** One in a hundred failed, one in a thousand with an error code; every tenth call of another account, every third over the trunk asked for. */
function calls(from: number, to: number, rows: number): string {
  return `
    insert into call_records (sid, revision, account_sid, trunk_sid, direction, caller, callee, status, created_at, answered_at,
                              ended_at, duration_sec, sip_call_id_a, source, error_code, attempts, quality, trace)
    select 'CA' || md5(i::text), 3, case when i % 10 = 0 then 'AC${"2".repeat(32)}' else '${ACCOUNT_SID}' end,
           case when i % 3 = 0 then '${TRUNK_SID}' else 'TK${"2".repeat(32)}' end,
           case when i % 4 = 0 then 'trunking-originating' else 'trunking-terminating' end,
           ${number(`(i % ${Math.max(1, rows / 100)})`)}, '+44' || 2000000000 + (i::bigint * 7919) % ${Math.max(1, rows / 10)},
           case when i % 100 = 7 then 'failed' else 'completed' end, at, at, at + interval '1 minute', 60,
           md5('a' || i), '192.0.2.1:5060', case when i % 1000 = 7 then 32011 end, '[]', '[]', '[]'
      from (select i, to_timestamp(${NEWEST_MS / 1_000} - ${rows} + i) as at from generate_series(${from}, ${to}) as i) as call`;
}

function number(i: string): string {
  return `'+1' || (2000000000 + ${i})`;
}
