import type { Delete, FlatPage, Get, Meta, Paging, Post } from "./twilio.types.ts";

export type RecordingMode =
  | "do-not-record"
  | "record-from-ringing"
  | "record-from-answer"
  | "record-from-ringing-dual"
  | "record-from-answer-dual";

export type Trunk = {
  readonly sid: string;
  readonly friendly_name: string | null;
  readonly domain_name: string | null;
  readonly disaster_recovery_url: string | null;
  readonly disaster_recovery_method: "GET" | "POST" | null;
  readonly secure: boolean;
  readonly cnam_lookup_enabled: boolean;
  readonly recording: { readonly mode: RecordingMode; readonly trim: "trim-silence" | "do-not-trim" };
  readonly transfer_mode: "disable-all" | "enable-all" | "sip-only";
  readonly transfer_caller_id: "from-transferee" | "from-transferor";
  readonly auth_type_set: readonly ("IP_ACL" | "CREDENTIAL_LIST")[];
  readonly date_created: string;
  readonly date_updated: string;
};
export type OriginationUrl = {
  readonly sid: string;
  readonly friendly_name: string;
  readonly sip_url: string;
  readonly priority: number;
  readonly weight: number;
  readonly enabled: boolean;
};
export type Named = {
  readonly sid: string;
  readonly friendly_name: string;
  readonly date_created: string;
  readonly date_updated: string;
};
type TrunkNumber = { readonly sid: string; readonly phone_number: string; readonly friendly_name: string };
export type Credential = { readonly sid: string; readonly username: string; readonly date_created: string };
type IpAddress = {
  readonly sid: string;
  readonly friendly_name: string;
  readonly ip_address: string;
  readonly cidr_prefix_length: number;
};

type Lists = "/2010-04-01/Accounts/{account}/SIP";

/** Elastic SIP Trunking, and the SIP lists of 2010-04-01. */
export type TrunkingApi = {
  readonly "GET /v1/Trunks": Get<{ readonly trunks: readonly Trunk[] } & Meta, Paging>;
  readonly "POST /v1/Trunks": Post<Trunk>;
  readonly "GET /v1/Trunks/{sid}": Get<Trunk>;
  readonly "POST /v1/Trunks/{sid}": Post<Trunk>;
  readonly "DELETE /v1/Trunks/{sid}": Delete;
  readonly "POST /v1/Trunks/{trunk}/Recording": Post<Trunk["recording"]>;
  readonly "GET /v1/Trunks/{trunk}/OriginationUrls": Get<
    { readonly origination_urls: readonly OriginationUrl[] } & Meta,
    Paging
  >;
  readonly "POST /v1/Trunks/{trunk}/OriginationUrls": Post<OriginationUrl>;
  readonly "POST /v1/Trunks/{trunk}/OriginationUrls/{sid}": Post<OriginationUrl>;
  readonly "DELETE /v1/Trunks/{trunk}/OriginationUrls/{sid}": Delete;
  readonly "GET /v1/Trunks/{trunk}/IpAccessControlLists": Get<
    { readonly ip_access_control_lists: readonly Named[] } & Meta,
    Paging
  >;
  readonly "POST /v1/Trunks/{trunk}/IpAccessControlLists": Post<Named>;
  readonly "DELETE /v1/Trunks/{trunk}/IpAccessControlLists/{sid}": Delete;
  readonly "GET /v1/Trunks/{trunk}/CredentialLists": Get<
    { readonly credential_lists: readonly Named[] } & Meta,
    Paging
  >;
  readonly "POST /v1/Trunks/{trunk}/CredentialLists": Post<Named>;
  readonly "DELETE /v1/Trunks/{trunk}/CredentialLists/{sid}": Delete;
  readonly "GET /v1/Trunks/{trunk}/PhoneNumbers": Get<
    { readonly phone_numbers: readonly TrunkNumber[] } & Meta,
    Paging
  >;
  readonly "POST /v1/Trunks/{trunk}/PhoneNumbers": Post<TrunkNumber>;
  readonly "DELETE /v1/Trunks/{trunk}/PhoneNumbers/{sid}": Delete;
} & {
  readonly [E in `GET ${Lists}/IpAccessControlLists.json`]: Get<
    { readonly ip_access_control_lists: readonly Named[] } & FlatPage,
    Paging
  >;
} & { readonly [E in `GET ${Lists}/IpAccessControlLists/{sid}.json`]: Get<Named> } & {
  readonly [E in `GET ${Lists}/CredentialLists/{sid}.json`]: Get<Named>;
} & { readonly [E in `POST ${Lists}/IpAccessControlLists.json`]: Post<Named> } & {
  readonly [E in `POST ${Lists}/IpAccessControlLists/{sid}.json`]: Post<Named>;
} & { readonly [E in `DELETE ${Lists}/IpAccessControlLists/{sid}.json`]: Delete } & {
  readonly [E in `GET ${Lists}/IpAccessControlLists/{list}/IpAddresses.json`]: Get<
    { readonly ip_addresses: readonly IpAddress[] } & FlatPage,
    Paging
  >;
} & { readonly [E in `POST ${Lists}/IpAccessControlLists/{list}/IpAddresses.json`]: Post<IpAddress> } & {
  readonly [E in `DELETE ${Lists}/IpAccessControlLists/{list}/IpAddresses/{sid}.json`]: Delete;
} & {
  readonly [E in `GET ${Lists}/CredentialLists.json`]: Get<
    { readonly credential_lists: readonly Named[] } & FlatPage,
    Paging
  >;
} & { readonly [E in `POST ${Lists}/CredentialLists.json`]: Post<Named> } & {
  readonly [E in `POST ${Lists}/CredentialLists/{sid}.json`]: Post<Named>;
} & { readonly [E in `DELETE ${Lists}/CredentialLists/{sid}.json`]: Delete } & {
  readonly [E in `GET ${Lists}/CredentialLists/{list}/Credentials.json`]: Get<
    { readonly credentials: readonly Credential[] } & FlatPage,
    Paging
  >;
} & { readonly [E in `POST ${Lists}/CredentialLists/{list}/Credentials.json`]: Post<Credential> } & {
  readonly [E in `POST ${Lists}/CredentialLists/{list}/Credentials/{sid}.json`]: Post<Credential>;
} & { readonly [E in `DELETE ${Lists}/CredentialLists/{list}/Credentials/{sid}.json`]: Delete };
