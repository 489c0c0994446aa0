export type { Journal } from "./call/parts.ts";
export { createEdgeCore, digestRealm } from "./core.ts";
export type * from "./core.types.ts";
export { Resolver } from "./dns/resolver.ts";
export { createEdge } from "./edge.ts";
export type * from "./edge.types.ts";
export { DEFAULT_LIMITS } from "./limits.ts";
export { createLocator } from "./locate/dns-locator.ts";
export type { Located, Locator, Target } from "./locate/locator.ts";
