export type * from "./audio/endpoint.types.ts";
export type * from "./plane.ts";
