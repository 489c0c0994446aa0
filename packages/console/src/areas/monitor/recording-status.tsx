import type { Recording } from "../../api/twilio/monitor.ts";
import { defineTexts, useTexts } from "../../i18n/language.tsx";

const texts = defineTexts({
  en: {
    "in-progress": "Recording now",
    paused: "Paused",
    stopped: "Stopped",
    processing: "Being prepared",
    completed: "Completed",
    absent: "Missing",
    deleted: "Deleted",
  },
  ja: {
    "in-progress": "録音中",
    paused: "一時停止中",
    stopped: "停止",
    processing: "処理中",
    completed: "完了",
    absent: "録音なし",
    deleted: "削除済み",
  },
});

export function RecordingStatus({ status }: Pick<Recording, "status">) {
  return useTexts(texts)[status];
}
