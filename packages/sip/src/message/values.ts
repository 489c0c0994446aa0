/**
 * A `;name=value` list. Names are lower-case; a parameter without a value is the empty string. Header parameters come without
 * their quotes; in URI parameters names are unescaped and values as written.
 */
export type Params = ReadonlyMap<string, string>;

/** A SIP or SIPS URI (RFC 3261 §19.1). `user` and `headers` are as written (escapes kept); `host` is lower-case, IPv6 in brackets. */
export type SipUri = {
  readonly scheme: "sip" | "sips";
  readonly user?: string;
  readonly password?: string;
  readonly host: string;
  readonly port?: number;
  readonly params: Params;
  /** The part after `?`, as written, without the `?`. */
  readonly headers?: string;
};

/** name-addr or addr-spec with its header parameters (From, To, Contact, Route ...). */
export type NameAddr = {
  /** Unquoted and unescaped. */
  readonly displayName?: string;
  /** The URI as written: any scheme. Parse it with `parseSipUri` or `parseTelUri` when needed. */
  readonly uri: string;
  /** Header parameters (outside the angle brackets); `tag` among them. */
  readonly params: Params;
};

/** A telephone URI (RFC 3966). */
export type TelUri = {
  /** True for `+` and digits, false for a local number, which then has a `phone-context`. */
  readonly global: boolean;
  /** Without visual separators. */
  readonly number: string;
  readonly params: Params;
};

export type CSeq = { readonly number: number; readonly method: string };

export type Via = {
  /** Upper-case: UDP, TCP, TLS. */
  readonly transport: string;
  /** Lower-case host, IPv6 in brackets. */
  readonly host: string;
  readonly port?: number;
  /** With or without the RFC 3261 cookie. */
  readonly branch?: string;
  readonly params: Params;
  readonly raw: string;
};
