/** The SIP messages of calls. */
export const SIP_CAPTURES: readonly string[] = [];
