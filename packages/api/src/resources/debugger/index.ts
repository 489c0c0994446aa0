import { routesOf } from "../../resource.ts";
import type { Route } from "../../route.ts";
import { alerts } from "./alerts.ts";
import { debuggerWebhookRoutes } from "./debugger-webhook.ts";
import { errorCodeRoutes } from "./error-codes.ts";
import { callNotifications, notifications } from "./notifications.ts";

/** Alerts, notifications and the error catalogue. */
export const debuggerRoutes: readonly Route[] = [
  ...routesOf(callNotifications),
  ...routesOf(notifications),
  ...routesOf(alerts),
  ...debuggerWebhookRoutes,
  ...errorCodeRoutes,
];
