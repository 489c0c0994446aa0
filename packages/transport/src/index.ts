export { ListenError } from "./listener.ts";
export { openSipHost } from "./sip-host.ts";
export type * from "./sip-host.types.ts";
export { SLOT_MS, TimerWheel } from "./timer-wheel.ts";
