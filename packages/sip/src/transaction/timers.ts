/** Round-trip estimate, ms (RFC 3261 §17.1.1.1). */
export const T1_MS = 500;
/** Longest interval between retransmissions of a non-INVITE request or an INVITE response, ms. */
export const T2_MS = 4_000;
/** How long a message may stay in the network, ms. */
export const T4_MS = 5_000;
/** The give-up time of every transaction and of an unacknowledged 2xx: 64*T1, ms (timers B, F, H, J, L, M). */
export const GIVE_UP_MS = 64 * T1_MS;
/** Timer D over an unreliable transport: "at least 32 seconds" (§17.1.1.2). */
export const TIMER_D_MS = 32_000;
/** When a client's Timer E reaches T2: a non-INVITE still unanswered then gets its 100 (RFC 4320 §4.1). */
export const LATE_TRYING_MS = 3_500;
