import type { Application, Dated } from "@trunkline/store";
import { mintSid } from "@trunkline/trunking";
import { rfc2822Date } from "../../dates.ts";
import type { FormValues } from "../../form.ts";
import { anyText, clearable, coded, flag, given, httpMethod, oneOf, optional, text, webUrl } from "../../form.ts";
import { invalid } from "../../problem.ts";
import { type At, noParent, type Resource, settle, settleRemoval } from "../../resource.ts";
import { accepts, type Context } from "../../route.ts";

type ApplicationRow = Application & Dated;

const url = clearable(coded(21402, webUrl()));
const method = optional(coded(21403, httpMethod()));

const form = {
  FriendlyName: optional(coded(20002, text(64))),
  ApiVersion: optional(oneOf("2010-04-01", "2008-08-01")),
  VoiceUrl: url,
  VoiceMethod: method,
  VoiceFallbackUrl: url,
  VoiceFallbackMethod: method,
  VoiceCallerIdLookup: optional(flag()),
  StatusCallback: url,
  StatusCallbackMethod: method,
  SmsUrl: url,
  SmsMethod: method,
  SmsFallbackUrl: url,
  SmsFallbackMethod: method,
  SmsStatusCallback: url,
  MessageStatusCallback: url,
  PublicApplicationConnectEnabled: optional(flag()),
};

const conflicts = {
  limit: (most: number) => invalid(`This account has ${most} applications, the most there can be. Delete one first.`),
};

/**
 * 2010-04-01 Applications: web addresses under one name, which numbers refer to (contract §3.1). What is for messages is kept as it was
 * given; nothing here sends any.
 */
export const applications: Resource<ApplicationRow, null> = {
  product: "api",
  noun: "application",
  path: "/Accounts/:accountSid/Applications",
  key: "applications",
  parent: noParent,
  view: viewApplication,
  list: accepts({ FriendlyName: optional(anyText()) }, async (at: At<null>, { FriendlyName: friendlyName }) => {
    return (page) => at.deps.store.applications.list(at.account.sid, given({ friendlyName }), page);
  }),
  fetch: (at, sid) => at.deps.store.applications.fetch(at.account.sid, sid),
  create: accepts(form, async (at: At<null>, values) => {
    const sid = mintSid("AP", at.deps.randomHex(16));
    const row = { sid, accountSid: at.account.sid, friendlyName: sid, ...DEFAULTS, ...changeOf(values) };
    return settle(at, await at.deps.store.applications.create(row), conflicts);
  }),
  update: accepts(form, async (at: At<null> & { readonly row: ApplicationRow }, values) => {
    return settle(at, await at.deps.store.applications.update(at.account.sid, at.row.sid, changeOf(values)));
  }),
  remove: async (at, row) => settleRemoval(at, await at.deps.store.applications.delete(at.account.sid, row.sid)),
};

const DEFAULTS: Omit<Application, "sid" | "accountSid" | "friendlyName"> = {
  apiVersion: "2010-04-01",
  voiceUrl: null,
  voiceMethod: "POST",
  voiceFallbackUrl: null,
  voiceFallbackMethod: "POST",
  voiceCallerIdLookup: false,
  statusCallback: null,
  statusCallbackMethod: "POST",
  smsUrl: null,
  smsMethod: "POST",
  smsFallbackUrl: null,
  smsFallbackMethod: "POST",
  smsStatusCallback: null,
  messageStatusCallback: null,
  publicApplicationConnectEnabled: false,
};

function changeOf(values: FormValues<typeof form>) {
  return given({
    friendlyName: values.FriendlyName,
    apiVersion: values.ApiVersion,
    voiceUrl: values.VoiceUrl,
    voiceMethod: values.VoiceMethod,
    voiceFallbackUrl: values.VoiceFallbackUrl,
    voiceFallbackMethod: values.VoiceFallbackMethod,
    voiceCallerIdLookup: values.VoiceCallerIdLookup,
    statusCallback: values.StatusCallback,
    statusCallbackMethod: values.StatusCallbackMethod,
    smsUrl: values.SmsUrl,
    smsMethod: values.SmsMethod,
    smsFallbackUrl: values.SmsFallbackUrl,
    smsFallbackMethod: values.SmsFallbackMethod,
    smsStatusCallback: values.SmsStatusCallback,
    messageStatusCallback: values.MessageStatusCallback,
    publicApplicationConnectEnabled: values.PublicApplicationConnectEnabled,
  });
}

function viewApplication(row: ApplicationRow, at: Context): object {
  return {
    sid: row.sid,
    account_sid: row.accountSid,
    friendly_name: row.friendlyName,
    api_version: row.apiVersion,
    voice_url: row.voiceUrl,
    voice_method: row.voiceMethod,
    voice_fallback_url: row.voiceFallbackUrl,
    voice_fallback_method: row.voiceFallbackMethod,
    voice_caller_id_lookup: row.voiceCallerIdLookup,
    status_callback: row.statusCallback,
    status_callback_method: row.statusCallbackMethod,
    sms_url: row.smsUrl,
    sms_method: row.smsMethod,
    sms_fallback_url: row.smsFallbackUrl,
    sms_fallback_method: row.smsFallbackMethod,
    sms_status_callback: row.smsStatusCallback,
    message_status_callback: row.messageStatusCallback,
    public_application_connect_enabled: row.publicApplicationConnectEnabled,
    date_created: rfc2822Date(row.createdAtMs),
    date_updated: rfc2822Date(row.updatedAtMs),
    uri: at.links.relative(`/Accounts/${row.accountSid}/Applications/${row.sid}`),
  };
}
