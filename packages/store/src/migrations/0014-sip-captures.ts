/** The SIP messages of calls that are over (EVD-2), kept for some days. */
export const SIP_CAPTURES: readonly string[] = [
  // No foreign key: a capture may be there before its call's record is, and never holds one up.
  `create table sip_captures (
    call_sid text primary key,
    account_sid text not null,
    created_at timestamptz(3) not null,
    -- The capture as JSON, deflated (RFC 1950).
    content bytea not null
  )`,
  // It is compressed already.
  "alter table sip_captures alter column content set storage external",
  "create index sip_captures_by_age on sip_captures (created_at)",
];
