import type { ExtraHeader } from "@trunkline/sip";

/** Reason phrases of RFC 3261 §21 and its extensions, for refusals. */
const PHRASES: Readonly<Record<number, string>> = {
  300: "Multiple Choices",
  301: "Moved Permanently",
  302: "Moved Temporarily",
  305: "Use Proxy",
  380: "Alternative Service",
  400: "Bad Request",
  401: "Unauthorized",
  402: "Payment Required",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  407: "Proxy Authentication Required",
  408: "Request Timeout",
  410: "Gone",
  413: "Request Entity Too Large",
  414: "Request-URI Too Long",
  415: "Unsupported Media Type",
  416: "Unsupported URI Scheme",
  420: "Bad Extension",
  421: "Extension Required",
  422: "Session Interval Too Small",
  423: "Interval Too Brief",
  428: "Use Identity Header",
  433: "Anonymity Disallowed",
  436: "Bad Identity Info",
  437: "Unsupported Credential",
  438: "Invalid Identity Header",
  480: "Temporarily Unavailable",
  481: "Call/Transaction Does Not Exist",
  482: "Loop Detected",
  483: "Too Many Hops",
  484: "Address Incomplete",
  485: "Ambiguous",
  486: "Busy Here",
  487: "Request Terminated",
  488: "Not Acceptable Here",
  491: "Request Pending",
  493: "Undecipherable",
  500: "Server Internal Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Server Time-out",
  505: "Version Not Supported",
  513: "Message Too Large",
  580: "Precondition Failure",
  600: "Busy Everywhere",
  603: "Decline",
  604: "Does Not Exist Anywhere",
  606: "Not Acceptable",
  607: "Unwanted",
  608: "Rejected",
};

const CLASS_PHRASES: Readonly<Record<number, string>> = {
  3: "Redirection",
  4: "Request Failure",
  5: "Server Failure",
  6: "Global Failure",
};

export function reasonPhrase(status: number): string {
  return PHRASES[status] ?? CLASS_PHRASES[Math.floor(status / 100)] ?? "Unknown";
}

/**
 * Headers without which a refusal would break the RFC that defines its status (RFC 3261 §21, RFC 4028 §6).
 *
 * @param elsewhere URI of an alternative for redirections, which always answers
 */
export function requiredHeaders(status: number, elsewhere: string, nonce: string): readonly ExtraHeader[] {
  const challenge = `Digest realm="pstn.invalid", nonce="${nonce}", algorithm=MD5, qop="auth"`;
  if (status < 400) return [["Contact", `<${elsewhere}>`]];
  switch (status) {
    case 401:
      return [["WWW-Authenticate", challenge]];
    case 405:
      return [["Allow", "OPTIONS"]];
    case 407:
      return [["Proxy-Authenticate", challenge]];
    case 415:
      return [["Accept", "application/sdp"]];
    case 420:
      return [["Unsupported", "simulated"]];
    case 421:
      return [["Require", "simulated"]];
    case 422:
      return [["Min-SE", "1800"]];
    case 423:
      return [["Min-Expires", "1800"]];
    case 503:
      return [["Retry-After", "5"]];
    default:
      return [];
  }
}
