import type { RefusalCode, RefusalEntry } from "./errors.ts";

/**
 * Codes that refuse a call or request. Codes, titles, statuses and phrases: contract §8.3 and §12; where the contract gives no phrase,
 * or Twilio has no status for the code, it is ours.
 */
export const REFUSALS: Readonly<Record<RefusalCode, RefusalEntry>> = {
  10001: {
    level: "error",
    title: { en: "Account is not active", ja: "アカウントが有効ではありません" },
    text: "Account is not active",
    sip: { status: 603, phrase: "Decline" },
    cause: {
      en: "The account that owns the trunk, or its parent, is suspended or closed.",
      ja: "トランクを所有するアカウント（または親アカウント）が停止または解約されています。",
    },
    remedy: {
      en: "Ask the operator to activate the account again.",
      ja: "アカウントの再有効化を運用者に依頼してください。",
    },
  },
  10004: {
    level: "error",
    title: { en: "Call concurrency limit exceeded", ja: "同時通話数の上限を超えました" },
    text: "Trunk concurrent call limit exceeded",
    sip: { status: 503, phrase: "Trunk concurrent call limit exceeded" },
    cause: {
      en: "More calls were up at once than the trunk or account may have.",
      ja: "トランクまたはアカウントに許可された数を超える通話が同時に行われました。",
    },
    remedy: { en: "Wait for calls to end, or raise the limit.", ja: "通話の終了を待つか、上限を引き上げてください。" },
  },
  13224: {
    level: "error",
    title: { en: "Called number is not served", ja: "着信番号へ接続できません" },
    text: "Called number is not served",
    sip: { status: 404, phrase: "Not Found" },
    cause: {
      en: "No carrier of this installation takes calls to the called number.",
      ja: "この番号への通話を扱う事業者がこのシステムにありません。",
    },
    remedy: {
      en: "Check the number; the operator can add a carrier with a prefix for it.",
      ja: "番号を確認してください。運用者は該当プレフィックスを持つ事業者を追加できます。",
    },
  },
  32001: {
    level: "error",
    title: { en: "Trunk CPS limit exceeded", ja: "トランクの CPS 上限を超えました" },
    text: "Trunk CPS limit exceeded",
    sip: { status: 503, phrase: "Trunk CPS limit exceeded" },
    cause: {
      en: "Calls were started faster than the trunk's calls-per-second limit.",
      ja: "トランクの毎秒発信数（CPS）の上限を超えて発信されました。",
    },
    remedy: {
      en: "Spread the calls out, honour Retry-After, or raise the limit.",
      ja: "発信を分散し、Retry-After に従うか、上限を引き上げてください。",
    },
  },
  32006: {
    level: "warning",
    title: { en: "Too many hops", ja: "ホップ数が多すぎます" },
    text: "Too many hops",
    sip: { status: 483, phrase: "Too Many Hops" },
    cause: {
      en: "Max-Forwards reached 0, usually because of a routing loop or too small a first value.",
      ja: "Max-Forwards が 0 になりました。多くはルーティングのループか、初期値が小さすぎることが原因です。",
    },
    remedy: {
      en: "Send Max-Forwards of 20 or more (70 is usual) and look for a loop.",
      ja: "Max-Forwards を 20 以上（通常は 70）で送信し、ループがないか確認してください。",
    },
  },
  32010: {
    level: "error",
    title: { en: "No valid origination URIs", ja: "有効な着信先 URI がありません" },
    text: "No valid origination URIs",
    sip: { status: 480, phrase: "Temporarily Unavailable" },
    cause: {
      en: "The trunk has no origination URI, or none is enabled and well formed.",
      ja: "トランクに着信先 URI がないか、有効で正しい形式のものがありません。",
    },
    remedy: {
      en: "Add an origination URI to the trunk, or enable one.",
      ja: "トランクに着信先 URI を追加するか、有効にしてください。",
    },
  },
  32012: {
    level: "warning",
    title: { en: "Pooled trunking CPS exceeded", ja: "アカウント全体の CPS 上限を超えました" },
    text: "Account trunking CPS limit exceeded",
    sip: { status: 503, phrase: "Account CPS limit exceeded" },
    cause: {
      en: "All trunks of the account together started calls faster than its pooled limit.",
      ja: "アカウント内の全トランクの合計発信数が毎秒の上限を超えました。",
    },
    remedy: {
      en: "Spread the calls out, honour Retry-After, or raise the limit.",
      ja: "発信を分散し、Retry-After に従うか、上限を引き上げてください。",
    },
  },
  32100: {
    level: "warning",
    title: { en: "Trial accounts can only call verified numbers", ja: "トライアルでは確認済み番号にのみ発信できます" },
    text: "Trial accounts may only make calls to verified numbers",
    sip: { status: 400, phrase: "The number is unverified" },
    cause: {
      en: "The account is a trial and the called number is not verified.",
      ja: "トライアルアカウントで、着信番号が確認済みではありません。",
    },
    remedy: {
      en: "Verify the called number, or upgrade the account.",
      ja: "着信番号を確認済みにするか、アカウントをアップグレードしてください。",
    },
  },
  32101: {
    level: "warning",
    title: { en: "Invalid phone number", ja: "電話番号が正しくありません" },
    text: "Invalid phone number",
    sip: { status: 400, phrase: "Invalid Phone Number" },
    cause: {
      en: "The user part of the Request-URI is not a number in E.164 form with a leading +.",
      ja: "Request-URI のユーザー部が + で始まる E.164 形式の番号ではありません。",
    },
    remedy: {
      en: "Dial + country code and number, for example +14155550100.",
      ja: "+ 国番号 番号の形式（例 +14155550100）で発信してください。",
    },
  },
  32102: {
    level: "warning",
    title: { en: "Bad SDP", ja: "SDP が正しくありません" },
    text: "Bad SDP",
    sip: { status: 400, phrase: "Bad SDP" },
    cause: {
      en: "The session description in the INVITE cannot be read, or offers no media that can be carried.",
      ja: "INVITE の SDP を解釈できないか、中継できるメディアが提示されていません。",
    },
    remedy: {
      en: "Check the SDP that the PBX writes; the trace names the line.",
      ja: "PBX が生成する SDP を確認してください。トレースに該当行が示されます。",
    },
  },
  32103: {
    level: "warning",
    title: { en: "Empty body", ja: "本文が空です" },
    text: "Empty body",
    sip: { status: 400, phrase: "Empty Body" },
    cause: {
      en: "A message that must carry a session description had none.",
      ja: "SDP が必要なメッセージに本文がありません。",
    },
    remedy: {
      en: "Send SDP in the INVITE, or in the ACK when the offer was in the 200.",
      ja: "INVITE（200 でオファーした場合は ACK）に SDP を含めてください。",
    },
  },
  32115: {
    level: "error",
    title: { en: "X-Branded-CallReason is not valid", ja: "X-Branded-CallReason が正しくありません" },
    text: "X-Branded-CallReason is longer than 50 characters",
    sip: { status: 400, phrase: "Invalid X-Branded-CallReason" },
    cause: {
      en: "The call reason to show to the called party is longer than 50 characters.",
      ja: "着信側に表示する発信理由が 50 文字を超えています。",
    },
    remedy: {
      en: "Shorten the X-Branded-CallReason header, or leave it out.",
      ja: "X-Branded-CallReason ヘッダーを短くするか、省略してください。",
    },
  },
  32200: {
    level: "error",
    title: { en: "Insufficient permissions", ja: "権限が不足しています" },
    text: "Insufficient permissions - trunk has no authentication configured",
    sip: { status: 403, phrase: "Insufficient permissions" },
    cause: {
      en: "The trunk has neither an IP access control list nor a credential list, so it takes no calls.",
      ja: "トランクに IP アクセス制御リストも資格情報リストもないため、通話を受け付けません。",
    },
    remedy: {
      en: "Associate an IP access control list, a credential list, or both with the trunk.",
      ja: "IP アクセス制御リスト、資格情報リスト、またはその両方をトランクに関連付けてください。",
    },
  },
  32201: {
    level: "error",
    title: { en: "Source IP address not in ACL", ja: "送信元 IP アドレスが ACL にありません" },
    text: "Authentication failure - source IP Address not in ACL",
    sip: { status: 403, phrase: "Forbidden" },
    cause: {
      en: "The INVITE came from an address that none of the trunk's IP access control lists contains.",
      ja: "INVITE の送信元アドレスが、トランクのどの IP アクセス制御リストにも含まれていません。",
    },
    remedy: {
      en: "Add the address shown in the trace to a list of the trunk, or send from a listed one.",
      ja: "トレースに示されたアドレスをリストに追加するか、登録済みアドレスから送信してください。",
    },
  },
  32202: {
    level: "error",
    title: { en: "Bad user credentials", ja: "資格情報が正しくありません" },
    text: "Authentication failure - bad user credentials",
    sip: { status: 403, phrase: "Forbidden" },
    cause: {
      en: "The user name is in none of the trunk's credential lists, or the password is wrong.",
      ja: "ユーザー名がトランクの資格情報リストにないか、パスワードが違います。",
    },
    remedy: {
      en: "Check user name and password of the PBX; the realm must be taken from the challenge.",
      ja: "PBX のユーザー名とパスワードを確認してください。realm はチャレンジの値を使う必要があります。",
    },
  },
  32203: {
    level: "error",
    title: { en: "Call blocked", ja: "通話がブロックされました" },
    text: "Call blocked as potential fraud",
    sip: { status: 603, phrase: "Decline" },
    cause: {
      en: "The called number or the pattern of calls is considered a fraud risk.",
      ja: "着信番号または発信パターンが不正利用の恐れありと判断されました。",
    },
    remedy: {
      en: "Ask the operator if the call is legitimate.",
      ja: "正当な通話の場合は運用者に問い合わせてください。",
    },
  },
  32204: {
    level: "error",
    title: { en: "'From' number not verified", ja: "発信者番号が確認されていません" },
    text: "Invalid Caller ID",
    sip: { status: 403, phrase: "Invalid Caller ID" },
    cause: {
      en: "The caller ID is neither a number of the account nor one of its verified caller IDs.",
      ja: "発信者番号がアカウントの番号でも確認済み発信者番号でもありません。",
    },
    remedy: {
      en: "Send a number of the account in From (or Remote-Party-ID, P-Asserted-Identity), or verify the number.",
      ja: "From（または Remote-Party-ID、P-Asserted-Identity）にアカウントの番号を設定するか、番号を確認済みにしてください。",
    },
  },
  32205: {
    level: "error",
    title: { en: "Geo permission not permitting call", ja: "地域設定により発信できません" },
    text: "No International Authorization",
    sip: { status: 403, phrase: "No International Authorization" },
    cause: {
      en: "The account's geographic permissions do not include the called country or prefix.",
      ja: "アカウントの地域設定で、着信先の国またはプレフィックスが許可されていません。",
    },
    remedy: {
      en: "Enable the country in the account's geographic permissions.",
      ja: "アカウントの地域設定で該当国を許可してください。",
    },
  },
  32206: {
    level: "error",
    title: { en: "Invalid From number", ja: "発信者番号の形式が正しくありません" },
    text: "Invalid From number",
    sip: { status: 403, phrase: "Invalid From Number" },
    cause: {
      en: "The caller ID has digits but is not in E.164 form with a leading +.",
      ja: "発信者番号が + で始まる E.164 形式ではありません。",
    },
    remedy: {
      en: "Write the caller ID as + country code and number, for example +14155550100.",
      ja: "発信者番号を + 国番号 番号の形式（例 +14155550100）にしてください。",
    },
  },
  32207: {
    level: "error",
    title: { en: "Secure media not accepted", ja: "暗号化メディアは受け付けません" },
    text: "Secure media not accepted",
    sip: { status: 488, phrase: "Secure media not accepted" },
    cause: {
      en: "SRTP was offered on a trunk that is not secure.",
      ja: "セキュアでないトランクに SRTP が提示されました。",
    },
    remedy: {
      en: "Offer RTP/AVP, or make the trunk secure.",
      ja: "RTP/AVP を提示するか、トランクをセキュアにしてください。",
    },
  },
  32208: {
    level: "error",
    title: { en: "Secure media required", ja: "暗号化メディアが必要です" },
    text: "Secure media required",
    sip: { status: 488, phrase: "Secure media required" },
    cause: { en: "Plain RTP was offered on a secure trunk.", ja: "セキュアトランクに平文の RTP が提示されました。" },
    remedy: {
      en: "Offer RTP/SAVP with SDES keys, or make the trunk not secure.",
      ja: "SDES 鍵付きの RTP/SAVP を提示するか、トランクのセキュア設定を解除してください。",
    },
  },
  32209: {
    level: "error",
    title: { en: "Secure transport required", ja: "暗号化トランスポートが必要です" },
    text: "Secure SIP transport required",
    sip: { status: 488, phrase: "Secure SIP transport required" },
    cause: {
      en: "The INVITE to a secure trunk came over UDP or TCP.",
      ja: "セキュアトランクへの INVITE が UDP または TCP で届きました。",
    },
    remedy: {
      en: "Send SIP over TLS (port 5061), or make the trunk not secure.",
      ja: "SIP を TLS（ポート 5061）で送信するか、トランクのセキュア設定を解除してください。",
    },
  },
  32210: {
    level: "error",
    title: { en: "REGISTER not supported", ja: "REGISTER には対応していません" },
    text: "REGISTER is not supported on trunks",
    sip: { status: 405, phrase: "Method Not Allowed" },
    cause: {
      en: "The PBX tried to register with a trunk domain. Trunks need no registration.",
      ja: "PBX がトランクのドメインに登録しようとしました。トランクでは登録は不要です。",
    },
    remedy: {
      en: "Turn registration off in the PBX and add an origination URI for incoming calls.",
      ja: "PBX の登録を無効にし、着信用の着信先 URI を設定してください。",
    },
  },
  32218: {
    level: "error",
    title: { en: "Transfer not allowed", ja: "転送は許可されていません" },
    text: "Transfer not allowed",
    sip: { status: 403, phrase: "Transfer Not Allowed" },
    cause: {
      en: "A REFER came on a trunk whose transfer mode forbids it, or to a kind of target that it forbids.",
      ja: "転送モードで禁止されているトランク、または禁止されている種類の宛先に REFER が送られました。",
    },
    remedy: {
      en: "Set the transfer mode of the trunk to sip-only or enable-all.",
      ja: "トランクの転送モードを sip-only または enable-all にしてください。",
    },
  },
  32219: {
    level: "error",
    title: { en: "Redirect failed", ja: "リダイレクトに失敗しました" },
    text: "Redirect failed",
    sip: { status: 502, phrase: "Redirect Failed" },
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
