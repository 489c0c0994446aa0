import type { Flow } from "../flow.ts";
import { Malformed } from "../malformed.ts";
import { addParam, paramSpans, parseParams } from "./params.ts";
import { TOKEN_CHARS, trimBlank } from "./text.ts";
import { isHost, parsePort } from "./uri.ts";
import type { Via } from "./values.ts";

/** `SIP / 2.0 / UDP host : port`, blanks allowed where RFC 3261 §25.1 allows them. */
const SENT = new RegExp(
  `^SIP[ \\t]*/[ \\t]*[${TOKEN_CHARS}]+[ \\t]*/[ \\t]*([${TOKEN_CHARS}]+)[ \\t]+(\\[[^\\]]*\\]|[^ \\t:;,]+)(?:[ \\t]*:[ \\t]*(\\d{1,5}))?`,
  "i",
);

/**
 * Reads one Via value (RFC 3261 §20.42). Any transport name is taken (RFC 4475 §3.1.1.10), so is any version: the start line
 * decides about that.
 */
export function parseVia(text: string): Via | Malformed {
  const raw = trimBlank(text);
  const match = SENT.exec(raw);
  if (!match) return new Malformed("Via");
  const host = match[2] as string;
  if (!isHost(host)) return new Malformed("Via host");
  const port = match[3] === undefined ? undefined : parsePort(match[3]);
  if (match[3] !== undefined && port === undefined) return new Malformed("Via port");
  const params = parseParams(raw, match[0].length);
  if (params instanceof Malformed) return new Malformed("Via parameter", params.at);
  const branch = params.get("branch");
  return {
    transport: (match[1] as string).toUpperCase(),
    host: host.toLowerCase(),
    ...(port === undefined ? {} : { port }),
    ...(branch === undefined ? {} : { branch }),
    params,
    raw,
  };
}

/**
 * The topmost Via of a request as its response must carry it: `received` when the source is not what sent-by says
 * (RFC 3261 §18.2.1), `received` and a filled `rport` when the client asked for it (RFC 3581 §4). A `received` that the client
 * put there itself is removed. The rest stays as written.
 */
export function stampVia(via: Via, flow: Flow): string {
  const wantsPort = via.params.has("rport");
  const source = flow.remoteAddress.toLowerCase();
  const sentFrom = via.host.startsWith("[") ? via.host.slice(1, -1) : via.host;
  const received = wantsPort || sentFrom !== source ? `received=${flow.remoteAddress}` : "";
  if (!wantsPort && !via.params.has("received")) return received === "" ? via.raw : addParam(via.raw, received);
  const head = SENT.exec(via.raw)?.[0] ?? "";
  let text = head;
  for (const span of paramSpans(via.raw, head.length)) {
    if (span.name !== "received" && span.name !== "rport") text += via.raw.slice(span.start, span.end);
  }
  return `${text}${received === "" ? "" : `;${received}`}${wantsPort ? `;rport=${flow.remotePort}` : ""}`;
}
