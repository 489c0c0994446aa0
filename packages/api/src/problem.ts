/**
 * An answer that says what was wrong, in the shape every Twilio client reads: `{code, message, more_info, status}` (contract §5.1).
 *
 * A value, never thrown by our own code: a handler returns it like any other answer.
 */
export class Problem {
  /** HTTP status. */
  readonly status: number;
  /** Twilio error code (contract §5.2). */
  readonly code: number;
  /** Says what is wrong, where, and what to do. Never holds a secret. */
  readonly message: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    this.status = status;
    this.code = code;
    this.message = message;
    this.headers = headers;
  }
}

/** The JSON body of a problem; the only error shape this API ever sends. */
export type ProblemBody = {
  readonly code: number;
  readonly message: string;
  readonly more_info: string;
  readonly status: number;
};

/** Where a code is explained to everybody (contract §5.1, SDKs show it); what we know of it ourselves is below `/trunkline/v1/ErrorCodes`. */
export function moreInfo(code: number): string {
  return `https://www.twilio.com/docs/errors/${code}`;
}

export function problemBody(problem: Problem): ProblemBody {
  return {
    code: problem.code,
    message: problem.message,
    more_info: moreInfo(problem.code),
    status: problem.status,
  };
}

/** 400 with the code of the rule that was broken; 20422 when the contract has no narrower one. */
export function invalid(message: string, code = 20422): Problem {
  return new Problem(400, code, message);
}

/** 400 for a number that is not in E.164 form. A blank before its digits was a + that nobody encoded: forms write blanks that way. */
export function notE164(name: string, given: string, code: number): Problem {
  const why = /^ \d/.test(given) ? "; a form writes + as %2B (curl: --data-urlencode)" : "";
  return invalid(`${name} must be in E.164 form such as +12025550100, not "${given}"${why}.`, code);
}

/** 404 in Twilio's words. @param path as the client wrote it, without `/v1` on the v1 hosts (contract §5.1) */
export function notFound(path: string): Problem {
  return new Problem(404, 20404, `The requested resource ${path} was not found`);
}

/** 401 with the challenge that every client expects (contract §1.2). */
export function unauthenticated(message: string, code = 20003): Problem {
  return new Problem(401, code, message, { "WWW-Authenticate": 'Basic realm="Twilio API"' });
}

export function forbidden(message: string): Problem {
  return new Problem(403, 20003, message);
}

/** 429. @param why completed by when to try again */
export function tooMany(why: string, retryAfterSec: number): Problem {
  const seconds = String(Math.max(1, Math.ceil(retryAfterSec)));
  return new Problem(429, 20429, `${why}; try again in ${seconds} s.`, { "Retry-After": seconds });
}

/** 503: this process does not have the part of the platform that serves the resource. */
export function unavailable(message: string): Problem {
  return new Problem(503, 20503, message, { "Retry-After": "5" });
}
