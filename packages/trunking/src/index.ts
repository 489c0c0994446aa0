export type * from "./directory/directory.types.ts";
export type * from "./errors.ts";
export type * from "./model.ts";
export type * from "./ports.ts";
export type * from "./record/events.ts";
export type * from "./route/types.ts";
export type * from "./trace.ts";
