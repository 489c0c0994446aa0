export type * from "./pstn.types.ts";
