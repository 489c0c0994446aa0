/** DNS as data: the stack says what it wants to know, the shell asks, with its cache and its time limits. */
export type DnsQuestion = { readonly type: "NAPTR" | "SRV" | "A" | "AAAA"; readonly name: string };

export type NaptrRecord = {
  readonly type: "NAPTR";
  readonly order: number;
  readonly preference: number;
  readonly flags: string;
  readonly service: string;
  readonly replacement: string;
};
export type SrvRecord = {
  readonly type: "SRV";
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  readonly target: string;
};
export type AddressRecord = { readonly type: "A" | "AAAA"; readonly address: string };
export type DnsRecord = NaptrRecord | SrvRecord | AddressRecord;

export type DnsAnswer =
  /** Empty: the name or the type does not exist. */
  | { readonly kind: "records"; readonly records: readonly DnsRecord[] }
  /** No answer to be had: time-out, SERVFAIL. */
  | { readonly kind: "failed"; readonly why: string };
