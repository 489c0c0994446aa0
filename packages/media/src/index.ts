export { type AudioEndpointOptions, openAudioEndpoint } from "./audio/endpoint.ts";
export type * from "./audio/endpoint.types.ts";
export { createEmbeddedPlane, type EmbeddedOptions, type MediaAddress } from "./embedded/plane.ts";
export type * from "./plane.ts";
