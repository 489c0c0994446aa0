import { routesOf } from "../../resource.ts";
import type { Route } from "../../route.ts";
import { calls } from "./calls.ts";
import { ladderRoutes } from "./ladder.ts";
import { liveCalls } from "./live-calls.ts";
import { ownCallRoutes } from "./own-calls.ts";
import { qualityRoute } from "./quality.ts";
import { replayRoute } from "./replays.ts";
import { simulatedCalls } from "./simulated-calls.ts";
import { simulatedKeyPresses } from "./simulated-key-presses.ts";
import { simulationRoute } from "./simulations.ts";
import { timelineRoute } from "./timeline.ts";

/** The call log, live calls, dry runs and simulated calls. */
export const callRoutes: readonly Route[] = [
  ...routesOf(calls),
  ...ownCallRoutes,
  qualityRoute,
  timelineRoute,
  ...ladderRoutes,
  ...routesOf(liveCalls),
  ...routesOf(simulatedCalls),
  ...routesOf(simulatedKeyPresses),
  simulationRoute,
  replayRoute,
];
