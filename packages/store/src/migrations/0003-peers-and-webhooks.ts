/** How carriers and customers' PBXs are met as a client; what TLS towards a trunk asks; the header, codec and SRTP rules of carriers. */
export const PEERS_AND_WEBHOOKS: readonly string[] = [
  `alter table carrier_dresses
    add column added_headers text[] not null default '{}',
    add column removed_headers text[] not null default '{}',
    add column codecs text[],
    add column srtp boolean not null default false`,

  // No foreign key: an owner is a carrier or a trunk. The repositories delete the row with its owner.
  `create table peer_settings (
    owner_sid text primary key,
    username text,
    password bytea,
    registrar_url text,
    registration_expires_sec integer not null check (registration_expires_sec between 60 and 86400),
    probe_interval_sec integer check (probe_interval_sec between 1 and 3600),
    client_certificate boolean not null,
    check ((username is null) = (password is null)),
    check (registrar_url is null or username is not null)
  )`,

  `create table trunk_tls (
    trunk_sid text primary key constraint trunk_tls_trunk references trunks (sid) on delete cascade,
    own_certificate boolean not null,
    client_names text[] not null
  )`,
];
