import type { Alert } from "@trunkline/trunking";
import { isoDate } from "../../dates.ts";
import { date, given, oneOf, optional } from "../../form.ts";
import { moreInfo } from "../../problem.ts";
import { type At, noParent, type Resource } from "../../resource.ts";
import { accepts } from "../../route.ts";

/** What there is of an incident is told for so long (contract §4.1 "Alerts"). */
const TOLD_MS = 30 * 86_400_000;

const LEVELS: Readonly<Record<string, readonly Alert["level"][]>> = {
  error: ["error"],
  warning: ["warning"],
  notice: ["notice"],
  // Nothing is as unimportant as this.
  debug: [],
};

/** Monitor v1 Alerts: the debugger's incidents, newest first (contract §3.2, EVD-4). */
export const alerts: Resource<Alert, null> = {
  product: "monitor",
  noun: "alert",
  path: "/Alerts",
  key: "alerts",
  parent: noParent,
  viewListed: viewAlert,
  view: (alert, at) => ({
    ...viewAlert(alert, at),
    request_variables: null,
    request_headers: null,
    response_headers: null,
    response_body: null,
  }),
  list: accepts(
    {
      LogLevel: optional(oneOf("error", "warning", "notice", "debug")),
      StartDate: optional(date()),
      EndDate: optional(date()),
    },
    async (at: At<null>, { LogLevel: level, StartDate: start, EndDate: end }) => {
      const fromMs = Math.max(start?.fromMs ?? 0, at.deps.nowMs() - TOLD_MS);
      const filter = { fromMs, ...given({ levels: level && LEVELS[level], toMs: end?.untilMs }) };
      return (page) => at.deps.store.alerts.list(at.account.sid, filter, page);
    },
  ),
  fetch: (at, sid) => at.deps.store.alerts.fetch(at.account.sid, sid),
};

/** The `request_` fields are of requests to a customer's web server; what happens to trunk calls has none. */
function viewAlert(alert: Alert, at: At<null>): object {
  const raised = isoDate(alert.atMs);
  return {
    sid: alert.sid,
    account_sid: alert.accountSid,
    service_sid: null,
    resource_sid: alert.resourceSid,
    error_code: String(alert.errorCode),
    log_level: alert.level,
    alert_text: alert.text,
    more_info: moreInfo(alert.errorCode),
    api_version: "2010-04-01",
    date_generated: raised,
    date_created: raised,
    date_updated: raised,
    request_method: null,
    request_url: null,
    url: at.links.absolute("monitor", `/Alerts/${alert.sid}`),
  };
}
