import type { ErrorEntry, IncidentCode } from "./errors.ts";

/** Codes of things that happen during a call and refuse nothing on the wire. Codes and titles: contract §12. */
export const INCIDENTS: Readonly<Record<IncidentCode, ErrorEntry>> = {
  32011: {
    level: "warning",
    title: { en: "Error communicating with your SIP infrastructure", ja: "お客様の SIP 設備との通信エラー" },
    text: "Error communicating with your SIP communications infrastructure",
    sip: null,
    cause: {
      en: "An origination URI could not be reached, did not answer in time or answered with an error.",
      ja: "着信先 URI に到達できないか、時間内に応答がないか、エラーが返されました。",
    },
    remedy: {
      en: "Read the target and its answer in the attempt; check address, port, firewall and the PBX.",
      ja: "試行の宛先と応答を確認し、アドレス・ポート・ファイアウォール・PBX を点検してください。",
    },
  },
  32014: {
    level: "warning",
    title: { en: "Call ended, no audio received", ja: "音声が届かないため通話を終了しました" },
    text: "Call ended, no audio received",
    sip: null,
    cause: {
      en: "No RTP arrived from either side for the configured time.",
      ja: "設定された時間、どちら側からも RTP が届きませんでした。",
    },
    remedy: {
      en: "Check that the media ports are open and that the SDP carries a reachable address.",
      ja: "メディアポートが開いていること、SDP のアドレスに到達できることを確認してください。",
    },
  },
  32015: {
    level: "warning",
    title: { en: "Maximum call duration exceeded", ja: "最大通話時間を超えました" },
    text: "Maximum call duration exceeded",
    sip: null,
    cause: {
      en: "The call was up for as long as the account allows (4 hours unless raised).",
      ja: "アカウントで許可された最長時間（既定は 4 時間）に達しました。",
    },
    remedy: {
      en: "Raise the maximum call duration if longer calls are meant.",
      ja: "長い通話が必要な場合は最大通話時間を延長してください。",
    },
  },
  32022: {
    level: "error",
    title: { en: "ACK not received", ja: "ACK が届きません" },
    text: "ACK not received",
    sip: null,
    cause: {
      en: "The 200 of an answered call was never acknowledged, so the call was ended.",
      ja: "応答の 200 に対する ACK が届かなかったため、通話を終了しました。",
    },
    remedy: {
      en: "Send the ACK to the Contact of the 200; check NAT and firewall.",
      ja: "200 の Contact 宛てに ACK を送信し、NAT とファイアウォールを確認してください。",
    },
  },
  32219: {
    level: "error",
    title: { en: "Redirect failed", ja: "リダイレクトに失敗しました" },
    text: "Redirect failed",
    sip: null,
    cause: {
      en: "The SIP server redirected the call a second time, or to a place that cannot be called.",
      ja: "SIP サーバーが 2 回目のリダイレクトを行ったか、発信できない宛先を指定しました。",
    },
    remedy: {
      en: "Answer a redirected call; give one reachable SIP URI as the first Contact of the 302.",
      ja: "リダイレクトされた通話には応答し、302 の最初の Contact に到達可能な SIP URI を設定してください。",
    },
  },
};
