import { defineTexts } from "../../i18n/language.tsx";

/** What a call's status, direction and end are called, and what colour marks them beside the word. */
export const callWords = defineTexts({
  en: {
    "trunking-terminating": "Termination",
    "trunking-originating": "Origination",
    "outbound-api": "From the platform",
    ringing: "Ringing",
    "in-progress": "In progress",
    queued: "Queued",
    completed: "Completed",
    busy: "Busy",
    failed: "Failed",
    "no-answer": "No answer",
    canceled: "Canceled",
    caller: "the caller",
    callee: "the called party",
    platform: "the platform",
    internal: "a fault of the platform",
  },
  ja: {
    "trunking-terminating": "ターミネーション",
    "trunking-originating": "オリジネーション",
    "outbound-api": "プラットフォームから",
    ringing: "呼出中",
    "in-progress": "通話中",
    queued: "待機中",
    completed: "完了",
    busy: "話中",
    failed: "失敗",
    "no-answer": "応答なし",
    canceled: "取消",
    caller: "発信者",
    callee: "着信側",
    platform: "プラットフォーム",
    internal: "プラットフォームの障害",
  },
});

type Word = keyof (typeof callWords)["en"];

/** The word for a value of the API; one that is new there stands for itself. */
export function wordFor(words: (typeof callWords)["en"], value: string): string {
  return words[value as Word] ?? value;
}

export const STATUSES = ["completed", "busy", "no-answer", "canceled", "failed", "in-progress", "ringing"] as const;
export const DIRECTIONS = ["trunking-terminating", "trunking-originating", "outbound-api"] as const;

const COLOURS: Readonly<Record<string, string>> = {
  completed: "green",
  "in-progress": "blue",
  ringing: "blue",
  failed: "red",
};

export function statusColour(status: string): string {
  return COLOURS[status] ?? "gray";
}
