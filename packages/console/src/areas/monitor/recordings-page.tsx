import { Group, TextInput } from "@mantine/core";
import { useState } from "react";
import { useApiList } from "../../api/hooks.ts";
import { useAccount } from "../../app/session.tsx";
import { useFormats } from "../../i18n/format.ts";
import { defineTexts, useTexts } from "../../i18n/language.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Page } from "../../ui/page.tsx";
import { Section } from "../../ui/section.tsx";
import { TextLink } from "../../ui/text-link.tsx";
import { RecordingStatus } from "./recording-status.tsx";
import { ResourceLink } from "./resource-link.tsx";

const texts = defineTexts({
  en: {
    title: "Recordings",
    lead: "Recorded calls: listen, download, delete. What is recorded is set on the General page of each trunk.",
    call: "Call SID",
    from: "From",
    until: "Until",
    recording: "Recording",
    start: "Started",
    duration: "Duration",
    channels: "Channels",
    status: "Status",
    empty: "No recordings. Turn on call recording on a trunk's General page; the next call is recorded.",
  },
  ja: {
    title: "録音",
    lead: "録音された通話の再生、ダウンロード、削除を行います。録音の設定は、各トランクの一般設定(General)で行います。",
    call: "通話SID",
    from: "開始日",
    until: "終了日",
    recording: "録音",
    start: "開始日時",
    duration: "長さ",
    channels: "チャネル数",
    status: "状態",
    empty: "録音はありません。トランクの一般設定(General)で通話の録音を有効にすると、次の通話から録音されます。",
  },
});

export default function RecordingsPage() {
  const t = useTexts(texts);
  const { dateTime, duration } = useFormats();
  const account = useAccount();
  const [call, setCall] = useState("");
  const [from, setFrom] = useState("");
  const [until, setUntil] = useState("");
  // A SID that is being typed is no SID yet.
  const callSid = /^CA[0-9a-f]{32}$/.test(call.trim()) ? call.trim() : "";
  const query = {
    ...(callSid !== "" && { CallSid: callSid }),
    ...(from !== "" && { "DateCreated>": from }),
    ...(until !== "" && { "DateCreated<": until }),
  };
  const recordings = useApiList("GET /2010-04-01/Accounts/{account}/Recordings.json", "recordings", {
    path: { account },
    query,
  });
  return (
    <Page title={t.title} lead={t.lead}>
      <Section title={t.title}>
        <Group gap="sm">
          <TextInput
            label={t.call}
            placeholder="CA…"
            w={320}
            value={call}
            onChange={(event) => setCall(event.currentTarget.value)}
          />
          <TextInput label={t.from} type="date" value={from} onChange={(event) => setFrom(event.currentTarget.value)} />
          <TextInput
            label={t.until}
            type="date"
            value={until}
            onChange={(event) => setUntil(event.currentTarget.value)}
          />
        </Group>
        <DataTable
          label={t.title}
          list={recordings}
          keyOf={({ sid }) => sid}
          empty={t.empty}
          columns={[
            {
              label: t.start,
              cell: ({ sid, start_time }) => <TextLink to={`/recordings/${sid}`}>{dateTime(start_time)}</TextLink>,
            },
            {
              label: t.duration,
              align: "right",
              cell: ({ duration: seconds }) => duration(seconds === null ? null : Number(seconds)),
            },
            { label: t.channels, align: "right", cell: ({ channels }) => channels, wideOnly: true },
            { label: t.status, cell: ({ status }) => <RecordingStatus status={status} /> },
            { label: t.call, cell: ({ call_sid }) => <ResourceLink sid={call_sid} />, wideOnly: true },
          ]}
        />
      </Section>
    </Page>
  );
}
