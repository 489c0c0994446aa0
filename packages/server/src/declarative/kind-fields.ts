import { domain, type Field, flag, headers, known, number, secret, statuses, text, word } from "./fields.ts";
import { sameValue } from "./item.ts";

type FieldTable = Readonly<Record<string, Field>>;

/** How we meet a peer as its client (CAR-1, ORIG-12). */
const peerFields = (facet?: "settings"): FieldTable => {
  const own = facet === undefined ? {} : { facet };
  return {
    username: text("Username", { fallback: null, ...own }),
    password: { ...secret("Password"), ...own },
    probe_interval: number("ProbeInterval", null, own),
    client_certificate: flag("ClientCertificate", false, own),
  };
};

const settings = { facet: "settings" } as const;
const recording = { facet: "recording" } as const;
const inRecording = (name: string, fallback: string): Pick<Field, "read"> => ({
  read: (row) => (row["recording"] as Record<string, string> | undefined)?.[name] ?? fallback,
});
const METHODS = ["POST", "GET"] as const;

/** A trunk: Trunking v1, its recording settings, and what is ours (`facet` of the same name). */
export const trunkFields: FieldTable = {
  domain: domain("DomainName"),
  secure: flag("Secure", false),
  cnam_lookup_enabled: flag("CnamLookupEnabled", false),
  transfer_mode: word("TransferMode", ["disable-all", "enable-all", "sip-only"]),
  transfer_caller_id: word("TransferCallerId", ["from-transferee", "from-transferor"]),
  disaster_recovery_url: text("DisasterRecoveryUrl"),
  disaster_recovery_method: word("DisasterRecoveryMethod", METHODS, {
    read: (row) => (row["disaster_recovery_method"] === "GET" ? "GET" : "POST"),
  }),
  recording_mode: word(
    "Mode",
    [
      "do-not-record",
      "record-from-ringing",
      "record-from-answer",
      "record-from-ringing-dual",
      "record-from-answer-dual",
    ],
    { ...recording, ...inRecording("mode", "do-not-record") },
  ),
  recording_trim: word("Trim", ["do-not-trim", "trim-silence"], {
    ...recording,
    ...inRecording("trim", "do-not-trim"),
  }),
  recording_status_callback: text("RecordingStatusCallback", { fallback: null, ...settings }),
  recording_status_callback_method: word("RecordingStatusCallbackMethod", METHODS, settings),
  recording_status_callback_event: known("RecordingStatusCallbackEvent", "lower", {
    fallback: ["completed"],
    ...settings,
  }),
  recording_retention_days: number("RecordingRetentionDays", null, settings),
  symmetric_rtp_enabled: flag("SymmetricRtpEnabled", false, settings),
  failover_codes: statuses("FailoverCodes", { fallback: null, ...settings }),
  failover_timeout_ms: number("FailoverTimeoutMs", null, settings),
  ...peerFields("settings"),
  own_certificate: flag("OwnCertificate", false, settings),
  client_names: known("ClientNames", "lower", { fallback: [], ...settings }),
};

/** What a number is called that was given no name: itself, in one form or another, such as `(202) 555-0100` for +12025550100. */
function isNumberItself(name: string, number: string): boolean {
  const digits = name.replace(/\D/g, "").replace(/^0+/, "");
  return /^[\d\s()+.-]+$/.test(name) && digits !== "" && number.endsWith(digits);
}

/** A number of an account (2010-04-01 IncomingPhoneNumbers). */
export const numberFields: FieldTable = {
  friendly_name: text("FriendlyName", {
    fallback: null,
    explicit: true,
    read: (row) => {
      const [name, number] = [String(row["friendly_name"]), String(row["phone_number"])];
      return isNumberItself(name, number) ? null : name;
    },
    write: (value, name) => value ?? name,
  }),
  trunk: text("TrunkSid", { fallback: null, trunk: true }),
  voice_url: text("VoiceUrl"),
  voice_method: word("VoiceMethod", METHODS),
  voice_fallback_url: text("VoiceFallbackUrl"),
  voice_fallback_method: word("VoiceFallbackMethod", METHODS),
  voice_caller_id_lookup: flag("VoiceCallerIdLookup", false),
  status_callback: text("StatusCallback"),
  status_callback_method: word("StatusCallbackMethod", METHODS),
};

const NUMBER_FORMS = ["e164", "digits", "double-zero", "north-american"] as const;

/** A carrier of the installation (CAR-1). @param retryCauses the platform's default for carriers outside */
export function carrierFields(retryCauses: readonly number[]): FieldTable {
  return {
    enabled: flag("Enabled", true),
    priority: number("Priority", 10),
    own_numbers_only: flag("OwnNumbersOnly", false, { fixed: true }),
    retry_causes: statuses("RetryCauses", {
      fallback: null,
      read: (row) => {
        const causes = row["retry_causes"] as readonly number[];
        return sameValue(causes, row["own_numbers_only"] === true ? [] : retryCauses) ? null : causes;
      },
    }),
    max_cps: number("MaxCps", null),
    max_channels: number("MaxChannels", null),
    caller_id_header: known("CallerIdHeader", ["P-Asserted-Identity", "P-Preferred-Identity", "Remote-Party-ID"], {
      fallback: ["P-Asserted-Identity"],
    }),
    called_number_form: word("CalledNumberForm", NUMBER_FORMS),
    caller_number_form: word("CallerNumberForm", NUMBER_FORMS),
    called_prefix: text("CalledPrefix", { fallback: null, read: (row) => (row["called_prefix"] as string) || null }),
    added_headers: headers("AddedHeaders", "lines"),
    removed_headers: headers("RemovedHeaders", "names"),
    codecs: known("Codecs", "lower", { fallback: null }),
    srtp: flag("Srtp", false),
    ...peerFields(),
    registrar_url: text("RegistrarUrl"),
    registration_expires: number("RegistrationExpires", 3_600),
  };
}
