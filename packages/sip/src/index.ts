export * from "./flow.ts";
export * from "./host.ts";
export * from "./malformed.ts";
export type * from "./message/message.ts";
export type * from "./message/values.ts";
export type * from "./session/events.ts";
export type * from "./session/user-agent.types.ts";
