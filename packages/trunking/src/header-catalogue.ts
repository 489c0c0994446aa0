import type { HeaderIncidentCode, IncidentEntry } from "./errors.ts";

/** Codes of messages and addresses that could not be used as they were written. Codes and titles: contract §12; texts ours. */
export const HEADER_INCIDENTS: Readonly<Record<HeaderIncidentCode, IncidentEntry>> = {
  32105: {
    level: "warning",
    title: { en: "Invalid Contact", ja: "Contact が正しくありません" },
    text: "Invalid Contact",
    sip: null,
    cause: {
      en: "The Contact header of a message is missing or cannot be read.",
      ja: "メッセージの Contact ヘッダーがないか、解釈できません。",
    },
    remedy: {
      en: "Send one Contact with a SIP URI that can be reached.",
      ja: "到達可能な SIP URI を含む Contact を 1 つ送信してください。",
    },
  },
  32106: {
    level: "error",
    title: { en: "Authentication error", ja: "認証エラー" },
    text: "Authentication error",
    sip: null,
    cause: {
      en: "The credentials in a message are incomplete or cannot be read.",
      ja: "メッセージの認証情報が不完全か、解釈できません。",
    },
    remedy: {
      en: "Check the digest settings of the device.",
      ja: "機器のダイジェスト認証設定を確認してください。",
    },
  },
  32110: {
    level: "warning",
    title: { en: "URI is not formatted correctly", ja: "URI の形式が正しくありません" },
    text: "URI formatted incorrectly",
    sip: null,
    cause: {
      en: "A SIP URI has characters in its user part or headers that must be escaped.",
      ja: "SIP URI のユーザー部またはヘッダーにエスケープが必要な文字があります。",
    },
    remedy: {
      en: "Write such characters as % and two hex digits.",
      ja: "該当文字を % と 2 桁の 16 進数で記述してください。",
    },
  },
  32111: {
    level: "warning",
    title: { en: "Invalid header name", ja: "ヘッダー名が正しくありません" },
    text: "Invalid header name",
    sip: null,
    cause: {
      en: "A custom header has a name with characters that SIP does not allow.",
      ja: "独自ヘッダーの名前に SIP で使用できない文字があります。",
    },
    remedy: {
      en: "Use letters, digits and dashes, beginning with X-.",
      ja: "X- で始まる英数字とハイフンの名前にしてください。",
    },
  },
  32112: {
    level: "warning",
    title: { en: "Invalid header value", ja: "ヘッダー値が正しくありません" },
    text: "Invalid header value",
    sip: null,
    cause: {
      en: "The value of a custom header has characters that SIP does not allow, or is too long.",
      ja: "独自ヘッダーの値に使用できない文字があるか、長すぎます。",
    },
    remedy: {
      en: "Remove line breaks and control characters, and shorten the value.",
      ja: "改行と制御文字を除き、値を短くしてください。",
    },
  },
  32113: {
    level: "warning",
    title: { en: "Header name is not allowed", ja: "このヘッダー名は使用できません" },
    text: "Header name not allowed",
    sip: null,
    cause: {
      en: "A custom header has a name that only the platform may set.",
      ja: "独自ヘッダーにプラットフォーム専用の名前が使われています。",
    },
    remedy: {
      en: "Use a name that begins with X- and not with X-Twilio-.",
      ja: "X- で始まり X-Twilio- で始まらない名前にしてください。",
    },
  },
  32114: {
    level: "warning",
    title: { en: "Unsupported parameter value", ja: "パラメーターの値に対応していません" },
    text: "Unsupported parameter value",
    sip: null,
    cause: {
      en: "A parameter of a SIP URI has a value that is not known; the default was used.",
      ja: "SIP URI のパラメーター値が不明なため、既定値を使用しました。",
    },
    remedy: {
      en: "Correct the value, or remove the parameter.",
      ja: "値を修正するか、パラメーターを削除してください。",
    },
  },
};
