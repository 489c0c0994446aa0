export { type AudioEndpointOptions, openAudioEndpoint } from "./audio/endpoint.ts";
export type * from "./audio/endpoint.types.ts";
export { createEmbeddedPlane, type EmbeddedOptions, type MediaAddress } from "./embedded/plane.ts";
export type * from "./plane.ts";
export {
  type MediaRefused,
  type MediaRequest,
  RecordingLibrary,
  type RecordingMedia,
} from "./recorder/library/library.ts";
export { createRecorder, type Recorder, type RecorderOptions, RecorderRefusal } from "./recorder/recorder.ts";
export type * from "./recorder/recording.types.ts";
export { RingWriter } from "./recorder/ring.ts";
export { parseS3Url, type S3Defaults } from "./recorder/storage/settings.ts";
export type { StorageSettings } from "./recorder/storage/storage.ts";
export { createRtpenginePlane } from "./rtpengine/plane.ts";
