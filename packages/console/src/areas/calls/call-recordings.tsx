import { useApiList } from "../../api/hooks.ts";
import { useAccount } from "../../app/session.tsx";
import { useFormats } from "../../i18n/format.ts";
import { defineTexts, useTexts } from "../../i18n/language.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Section } from "../../ui/section.tsx";
import { TextLink } from "../../ui/text-link.tsx";
import { RecordingStatus } from "../monitor/recording-status.tsx";

const texts = defineTexts({
  en: { title: "Recordings", started: "Started", duration: "Duration", status: "Status" },
  ja: { title: "録音", started: "開始", duration: "長さ", status: "状態" },
});

const REFRESH_MS = 3_000;

/** The recordings of a call, which most calls have none of: then nothing is said. */
export function CallRecordings({ callSid, isLive }: { readonly callSid: string; readonly isLive: boolean }) {
  const t = useTexts(texts);
  const formats = useFormats();
  const account = useAccount();
  const request = { path: { account }, query: { CallSid: callSid } };
  const list = useApiList("GET /2010-04-01/Accounts/{account}/Recordings.json", "recordings", request, {
    refetchInterval: isLive && REFRESH_MS,
  });
  if (list.items.length === 0) return null;
  return (
    <Section title={t.title}>
      <DataTable
        label={t.title}
        list={list}
        keyOf={({ sid }) => sid}
        columns={[
          {
            label: t.started,
            cell: ({ sid, start_time }) => (
              <TextLink to={`/recordings/${sid}`}>{formats.dateTime(start_time)}</TextLink>
            ),
          },
          {
            label: t.duration,
            align: "right",
            cell: ({ duration }) => formats.duration(duration === null ? null : Number(duration)),
          },
          { label: t.status, cell: ({ status }) => <RecordingStatus status={status} /> },
        ]}
      />
    </Section>
  );
}
