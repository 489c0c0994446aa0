import { routesOf } from "../../resource.ts";
import type { Route } from "../../route.ts";
import { callRecordings } from "./call-recordings.ts";
import { ownRecordings } from "./own-recordings.ts";
import { publicKeys } from "./public-keys.ts";
import { recordingMediaRoutes } from "./recording-media.ts";
import { recordings } from "./recordings.ts";

/** Recordings, their media and the keys they are encrypted to. */
export const recordingRoutes: readonly Route[] = [
  ...routesOf(callRecordings),
  ...routesOf(recordings),
  ...recordingMediaRoutes,
  ...routesOf(publicKeys),
  ...routesOf(ownRecordings),
];
