import type { EdgeLimits } from "./edge.types.ts";

/** What an installation gets unless it says otherwise. Every number is a decision; the reason stands beside it. */
export const DEFAULT_LIMITS: EdgeLimits = {
  /** The largest a UDP datagram can be; RFC 3261 §18.1.1 obliges every element to take that much. */
  maxMessageBytes: 65_535,
  /** About 5 KiB of heap and 4 media sockets each: 50 MiB and 40,000 descriptors, what one process can be given. */
  maxCalls: 10_000,
  /** Answered requests kept for their copies, about 6 KB for 32 s each; above it refused calls are answered and forgotten. 200 MB at most. */
  maxServerTransactions: 30_000,
  /** New requests of one source. 500 calls/s that are each challenged once make 1,000; twice that leaves room for a burst. */
  requestsPerSourcePerSecond: 2_000,
  /** TCP and TLS connections opened by one source. A PBX needs one; an office that comes back after a power cut, some dozens. */
  connectionsPerSourcePerSecond: 50,
  /** Sources remembered, about 200 bytes each; a flood from spoofed addresses evicts the oldest and costs no more memory than this. */
  sourcesTracked: 20_000,
  /** RFC 3261 §16.6 step 11: Timer C is larger than 3 minutes; the longest that a call may ring over all its attempts. */
  ringTimeoutMs: 185_000,
  /** MED-4: a call in which nobody is heard for so long is ended; 0: none is. Longer than any pause with comfort noise or RTCP. */
  mediaSilenceMs: 60_000,
  /** Refusals of callers who proved nothing get a record and an alert this often in one account; the others are counted (design §5, rule 9). */
  recordedRefusalsPerMinute: 60,
  /** Alerts of one account with one code that are told one by one, refused calls with their records; a last one counts the others. */
  alertsPerCodePerMinute: 60,
};

/** TERM-8: an OPTIONS of one source is answered at most this often. */
export const OPTIONS_INTERVAL_MS = 10_000;

/** Early OPTIONS of one source within a minute that are only dropped; a ping every 2 s goes beyond it in a quarter of a minute. */
export const OPTIONS_TOLERATED = 5;

/** So long no OPTIONS of a source is answered that went beyond: long enough for its monitor to show it, short enough to be mended soon. */
export const OPTIONS_BLOCK_MS = 60_000;

/** What a caller is told to wait when we are full, starting or closing; long enough not to come back in the same second. */
export const RETRY_AFTER_SEC = 5;

/** Answers by which a server says that it is unwell itself (RFC 3261 §21.5.1, §21.5.4); whatever else it answers, it lives. */
export const UNWELL: ReadonlySet<number> = new Set([500, 503]);

/** Addresses tried for one attempt: an SRV record set may name hundreds, a caller waits for some. */
export const MAX_TARGETS_PER_ATTEMPT = 8;

/** However many addresses share an attempt's time, each has T1 · 2: an INVITE over UDP is sent twice in it, a SYN once. */
export const MIN_SILENCE_SHARE_MS = 1_000;

/** Early dialogs of one INVITE whose media is remembered; as many as the stack keeps. */
export const MAX_EARLY_DIALOGS = 16;

/** A media plane that does not give its last counters by then is not waited for; the record has no quality. */
export const MEDIA_CLOSE_MS = 1_000;

/**
 * An answered call waits no longer for its recording to begin; then it goes on without one. The recorder itself gives a disk up after 2 s;
 * this is for whatever else may hang.
 */
export const RECORDING_BEGIN_MS = 2_500;

/** An alarm of the recorder counts as trouble of the edge for so long: whoever looks every few minutes sees it. */
export const RECORDING_TROUBLE_MS = 300_000;

/** A challenge is good for so long; then the answer is `stale` and asked for again (RFC 7616 §3.3). */
export const NONCE_AGE_MS = 300_000;

/** Longest text put into a Reason header: long enough for a sentence, short enough for every parser. */
export const MAX_REASON_TEXT = 120;

/** BYEs of a closing edge are waited for this long: T1 · 4, three transmissions. */
export const GOODBYE_MS = 2_000;

/** Kinds of repeating alerts and refusals that are counted at once, about 300 bytes each; above it the oldest is closed early. */
export const MAX_REPEATING = 10_000;

/** Alerts waiting for the debugger; beyond it the oldest are dropped and counted. */
export const MAX_WAITING_ALERTS = 10_000;

/** In so many accounts at once strangers are told of as often as in one; ten database rows a second are nothing to the store. */
export const RECORDED_REFUSALS_IN_ALL = 10;

/** A media plane that does not answer an offer by then counts as away; far above a busy worker, far below what a caller endures. */
export const MEDIA_REPLY_MS = 2_000;

/** A source whose TLS handshakes are refused is told of to an account once in this time (32222); sources and accounts remembered for that. */
export const HANDSHAKE_ALERT_MS = 60_000;
export const MAX_HANDSHAKE_ALERTS = 2_000;

/** Trunks whose last OPTIONS and INVITE are remembered (CON-3), about 1 KB each; of more, those heard from longest ago are forgotten. */
export const MAX_CONTACTS = 10_000;

/** Longest text of a peer that is kept there: a user agent, a number. */
export const MAX_CONTACT_TEXT = 128;
