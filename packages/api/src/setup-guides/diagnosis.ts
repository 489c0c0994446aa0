import { type Bilingual, errorEntry } from "@trunkline/trunking";
import type { TrunkContact } from "../ports.ts";

/** What is wrong with what a PBX sends, and what to change. */
export type Diagnosis = { readonly what: Bilingual; readonly remedy: Bilingual };

type Options = NonNullable<TrunkContact["options"]>;
type Invite = NonNullable<TrunkContact["invite"]>;
/** `lists`: names of the trunk's IP access control lists. */
type Setting = { readonly secure: boolean; readonly lists: string; readonly nowMs: number };

/** A PBX that has its password answers a challenge well before. */
const CHALLENGE_ANSWERED_MS = 3_000;

const TOO_OFTEN: Diagnosis = {
  what: {
    en: "OPTIONS come more often than every 10 seconds, and the early ones get no answer.",
    ja: "OPTIONS が 10 秒より短い間隔で届いており、早すぎるものには応答していません。",
  },
  remedy: {
    en: "Set the interval (qualify, ping, keep-alive) to 15 to 60 seconds; after a block answers come again within a minute.",
    ja: "間隔（qualify、ping、keep-alive）を 15～60 秒にしてください。ブロック後も 1 分以内に応答が再開します。",
  },
};

/** Null: nothing is wrong with it. */
export function diagnoseOptions(options: Options, setting: Setting): Diagnosis | null {
  if (options.verdict !== "answered") return TOO_OFTEN;
  if (setting.secure && options.transport !== "tls") return fromCatalogue(32209, options.transport.toUpperCase());
  return options.isListed === false ? notListed(options, setting) : null;
}

/** Null: it was routed, or its challenge may still be answered. */
export function diagnoseInvite(invite: Invite, setting: Setting): Diagnosis | null {
  if (invite.verdict === "routed") return null;
  if (invite.verdict === "challenged") {
    return setting.nowMs - invite.atMs < CHALLENGE_ANSWERED_MS ? null : NO_PASSWORD;
  }
  if (invite.code === 32201) return notListed(invite, setting);
  if (invite.code === 32202 && invite.username !== null) return badLogin(invite.username, invite.isUserKnown === true);
  if (invite.code === 32101) return fromCatalogue(32101, invite.to);
  if (invite.code === 32204 || invite.code === 32206) return fromCatalogue(invite.code, invite.from);
  if (invite.code !== null) return fromCatalogue(invite.code, invite.detail ?? "");
  const detail = invite.detail ?? String(invite.status);
  return {
    what: { en: `The call was refused: ${detail}`, ja: `通話は拒否されました: ${detail}` },
    remedy: { en: "Look at the call's decision trace.", ja: "通話の判定トレースを確認してください。" },
  };
}

const NO_PASSWORD: Diagnosis = {
  what: {
    en: "The PBX was asked for user name and password (407) and did not answer.",
    ja: "PBX にユーザー名とパスワードを求めましたが（407）、応答がありません。",
  },
  remedy: {
    en: "Set user name and password for outgoing calls, without registration; the realm is taken from the challenge.",
    ja: "発信用のユーザー名とパスワードを設定してください（登録は不要）。realm はチャレンジの値を使います。",
  },
};

function badLogin(username: string, isKnown: boolean): Diagnosis {
  const { remedy } = errorEntry(32202);
  const what = isKnown
    ? { en: `The password of user ${username} is wrong.`, ja: `ユーザー ${username} のパスワードが違います。` }
    : {
        en: `User ${username} is in none of the trunk's credential lists.`,
        ja: `ユーザー ${username} はトランクのどの資格情報リストにもありません。`,
      };
  return { what, remedy };
}

function notListed({ sourceAddress }: Options | Invite, { lists }: Setting): Diagnosis {
  const { remedy } = errorEntry(32201);
  return {
    what: {
      en: `${sourceAddress} is in none of the trunk's IP access control lists: ${lists}.`,
      ja: `${sourceAddress} はトランクのどの IP アクセス制御リストにもありません: ${lists}。`,
    },
    remedy,
  };
}

/** The words of the error catalogue, with what they are about. */
function fromCatalogue(code: Parameters<typeof errorEntry>[0], about: string): Diagnosis {
  const { cause, remedy } = errorEntry(code);
  return { what: { en: `${cause.en} (${about})`, ja: `${cause.ja}（${about}）` }, remedy };
}
