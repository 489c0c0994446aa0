import type { IncidentEntry, RecordingIncidentCode } from "./errors.ts";

/** Codes of recordings. Up to 16111 they are Twilio's (contract §5); it has none for the others, so from 16190 on they are our own. */
export const RECORDING_INCIDENTS: Readonly<Record<RecordingIncidentCode, IncidentEntry>> = {
  16101: {
    level: "warning",
    title: { en: "Recording too short", ja: "録音が短すぎます" },
    text: "Recording unavailable because its duration is too short",
    sip: null,
    cause: {
      en: "The recording ended before a single sample of sound.",
      ja: "音声が 1 サンプルも届かないうちに録音が終了しました。",
    },
    remedy: {
      en: "Nothing needs to be done; the call ended as soon as it had begun.",
      ja: "対応は不要です。通話は開始と同時に終了しています。",
    },
  },
  16102: {
    level: "warning",
    title: { en: "Recording is silent", ja: "録音に音声がありません" },
    text: "Recording unavailable because it is silent",
    sip: null,
    cause: {
      en: "No speech arrived from either side, or trimming took silence that was all there was.",
      ja: "どちら側からも音声が届かないか、無音を除去した結果、何も残りませんでした。",
    },
    remedy: {
      en: "If there was speech: check the call's packet counts, and the ports and addresses of its media.",
      ja: "会話があった場合は、通話のパケット数とメディアのポート・アドレスを確認してください。",
    },
  },
  16104: {
    level: "error",
    title: { en: "Recording could not be encrypted", ja: "録音を暗号化できません" },
    text: "Recording unavailable due to encryption failure",
    sip: null,
    cause: {
      en: "The finished recording could not be encrypted yet; it is kept and tried again.",
      ja: "録音の暗号化に失敗しました。録音は保持され、再試行されます。",
    },
    remedy: {
      en: "The operator should look at the disk that recordings grow on.",
      ja: "運用者は録音先ディスクの状態を確認してください。",
    },
  },
  16105: {
    level: "error",
    title: { en: "No valid public key for recordings", ja: "録音用の有効な公開鍵がありません" },
    text: "Recording unavailable due to no valid public keys",
    sip: null,
    cause: {
      en: "Recordings of the account are to be encrypted, and its public key cannot be used.",
      ja: "アカウントの録音は暗号化が必要ですが、公開鍵を使用できません。",
    },
    remedy: {
      en: "Add an RSA public key of 2048 bits or more.",
      ja: "2048 ビット以上の RSA 公開鍵を登録してください。",
    },
  },
  16111: {
    level: "error",
    title: { en: "Recording not stored yet", ja: "録音をまだ保存できていません" },
    text: "Upload of a recording to its storage failed",
    sip: null,
    cause: {
      en: "The storage of recordings refused the file or was out of reach; the recording is kept and tried again.",
      ja: "録音の保存先が拒否したか到達できません。録音は保持され、再試行されます。",
    },
    remedy: {
      en: "The operator should check the storage: address, credentials, permissions and room.",
      ja: "運用者は保存先のアドレス・認証情報・権限・空き容量を確認してください。",
    },
  },
  16190: {
    level: "error",
    title: { en: "Call is not recorded", ja: "通話が録音されていません" },
    text: "A call that was to be recorded is not",
    sip: null,
    cause: {
      en: "The recording could not begin in time, or did not go on; the call itself did.",
      ja: "録音を時間内に開始できないか、継続できませんでした。通話自体は継続しています。",
    },
    remedy: {
      en: "Read the reason in the alert: the disk is full or slow, or the media plane cannot record.",
      ja: "アラートの理由（ディスクの満杯・遅延、録音非対応のメディア処理など）を確認してください。",
    },
  },
  16191: {
    level: "warning",
    title: { en: "Recording is incomplete", ja: "録音に欠落があります" },
    text: "A recording has gaps",
    sip: null,
    cause: {
      en: "Stretches of the recording are silence though there may have been sound: a full or slow disk, or a codec that cannot be recorded.",
      ja: "ディスクの満杯・遅延、または録音できないコーデックのため、録音の一部が無音になっています。",
    },
    remedy: {
      en: "Read the cause in the alert: give the disk room, or let the call use G.711 (PCMU or PCMA).",
      ja: "アラートの原因を確認し、ディスクの空きを確保するか、G.711（PCMU・PCMA）を使用してください。",
    },
  },
  16192: {
    level: "error",
    title: { en: "Recording is lost", ja: "録音が失われました" },
    text: "A recording that was begun is nowhere",
    sip: null,
    cause: {
      en: "The call was recorded, and long after its end there is no file of it.",
      ja: "録音された通話が終了してから時間が経っても、録音ファイルが存在しません。",
    },
    remedy: {
      en: "The operator should look for a lost or replaced disk, and at the log of the edge from the time of the call.",
      ja: "運用者はディスクの喪失・交換の有無と、通話時刻のエッジのログを確認してください。",
    },
  },
};
