/** The command was called wrongly: exit code 2 and one line that says how to call it. */
export class UsageError extends Error {
  readonly code = "ERR_USAGE";
}
