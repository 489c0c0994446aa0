import type { AlertFilter } from "@trunkline/store";
import type { Alert } from "@trunkline/trunking";
import { boundsOf, rfc2822Date } from "../../dates.ts";
import { date, type FormValues, given, oneOf, optional } from "../../form.ts";
import { moreInfo } from "../../problem.ts";
import { type At, noParent, type Resource } from "../../resource.ts";
import { accepts, type Context } from "../../route.ts";
import { type CallFacts, findCall } from "../calls/call-facts.ts";

const filters = {
  Log: optional(oneOf("0", "1")),
  MessageDate: optional(date()),
  "MessageDate<": optional(date()),
  "MessageDate>": optional(date()),
};

/** 2010-04-01 Notifications: the incidents of Monitor's Alerts in the older API's terms (contract §3.1, §4.1, EVD-4). */
export const notifications: Resource<Alert, null> = {
  product: "api",
  noun: "notification",
  path: "/Accounts/:accountSid/Notifications",
  key: "notifications",
  parent: noParent,
  ...viewsBelow((alert) => `/Accounts/${alert.accountSid}`),
  list: accepts(filters, async (at: At<null>, values) => {
    return (page) => at.deps.store.alerts.list(at.account.sid, filterOf(values), page);
  }),
  fetch: (at, sid) => at.deps.store.alerts.fetch(at.account.sid, sid),
};

/** The same, of one call. */
export const callNotifications: Resource<Alert, CallFacts> = {
  product: "api",
  noun: "notification of a call",
  path: "/Accounts/:accountSid/Calls/:callSid/Notifications",
  key: "notifications",
  parent: (at) => findCall(at, at.param("callSid")),
  ...viewsBelow((alert) => `/Accounts/${alert.accountSid}/Calls/${alert.resourceSid}`),
  list: accepts(filters, async (at: At<CallFacts>, values) => {
    const filter = { ...filterOf(values), resourceSid: at.parent.sid };
    return (page) => at.deps.store.alerts.list(at.account.sid, filter, page);
  }),
  fetch: async (at, sid) => {
    const alert = await at.deps.store.alerts.fetch(at.account.sid, sid);
    return alert?.resourceSid === at.parent.sid ? alert : undefined;
  },
};

function filterOf(values: FormValues<typeof filters>): AlertFilter {
  const levels = { "0": ["error"], "1": ["warning", "notice"] } as const;
  const { fromMs, toMs } = boundsOf(values.MessageDate, values["MessageDate>"], values["MessageDate<"]);
  return given({ levels: values.Log && levels[values.Log], fromMs, toMs });
}

/** A list lacks what was said on the wire, which of trunk calls is nothing here anyway. */
function viewsBelow(parent: (alert: Alert) => string): Pick<Resource<Alert, unknown>, "view" | "viewListed"> {
  const viewListed = (alert: Alert, at: Context): object => viewNotification(alert, at, parent(alert));
  return {
    viewListed,
    view: (alert, at) => ({
      ...viewListed(alert, at),
      request_variables: null,
      response_headers: null,
      response_body: null,
    }),
  };
}

function viewNotification(alert: Alert, at: Context, parent: string): object {
  const raised = rfc2822Date(alert.atMs);
  const text = {
    LogLevel: alert.level === "error" ? "ERROR" : "WARN",
    ErrorCode: String(alert.errorCode),
    Msg: alert.text,
  };
  return {
    sid: alert.sid,
    account_sid: alert.accountSid,
    call_sid: alert.resourceSid.startsWith("CA") ? alert.resourceSid : null,
    api_version: "2010-04-01",
    log: alert.level === "error" ? "0" : "1",
    error_code: String(alert.errorCode),
    more_info: moreInfo(alert.errorCode),
    message_text: new URLSearchParams(text).toString(),
    message_date: raised,
    date_created: raised,
    date_updated: raised,
    request_method: null,
    request_url: null,
    uri: at.links.relative(`${parent}/Notifications/${alert.sid}`),
  };
}
