import { Badge } from "@mantine/core";
import type { Alert } from "../../api/twilio/monitor.ts";
import { defineTexts, useTexts } from "../../i18n/language.tsx";

const texts = defineTexts({
  en: { error: "Error", warning: "Warning", notice: "Notice", debug: "Debug" },
  ja: { error: "エラー", warning: "警告", notice: "通知", debug: "デバッグ" },
});
const COLOURS = { error: "red", warning: "orange", notice: "gray", debug: "gray" } as const;

/** How serious an alert is: by its word, and by a colour for who sees it. */
export function LevelBadge({ level }: { readonly level: Alert["log_level"] }) {
  const t = useTexts(texts);
  return (
    <Badge
      variant="outline"
      color={COLOURS[level]}
      radius="sm"
      styles={{ label: { color: "var(--mantine-color-text)" } }}
    >
      {t[level]}
    </Badge>
  );
}
