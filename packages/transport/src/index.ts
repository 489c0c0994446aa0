export type * from "./sip-host.types.ts";
