import { routesOf } from "../../resource.ts";
import type { Route } from "../../route.ts";
import { operatorCallerIds } from "./operator-caller-ids.ts";
import { outgoingCallerIds } from "./outgoing-caller-ids.ts";
import { validationRequests } from "./validation-requests.ts";

/** Verified caller IDs of accounts. */
export const callerIdRoutes: readonly Route[] = [
  ...routesOf(outgoingCallerIds),
  validationRequests,
  ...routesOf(operatorCallerIds),
];
