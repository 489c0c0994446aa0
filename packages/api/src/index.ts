export { createApi } from "./app.ts";
export type { ApiDeps } from "./deps.ts";
export type { NetworkFacts, SipPlace } from "./network-facts.ts";
export type * from "./ports.ts";
export { AccountRequestLimit } from "./request-limit.ts";
export { passwordHasher } from "./sessions/password-hasher.ts";
