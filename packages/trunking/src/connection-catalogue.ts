import type { ConnectionIncidentCode, IncidentEntry } from "./errors.ts";

/** Codes of registrations, dialled SIP addresses, TLS, private connections and own carriers. Codes and titles: contract §12; texts ours. */
export const CONNECTION_INCIDENTS: Readonly<Record<ConnectionIncidentCode, IncidentEntry>> = {
  32212: {
    level: "warning",
    title: { en: "Registration authentication failed", ja: "登録の認証に失敗しました" },
    text: "Registration authentication failed",
    sip: null,
    cause: {
      en: "A device registered with a SIP domain with a wrong user name or password.",
      ja: "SIP ドメインへの登録でユーザー名またはパスワードが誤っています。",
    },
    remedy: {
      en: "Check the user name and password of the device.",
      ja: "機器のユーザー名とパスワードを確認してください。",
    },
  },
  32214: {
    level: "warning",
    title: { en: "Invalid SIP address dialled", ja: "発信先 SIP アドレスが正しくありません" },
    text: "Invalid SIP address in Dial",
    sip: null,
    cause: {
      en: "A SIP address to dial cannot be read.",
      ja: "発信先の SIP アドレスを解釈できません。",
    },
    remedy: {
      en: "Write it as sip:user@host.",
      ja: "sip:user@host の形式で指定してください。",
    },
  },
  32215: {
    level: "warning",
    title: { en: "SIP domain dialled without region", ja: "リージョン指定なしで SIP ドメインへ発信されました" },
    text: "SIP domain dialled without region",
    sip: null,
    cause: {
      en: "A SIP domain that lives in another region was dialled without naming the region.",
      ja: "別リージョンの SIP ドメインへ、リージョンを指定せずに発信されました。",
    },
    remedy: {
      en: "Add the region or edge to the SIP address.",
      ja: "SIP アドレスにリージョンまたはエッジを追加してください。",
    },
  },
  32216: {
    level: "error",
    title: { en: "SIP address is on a deny list", ja: "SIP アドレスは拒否リストにあります" },
    text: "SIP address is on a deny list",
    sip: null,
    cause: {
      en: "The dialled SIP address or number may not be called from this installation.",
      ja: "発信先の SIP アドレスまたは番号への発信は禁止されています。",
    },
    remedy: {
      en: "Ask the operator if the call is legitimate.",
      ja: "正当な通話の場合は運用者に問い合わせてください。",
    },
  },
  32220: {
    level: "error",
    title: { en: "Registered endpoint cannot be dialled", ja: "登録端末へ発信できません" },
    text: "Registered endpoint cannot be dialled",
    sip: null,
    cause: {
      en: "A registered endpoint was dialled in a way that is not supported.",
      ja: "対応していない方法で登録端末へ発信されました。",
    },
    remedy: {
      en: "Dial the endpoint by the address it registered.",
      ja: "端末が登録したアドレスへ発信してください。",
    },
  },
  32221: {
    level: "error",
    title: { en: "Registered endpoint is unreachable", ja: "登録端末に到達できません" },
    text: "Registered endpoint is unreachable",
    sip: null,
    cause: {
      en: "The connection over which an endpoint registered is gone.",
      ja: "端末の登録に使われた接続が失われています。",
    },
    remedy: {
      en: "Shorten the registration interval and send keep-alives.",
      ja: "登録間隔を短くし、キープアライブを送信してください。",
    },
  },
  32222: {
    level: "error",
    title: { en: "TLS version not allowed", ja: "TLS のバージョンが許可されていません" },
    text: "TLS version not allowed",
    sip: null,
    cause: {
      en: "A peer tried to connect with a TLS version or cipher that is not allowed.",
      ja: "許可されていない TLS バージョンまたは暗号で接続されました。",
    },
    remedy: {
      en: "Use TLS 1.2 or newer, or allow older versions in the account settings.",
      ja: "TLS 1.2 以上を使用するか、アカウント設定で旧バージョンを許可してください。",
    },
  },
  32223: {
    level: "error",
    title: { en: "Registered endpoint refused the call", ja: "登録端末が通話を拒否しました" },
    text: "Registered endpoint refused the call",
    sip: null,
    cause: {
      en: "A registered endpoint answered the call with an error.",
      ja: "登録端末が通話にエラーを返しました。",
    },
    remedy: {
      en: "Check the endpoint; the attempt shows its answer.",
      ja: "端末を確認してください。応答は試行に表示されます。",
    },
  },
  32301: {
    level: "warning",
    title: { en: "Interconnect connection SID is not valid", ja: "インターコネクトの接続 SID が正しくありません" },
    text: "Interconnect tnx SID invalid",
    sip: null,
    cause: {
      en: "The tnx parameter of an origination URI is not the SID of a connection.",
      ja: "着信先 URI の tnx パラメーターが接続の SID ではありません。",
    },
    remedy: {
      en: "Write ;tnx= and the SID of a private connection.",
      ja: ";tnx= に専用接続の SID を指定してください。",
    },
  },
  32302: {
    level: "warning",
    title: { en: "Interconnect connection not found", ja: "インターコネクト接続が見つかりません" },
    text: "Interconnect connection not found",
    sip: null,
    cause: {
      en: "The tnx parameter names a connection that this account does not have.",
      ja: "tnx パラメーターの接続がこのアカウントに存在しません。",
    },
    remedy: {
      en: "Check the SID, or ask the operator for the connection.",
      ja: "SID を確認するか、運用者に接続を依頼してください。",
    },
  },
  32303: {
    level: "warning",
    title: {
      en: "Several targets with an interconnect connection",
      ja: "インターコネクトで複数の宛先が指定されました",
    },
    text: "Multiple targets with tnx",
    sip: null,
    cause: {
      en: "Several SIP targets ring together, and one of them has a tnx parameter.",
      ja: "同時呼び出しの宛先の 1 つに tnx パラメーターが指定されています。",
    },
    remedy: {
      en: "Call targets behind a private connection one at a time.",
      ja: "専用接続の宛先は 1 つずつ呼び出してください。",
    },
  },
  32304: {
    level: "warning",
    title: { en: "Interconnect connection is not active", ja: "インターコネクト接続が有効ではありません" },
    text: "Interconnect connection not active",
    sip: null,
    cause: {
      en: "The private connection that the tnx parameter names is down or disabled.",
      ja: "tnx パラメーターの専用接続が停止しているか無効です。",
    },
    remedy: {
      en: "Enable the connection, or remove the parameter.",
      ja: "接続を有効にするか、パラメーターを削除してください。",
    },
  },
  32400: {
    level: "error",
    title: { en: "BYOC routing failed", ja: "BYOC のルーティングに失敗しました" },
    text: "BYOC routing failed without failover",
    sip: null,
    cause: {
      en: "A call through the customer's own carrier could not be routed, and there was no other target.",
      ja: "お客様の事業者経由の通話をルーティングできず、代替先もありませんでした。",
    },
    remedy: {
      en: "Add a second target, and check the first.",
      ja: "代替の宛先を追加し、最初の宛先を確認してください。",
    },
  },
  32401: {
    level: "warning",
    title: { en: "BYOC routing failed over", ja: "BYOC のルーティングを切り替えました" },
    text: "BYOC routing failed, failover used",
    sip: null,
    cause: {
      en: "A target of the customer's own carrier failed, and the call went to the next one.",
      ja: "お客様の事業者の宛先に失敗したため、次の宛先へ発信しました。",
    },
    remedy: {
      en: "Check the target that failed; the attempt shows its answer.",
      ja: "失敗した宛先を確認してください。応答は試行に表示されます。",
    },
  },
};
