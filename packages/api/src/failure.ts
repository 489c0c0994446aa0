import { invalid, Problem, unavailable } from "./problem.ts";

/** What errors of the HTTP layer (Fastify's codes) and of the store mean to a client. */
const BY_CODE: Readonly<Record<string, Problem>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: new Problem(
    413,
    20413,
    "The body is too large: at most 64 KiB are taken, and 16 MiB of an import into the inventory.",
  ),
  FST_ERR_MAX_PARAM_LENGTH: new Problem(
    414,
    20422,
    "A part of the path is too long: at most 256 characters are taken.",
  ),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: new Problem(
    415,
    20422,
    "The Content-Type is not supported: send application/x-www-form-urlencoded or application/json.",
  ),
  FST_ERR_BAD_URL: invalid("The path is not valid: a percent sign must be followed by two hexadecimal digits."),
  ERR_JSON_TOO_DEEP: invalid("The JSON is nested too deeply: no parameter has more than a few levels."),
  ERR_LINK_CLOSED: unavailable(
    "The part of the platform that carries calls is starting again. Try again in a few seconds.",
  ),
  ERR_HASHING_BUSY: unavailable("Too many passwords are being checked right now. Try again in a few seconds."),
  STORE_AWAY: unavailable("The store cannot be reached right now. Try again in a few seconds."),
};

/**
 * The problem that an error thrown below the handlers is answered with. Nothing of an unexpected error reaches the client but the
 * request id, under which the log has the rest.
 */
export function problemOfError(error: unknown, requestId: string): Problem {
  const known = BY_CODE[codeOf(error) ?? ""];
  if (known) return known;
  const statusCode = error instanceof Error && "statusCode" in error ? error.statusCode : undefined;
  if (typeof statusCode === "number" && statusCode >= 400 && statusCode < 500) {
    return new Problem(statusCode, 20422, "The body cannot be read: it is neither a well-formed form nor JSON.");
  }
  return new Problem(500, 20500, `Internal Server Error. The log has more under request ${requestId}.`);
}

/** The stable code of an error, when it has one. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
