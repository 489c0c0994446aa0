export { sourceOf } from "./connection-budget.ts";
export { ListenError } from "./listener.ts";
export { openSipHost } from "./sip-host.ts";
export type * from "./sip-host.types.ts";
export { DEFAULT_STREAM_LIMITS, type StreamLimits } from "./stream-limits.ts";
export { SLOT_MS, TimerWheel } from "./timer-wheel.ts";
export type * from "./tls.types.ts";
export { DEFAULT_CIPHERS } from "./tls-contexts.ts";
export { isDeprecatedTls } from "./tls-version.ts";
