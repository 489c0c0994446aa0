import type { CallIncidentCode, IncidentEntry } from "./errors.ts";

/** Codes of things that happen during a call and refuse nothing on the wire. Codes and titles: contract §12. */
export const CALL_INCIDENTS: Readonly<Record<CallIncidentCode, IncidentEntry>> = {
  32002: {
    level: "warning",
    title: { en: "SIP domain not found", ja: "SIP ドメインが見つかりません" },
    text: "Dial failure - SIP domain not found",
    sip: null,
    cause: {
      en: "A target names a SIP domain that this installation does not have.",
      ja: "宛先の SIP ドメインがこのシステムに存在しません。",
    },
    remedy: {
      en: "Check the host part of the dialled SIP address.",
      ja: "発信先 SIP アドレスのホスト部を確認してください。",
    },
  },
  32007: {
    level: "warning",
    title: { en: "Too many bindings", ja: "登録数が多すぎます" },
    text: "Too many bindings",
    sip: null,
    cause: {
      en: "More contacts were registered for one address than a SIP domain keeps.",
      ja: "1 つのアドレスに対し、SIP ドメインで保持できる数を超える登録がありました。",
    },
    remedy: {
      en: "Remove old registrations, or give each device its own address.",
      ja: "古い登録を削除するか、機器ごとに別のアドレスを使用してください。",
    },
  },
  32008: {
    level: "warning",
    title: { en: "Registration rate exceeded", ja: "登録の頻度が高すぎます" },
    text: "Registration rate exceeded",
    sip: null,
    cause: {
      en: "A device registered with a SIP domain more often than is allowed.",
      ja: "機器が SIP ドメインへ許可された頻度を超えて登録を行いました。",
    },
    remedy: {
      en: "Raise the registration interval of the device.",
      ja: "機器の登録間隔を長くしてください。",
    },
  },
  32009: {
    level: "warning",
    title: { en: "Dialled user is not registered", ja: "発信先ユーザーが登録されていません" },
    text: "Dialled user is not registered",
    sip: null,
    cause: {
      en: "A call was made to a user of a SIP domain who has no registration.",
      ja: "登録のない SIP ドメインのユーザーへ発信されました。",
    },
    remedy: {
      en: "Check the user name and that the device is registered.",
      ja: "ユーザー名と機器の登録状態を確認してください。",
    },
  },
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
  32013: {
    level: "error",
    title: { en: "SIP interface CPS exceeded", ja: "SIP インターフェースの CPS 上限を超えました" },
    text: "Account SIP interface CPS limit exceeded",
    sip: null,
    cause: {
      en: "Calls to SIP domains of the account were started faster than its limit.",
      ja: "アカウントの SIP ドメインへの発信が毎秒の上限を超えました。",
    },
    remedy: {
      en: "Spread the calls out, or raise the limit.",
      ja: "発信を分散するか、上限を引き上げてください。",
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
  32016: {
    level: "error",
    title: { en: "No progress from the carrier", ja: "事業者からの応答がありません" },
    text: "PSTN post dial delay timeout",
    sip: null,
    cause: {
      en: "No carrier reported any progress of the call in time.",
      ja: "時間内にどの事業者からも呼の進行が通知されませんでした。",
    },
    remedy: {
      en: "Try again; the operator can add a carrier or look at the health of those there are.",
      ja: "再度お試しください。運用者は事業者の追加や稼働状況の確認ができます。",
    },
  },
  32017: {
    level: "error",
    title: { en: "Carrier blocked the caller ID", ja: "事業者が発信者番号をブロックしました" },
    text: "Carrier blocked the call due to the caller ID",
    sip: null,
    cause: {
      en: "The carrier of the called party refused the call because of the caller ID's reputation.",
      ja: "着信側の事業者が発信者番号の評価を理由に通話を拒否しました。",
    },
    remedy: {
      en: "Register the number with the analytics services, or call from another one.",
      ja: "番号を評価サービスに登録するか、別の番号から発信してください。",
    },
  },
  32018: {
    level: "error",
    title: { en: "TwiML is too large", ja: "TwiML が大きすぎます" },
    text: "TwiML is too large",
    sip: null,
    cause: {
      en: "The TwiML given with a call exceeds the allowed size.",
      ja: "通話に指定された TwiML が許可サイズを超えています。",
    },
    remedy: {
      en: "Give a URL that returns the TwiML instead.",
      ja: "TwiML を返す URL を指定してください。",
    },
  },
  32019: {
    level: "warning",
    title: { en: "TwiML and URL both given", ja: "TwiML と URL の両方が指定されました" },
    text: "TwiML and Url both given",
    sip: null,
    cause: {
      en: "A call was created with TwiML and with a URL; the TwiML was used.",
      ja: "TwiML と URL の両方を指定して通話が作成されたため、TwiML を使用しました。",
    },
    remedy: {
      en: "Give only one of the two.",
      ja: "どちらか一方だけを指定してください。",
    },
  },
  32021: {
    level: "warning",
    title: { en: "SHAKEN/STIR verification failed", ja: "SHAKEN/STIR の検証に失敗しました" },
    text: "SHAKEN/STIR verification failed",
    sip: null,
    cause: {
      en: "The signature of an incoming call did not verify; the call was delivered without attestation.",
      ja: "着信の署名を検証できなかったため、証明なしで着信させました。",
    },
    remedy: {
      en: "Tell the carrier which check failed; the trace names it.",
      ja: "失敗した検証項目（トレースに表示）を事業者に連絡してください。",
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
};
