import { routesOf } from "../../resource.ts";
import type { Route } from "../../route.ts";
import {
  callEvents,
  recordingAddOnResults,
  recordingTranscriptions,
  sipDomains,
  transcriptions,
} from "./empty-lists.ts";

/** What clients look for beside trunks, and find empty. */
export const emptyListRoutes: readonly Route[] = [
  ...routesOf(callEvents),
  ...routesOf(recordingTranscriptions),
  ...routesOf(recordingAddOnResults),
  ...routesOf(transcriptions),
  ...routesOf(sipDomains),
];
