import type { Delete, FlatPage, Get, Paging, Post } from "./twilio.types.ts";

export type IncomingNumber = {
  readonly sid: string;
  readonly phone_number: string;
  readonly friendly_name: string;
  readonly trunk_sid: string | null;
  readonly voice_url: string | null;
  readonly status_callback: string | null;
  readonly date_created: string;
};
type AvailableNumber = {
  readonly phone_number: string;
  readonly friendly_name: string;
  readonly locality: string | null;
  readonly region: string | null;
  readonly iso_country: string;
};
type AvailableCountry = { readonly country_code: string; readonly country: string };
type CallerId = {
  readonly sid: string;
  readonly phone_number: string;
  readonly friendly_name: string;
  readonly date_created: string;
};
export type ValidationRequest = {
  readonly phone_number: string;
  readonly validation_code: string;
  readonly call_sid: string;
};

type Of<Path extends string> = `/2010-04-01/Accounts/{account}/${Path}`;
type Search = Paging & { readonly PhoneNumber?: string };

/** Phone numbers and caller IDs of 2010-04-01. */
export type NumbersApi = {
  readonly [E in `GET ${Of<"IncomingPhoneNumbers.json">}`]: Get<
    { readonly incoming_phone_numbers: readonly IncomingNumber[] } & FlatPage,
    Search
  >;
} & { readonly [E in `POST ${Of<"IncomingPhoneNumbers.json">}`]: Post<IncomingNumber> } & {
  readonly [E in `GET ${Of<"IncomingPhoneNumbers/{sid}.json">}`]: Get<IncomingNumber>;
} & { readonly [E in `POST ${Of<"IncomingPhoneNumbers/{sid}.json">}`]: Post<IncomingNumber> } & {
  readonly [E in `DELETE ${Of<"IncomingPhoneNumbers/{sid}.json">}`]: Delete;
} & {
  readonly [E in `GET ${Of<"AvailablePhoneNumbers.json">}`]: Get<
    { readonly countries: readonly AvailableCountry[] } & FlatPage,
    Paging
  >;
} & {
  readonly [E in `GET ${Of<"AvailablePhoneNumbers/{country}/{type}.json">}`]: Get<
    { readonly available_phone_numbers: readonly AvailableNumber[] } & FlatPage,
    Paging & { readonly Contains?: string }
  >;
} & {
  readonly [E in `GET ${Of<"OutgoingCallerIds.json">}`]: Get<
    { readonly outgoing_caller_ids: readonly CallerId[] } & FlatPage,
    Search
  >;
} & { readonly [E in `POST ${Of<"OutgoingCallerIds.json">}`]: Post<ValidationRequest> } & {
  readonly [E in `DELETE ${Of<"OutgoingCallerIds/{sid}.json">}`]: Delete;
};
