import { useFormats } from "../../i18n/format.ts";
import { defineTexts, useTexts } from "../../i18n/language.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Section } from "../../ui/section.tsx";
import type { Call } from "./call.types.ts";

const texts = defineTexts({
  en: {
    title: "Targets tried",
    lead: "In the order in which they were called; the next one is tried when one does not answer or gives an answer that allows it.",
    started: "Called at",
    target: "Target",
    result: "Result",
    silent: "no answer yet",
    empty: "The call was decided before any target was called.",
  },
  ja: {
    title: "試行した接続先",
    lead: "呼び出した順です。応答がない、または次へ進める応答の場合に次の接続先を試します。",
    started: "呼出時刻",
    target: "接続先",
    result: "結果",
    silent: "応答なし",
    empty: "接続先を呼び出す前に通話の扱いが決まりました。",
  },
});

export function Attempts({ attempts }: { readonly attempts: Call["attempts"] }) {
  const t = useTexts(texts);
  const formats = useFormats();
  return (
    <Section title={t.title} lead={t.lead}>
      <DataTable
        label={t.title}
        list={{ items: attempts.map((attempt, index) => ({ ...attempt, index })) }}
        keyOf={(attempt) => attempt.index}
        empty={t.empty}
        columns={[
          { label: t.started, cell: (attempt) => formats.time(attempt.date_started) },
          { label: t.target, cell: (attempt) => <span className="mono">{attempt.uri}</span> },
          {
            label: t.result,
            cell: (attempt) =>
              attempt.status === null ? (attempt.reason ?? t.silent) : `${attempt.status} ${attempt.reason ?? ""}`,
          },
        ]}
      />
    </Section>
  );
}
