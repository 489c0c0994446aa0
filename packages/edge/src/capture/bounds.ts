/** Of one call. A call has 13 to 20 messages, one that is held and transferred some dozens; a conference bridge's session timers run for days. */
export const MAX_CALL_MESSAGES = { messages: 400, bytes: 256 * 1_024 };

/** Of all calls that are not yet handed on. 10,000 live calls have about 90 MB; beyond this messages are counted and not kept. */
export const MAX_CAPTURED_BYTES = 128 * 1_024 * 1_024;

/** Of one dialog that is no call yet: an INVITE over UDP is sent seven times (RFC 3261 §17.1.1.2), before and after its challenge. */
export const MAX_UNCLAIMED_MESSAGES = { messages: 32, bytes: 64 * 1_024 };

/** Of all of them: 300 ms of a flood of 13,000 INVITEs a second, some seconds of what a PBX sends. */
export const MAX_UNCLAIMED_BYTES = 4 * 1_024 * 1_024;

/** Timer B (RFC 3261 §17.1.1.2): whoever has not sent credentials by then does not wait for the answer either. */
export const UNCLAIMED_MS = 32_000;

/** T4 (RFC 3261 §17.1.2.2): so long a message can be under way; what comes later is not waited for. */
export const LINGER_MS = 5_000;

/** Of captures that wait for the store, about 1 KB for a message; beyond it the oldest are lost. */
export const MAX_WAITING_BYTES = 32 * 1_024 * 1_024;
