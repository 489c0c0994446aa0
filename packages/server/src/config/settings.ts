import { isIP } from "node:net";
import { DEFAULT_CIPHERS } from "@trunkline/transport";
import { isE164 } from "@trunkline/trunking";

/**
 * The settings table: every variable that Trunkline reads, with its default, its meaning and its reader. The command line's help, the
 * YAML file's keys and the checks at start all come from here (interface §2).
 */
type ListenAddress = { readonly host: string; readonly port: number };
/** Which media plane carries calls; of rtpengine, the control addresses of all servers. */
export type MediaSetting =
  | { readonly kind: "embedded" }
  | { readonly kind: "rtpengine"; readonly servers: readonly ListenAddress[] };
export type Role = "all" | "edge" | "control";
export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "silent";

export type Settings = {
  readonly dataDir: string;
  readonly zone: string;
  readonly role: Role;
  readonly http: ListenAddress;
  readonly bind: readonly string[];
  /** As many as `bind`; empty: the bind addresses themselves. */
  readonly advertise: readonly string[];
  readonly sipPort: number;
  readonly sipsPort: number;
  /** PEM files of the operator's own certificate; both or none. */
  readonly tlsCert: string | undefined;
  readonly tlsKey: string | undefined;
  /** PEM file of the roots of client certificates; undefined: our own root. */
  readonly tlsClientCa: string | undefined;
  /** OpenSSL's names, colons between; undefined: all suites of SEC-1. */
  readonly tlsCiphers: string | undefined;
  /** Where an ACME server's directory is; undefined: no certificates from one. What the five come to: `acmeSettings`. */
  readonly acmeDirectory: string | undefined;
  readonly acmeEmail: string | undefined;
  readonly acmeChallenge: "http-01" | "dns-01";
  /** The program that sets and removes TXT records. */
  readonly acmeDnsHook: string | undefined;
  /** PEM file of the roots that the ACME server's own certificate is checked by; undefined: the system's. */
  readonly acmeCa: string | undefined;
  readonly rtpPorts: { readonly min: number; readonly max: number };
  /** Private connections (ORIG-13): the SID that a URL's `tnx` names, and our address on it. */
  readonly interconnects: readonly { readonly sid: string; readonly address: string }[];
  readonly edge: string;
  /** Undefined: the embedded store in the data directory. */
  readonly databaseUrl: string | undefined;
  readonly media: MediaSetting;
  readonly mediaWorkers: number;
  /** MED-4; 0: calls are not watched. */
  readonly mediaSilenceSec: number;
  /** `file:` or `s3:`; undefined: the data directory. What it comes to: `recordingsPlace`. */
  readonly recordingsUrl: string | undefined;
  /** Hold where an `s3:` URL does not say them. */
  readonly s3AccessKeyId: string | undefined;
  readonly s3SecretAccessKey: string | undefined;
  readonly s3Region: string | undefined;
  readonly operatorSid: string | undefined;
  readonly operatorToken: string | undefined;
  readonly demo: boolean;
  readonly pstnPort: number;
  readonly demoPassword: string | undefined;
  /** Days in which a released number is for its last account only; 0: none. */
  readonly quarantineDays: number;
  /** E.164; undefined: none, so that the platform makes no calls of its own. */
  readonly callerId: string | undefined;
  /** How long audit events are kept. */
  readonly auditDays: number;
  /** How long the SIP messages of calls are kept; 0: not at all. */
  readonly captureDays: number;
  readonly allowPrivateWebhooks: boolean;
  /** Scheme, host and port; undefined: where the API listens. */
  readonly publicUrl: string | undefined;
  /** Requests to the API per second of one account, and how many it may have under way at once. */
  readonly apiRate: number;
  readonly apiConcurrency: number;
  /** Addresses or networks whose `X-Forwarded-For`, `-Proto` and `-Host` are believed. */
  readonly trustedProxies: readonly string[];
  readonly log: LogLevel;
};

/** A value that cannot be used. `message` is one line: what, where, what to do. */
export class SettingError extends Error {
  readonly code = "ERR_SETTING";
}

type Read<T> = (text: string) => T | { readonly wrong: string };

export type SettingRow<K extends keyof Settings = keyof Settings> = {
  readonly variable: string;
  readonly key: K;
  readonly fallback: string | undefined;
  readonly meaning: string;
  readonly read: Read<Settings[K]>;
};

const wrong = (text: string): { readonly wrong: string } => ({ wrong: text });
const row = <K extends keyof Settings>(
  variable: string,
  key: K,
  fallback: string | undefined,
  meaning: string,
  read: Read<Settings[K]>,
): SettingRow<K> => ({ variable, key, fallback, meaning, read });

const text: Read<string> = (value) => value;

const port: Read<number> = (value) => {
  const number = Number(value);
  return Number.isInteger(number) && number >= 0 && number <= 65_535
    ? number
    : wrong("a port is a number from 0 to 65535");
};

const flag: Read<boolean> = (value) => {
  if (["true", "1", "yes", "on"].includes(value.toLowerCase())) return true;
  if (["false", "0", "no", "off"].includes(value.toLowerCase())) return false;
  return wrong("write true or false");
};

function choice<const T extends string>(...allowed: readonly T[]): Read<T> {
  return (value) => allowed.find((one) => one === value) ?? wrong(`choose one of ${allowed.join(", ")}`);
}

const listenAddress: Read<ListenAddress> = (value) => {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:]*)):(\d+)$/.exec(value);
  if (!match) return wrong("write host:port, such as 127.0.0.1:8080 or [::1]:8080");
  const number = port(match[3] ?? "");
  return typeof number === "number" ? { host: match[1] ?? (match[2] || "0.0.0.0"), port: number } : number;
};

const addresses: Read<readonly string[]> = (value) => {
  const list = value
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "");
  const bad = list.find((one) => !/^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*)$/.test(one));
  return bad === undefined ? list : wrong(`${bad} is not an IP address`);
};

const networks: Read<readonly string[]> = (value) => {
  const list = value
    .split(",")
    .map((one) => one.trim())
    .filter((one) => one !== "");
  const bad = list.find((one) => {
    const [, address = "", prefix = "0"] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(one) ?? [];
    const family = isIP(address);
    return family === 0 || Number(prefix) > (family === 4 ? 32 : 128);
  });
  return bad === undefined ? list : wrong(`${bad} is no IP address or network such as 10.0.0.0/8`);
};

const interconnects: Read<Settings["interconnects"]> = (value) => {
  const list: { readonly sid: string; readonly address: string }[] = [];
  for (const text of value.split(",").map((one) => one.trim())) {
    if (text === "") continue;
    const [, sid = "", address = ""] = /^(TX[0-9a-f]{32})=(.+)$/.exec(text) ?? [];
    if (isIP(address) === 0)
      return wrong(`${text}: write TX and 32 lower-case hexadecimal digits, =, and an address of this machine`);
    if (list.some((one) => one.sid === sid || one.address === address))
      return wrong(`${text}: SID or address stands twice`);
    list.push({ sid, address });
  }
  return list;
};

const portRange: Read<{ readonly min: number; readonly max: number }> = (value) => {
  const match = /^(\d+)-(\d+)$/.exec(value);
  const min = Number(match?.[1]);
  const max = Number(match?.[2]);
  if (!match || min < 1_024 || max > 65_535)
    return wrong("write first-last between 1024 and 65535, such as 10000-60000");
  return max - min >= 7
    ? { min, max }
    : wrong("the range is too small: one call takes four ports, so give at least eight");
};

const RTPENGINE_FORM = "write embedded, or rtpengine:host:port, several after commas, such as rtpengine:127.0.0.1:2223";

const mediaPlane: Read<MediaSetting> = (value) => {
  if (value === "embedded") return { kind: "embedded" };
  const [, list] = /^rtpengine:(.+)$/.exec(value) ?? [];
  if (list === undefined) return wrong(RTPENGINE_FORM);
  const servers: ListenAddress[] = [];
  for (const one of list.split(",").map((text) => text.trim())) {
    const [, ipv6, name, digits] = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9._-]+)):(\d{1,5})$/.exec(one) ?? [];
    const server = { host: ipv6 ?? name ?? "", port: Number(digits) };
    if (server.host === "" || server.port < 1 || server.port > 65_535) return wrong(`${one}: ${RTPENGINE_FORM}`);
    if (servers.some(({ host, port: known }) => host === server.host && known === server.port))
      return wrong(`${one} is there twice`);
    servers.push(server);
  }
  return { kind: "rtpengine", servers };
};

const domain: Read<string> = (value) =>
  /^(?=.{1,200}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$/.test(value)
    ? value
    : wrong("a zone is a domain name in lower case with at least two labels, such as sip.example.com");

const count: Read<number> = (value) => {
  const number = Number(value);
  return Number.isInteger(number) && number >= 1 && number <= 64 ? number : wrong("give a whole number from 1 to 64");
};

const silenceSec: Read<number> = (value) => {
  const number = Number(value);
  return /^\d{1,5}$/.test(value) && number <= 86_400 ? number : wrong("give whole seconds up to 86400, or 0 for never");
};

const quarantineDays: Read<number> = (value) =>
  /^\d{1,4}$/.test(value) && Number(value) <= 3_650
    ? Number(value)
    : wrong("give whole days up to 3650, or 0 for none");

const auditDays: Read<number> = (value) => {
  const number = Number(value);
  return /^\d{1,5}$/.test(value) && number >= 1 && number <= 36_500 ? number : wrong("give whole days from 1 to 36500");
};

const captureDays: Read<number> = (value) =>
  /^\d{1,4}$/.test(value) && Number(value) <= 3_650
    ? Number(value)
    : wrong("give whole days up to 3650, or 0 to keep none");

const requests: Read<number> = (value) => {
  const number = Number(value);
  return /^\d{1,6}$/.test(value) && number >= 1 ? number : wrong("give a whole number from 1 to 999999");
};

const operatorSid: Read<string> = (value) =>
  /^AC[0-9a-f]{32}$/.test(value) ? value : wrong("an account SID is AC and 32 lower-case hexadecimal digits");

const secret: Read<string> = (value) => (value.length >= 12 ? value : wrong("use at least 12 characters"));

const postgresUrl: Read<string> = (value) =>
  /^postgres(ql)?:\/\//.test(value)
    ? value
    : wrong("write postgres://user:password@host:port/database, or leave it out for the embedded store");

const webOrigin: Read<string> = (value) => {
  const url = URL.parse(value);
  const isOrigin = url !== null && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`;
  return isOrigin ? url.origin : wrong("write scheme and host alone, such as https://sip.example.com");
};

/** Fewer than we offer by ourselves, in the operator's order; none that we do not, so that no slip of the pen lets RC4 in. */
const ciphers: Read<string> = (value) => {
  const names = value.split(/[:,\s]+/).filter((name) => name !== "");
  const offered = DEFAULT_CIPHERS.split(":");
  const bad = names.find((name) => !offered.includes(name));
  if (names.length === 0) return wrong("give at least one suite, or leave it out for all");
  return bad === undefined ? names.join(":") : wrong(`${bad} is none of ${offered.join(", ")}`);
};

const acmeDirectory: Read<string> = (value) => {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  return url?.protocol === "https:" && url.username === "" && url.password === ""
    ? value
    : wrong("give the https URL of an ACME directory, such as https://acme-v02.api.letsencrypt.org/directory");
};

const e164: Read<string> = (value) =>
  isE164(value) ? value : wrong("write + , country code and number without blanks, such as +12025550100");

const email: Read<string> = (value) =>
  /^[^\s@,?]+@[^\s@,?]+$/.test(value) ? value : wrong("give one address, such as hostmaster@example.com");

/** In the order of the documentation. */
export const SETTINGS: readonly SettingRow[] = [
  row("TRUNKLINE_DATA_DIR", "dataDir", "./data", "embedded store, journal, recordings, secrets, certificates", text),
  row("TRUNKLINE_ZONE", "zone", "trunkline.localhost", "base domain", domain),
  row("TRUNKLINE_ROLE", "role", "all", "all, edge (calls) or control (API)", choice("all", "edge", "control")),
  row("TRUNKLINE_HTTP", "http", "127.0.0.1:8080", "API; port 0: any", listenAddress),
  row("TRUNKLINE_BIND", "bind", "127.0.0.1", "addresses SIP and RTP bind to, separated by commas", addresses),
  row(
    "TRUNKLINE_ADVERTISE",
    "advertise",
    "",
    "addresses put into Via, Contact and SDP; default: the bind addresses",
    addresses,
  ),
  row("TRUNKLINE_SIP_PORT", "sipPort", "5060", "SIP over UDP and TCP; 0: any", port),
  row("TRUNKLINE_SIPS_PORT", "sipsPort", "5061", "SIP over TLS; 0: any", port),
  row("TRUNKLINE_TLS_CERT", "tlsCert", undefined, "PEM file, certificate and chain; default: one of our own", text),
  row("TRUNKLINE_TLS_KEY", "tlsKey", undefined, "PEM file of its private key; both are watched for renewal", text),
  row(
    "TRUNKLINE_TLS_CLIENT_CA",
    "tlsClientCa",
    undefined,
    "PEM file, roots of the certificates of PBXs that trunks ask for one; default: our own root",
    text,
  ),
  row("TRUNKLINE_TLS_CIPHERS", "tlsCiphers", undefined, "fewer cipher suites, colons between; default: all", ciphers),
  row("TRUNKLINE_ACME_DIRECTORY", "acmeDirectory", undefined, "URL of an ACME server; default: none", acmeDirectory),
  row("TRUNKLINE_ACME_EMAIL", "acmeEmail", undefined, "where the ACME server may write to", email),
  row(
    "TRUNKLINE_ACME_CHALLENGE",
    "acmeChallenge",
    "http-01",
    "how names are proven: http-01 (port 80 leads to the API), dns-01 (wildcards too)",
    choice("http-01", "dns-01"),
  ),
  row("TRUNKLINE_ACME_DNS_HOOK", "acmeDnsHook", undefined, "program for dns-01: add|remove NAME VALUE", text),
  row("TRUNKLINE_ACME_CA", "acmeCa", undefined, "PEM file, roots of a private ACME server's own certificate", text),
  row("TRUNKLINE_RTP_PORTS", "rtpPorts", "10000-60000", "media ports", portRange),
  row(
    "TRUNKLINE_INTERCONNECTS",
    "interconnects",
    "",
    "private connections, SID=local address, separated by commas; SIP and media of URLs with ;tnx=SID leave from there",
    interconnects,
  ),
  row("TRUNKLINE_EDGE", "edge", "local", "name of this node's edge", text),
  row("TRUNKLINE_DATABASE_URL", "databaseUrl", undefined, "postgres://…; default: the embedded store", postgresUrl),
  row("TRUNKLINE_MEDIA", "media", "embedded", "media plane, or rtpengine:host:port[,host:port…]", mediaPlane),
  row("TRUNKLINE_MEDIA_WORKERS", "mediaWorkers", "1", "threads of the embedded media plane", count),
  row(
    "TRUNKLINE_MEDIA_SILENCE",
    "mediaSilenceSec",
    "60",
    "seconds without media from either side after which a call is ended; 0: never",
    silenceSec,
  ),
  row(
    "TRUNKLINE_RECORDINGS_URL",
    "recordingsUrl",
    undefined,
    "where recordings are kept: file:///folder, or s3://host/bucket[/prefix][?region=…]; default: the data directory",
    text,
  ),
  row("AWS_ACCESS_KEY_ID", "s3AccessKeyId", undefined, "key for s3: when the URL has none", text),
  row("AWS_SECRET_ACCESS_KEY", "s3SecretAccessKey", undefined, "its secret", text),
  row("AWS_REGION", "s3Region", undefined, "region for s3: when the URL has none", text),
  row("TRUNKLINE_OPERATOR_SID", "operatorSid", undefined, "operator account; made at first start", operatorSid),
  row("TRUNKLINE_OPERATOR_TOKEN", "operatorToken", undefined, "its auth token; made at first start", secret),
  row(
    "TRUNKLINE_DEMO",
    "demo",
    "false",
    "demo account, numbers, trunk and the simulated PSTN (true under npm start)",
    flag,
  ),
  row("TRUNKLINE_PSTN_PORT", "pstnPort", "0", "port of the simulated PSTN; 0: any", port),
  row("TRUNKLINE_DEMO_PASSWORD", "demoPassword", undefined, "fixes the demo user's password", secret),
  row(
    "TRUNKLINE_NUMBER_QUARANTINE_DAYS",
    "quarantineDays",
    "30",
    "days in which a released number is for its last account only; 0: none",
    quarantineDays,
  ),
  row(
    "TRUNKLINE_CALLER_ID",
    "callerId",
    undefined,
    "number shown by calls that verify caller IDs; default: none are made, but in a demo",
    e164,
  ),
  row("TRUNKLINE_AUDIT_DAYS", "auditDays", "400", "days that audit events are kept", auditDays),
  row(
    "TRUNKLINE_CAPTURE_DAYS",
    "captureDays",
    "30",
    "days that SIP messages of calls are kept; 0: none are",
    captureDays,
  ),
  row(
    "TRUNKLINE_ALLOW_PRIVATE_WEBHOOKS",
    "allowPrivateWebhooks",
    undefined,
    "requests to customers' web servers may go to private addresses; default: only in a demo",
    flag,
  ),
  row(
    "TRUNKLINE_PUBLIC_URL",
    "publicUrl",
    undefined,
    "where customers reach the API, for links in webhooks; default: http and the address it listens on",
    webOrigin,
  ),
  row(
    "TRUNKLINE_API_RATE",
    "apiRate",
    "200",
    "API requests per second of one account; ten seconds' worth may come at once",
    requests,
  ),
  row("TRUNKLINE_API_CONCURRENCY", "apiConcurrency", "100", "API requests of one account at once", requests),
  row(
    "TRUNKLINE_TRUSTED_PROXIES",
    "trustedProxies",
    "",
    "addresses and networks of reverse proxies, separated by commas: X-Forwarded-For, -Proto and -Host count from there",
    networks,
  ),
  row("TRUNKLINE_LOG", "log", "info", "log level", choice("trace", "debug", "info", "warn", "error", "silent")),
];
