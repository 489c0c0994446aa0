export type * from "./edge.types.ts";
