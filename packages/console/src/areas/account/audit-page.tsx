import { Button, Group, Stack, Table, Text, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useApiList } from "../../api/hooks.ts";
import type { AuditEvent, EventFilter } from "../../api/twilio/accounts.ts";
import { useFormats } from "../../i18n/format.ts";
import { defineTexts, useTexts } from "../../i18n/language.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { DownloadButton } from "../../ui/download-button.tsx";
import { Page } from "../../ui/page.tsx";
import { Fact, Facts } from "../../ui/section.tsx";

const texts = defineTexts({
  en: {
    title: "Audit log",
    lead: "Who changed what, when and from where. Nobody can change or delete an entry.",
    from: "From",
    to: "Until",
    type: "Kind of event",
    typeHint: "Such as trunk.updated",
    resource: "SID of what was changed",
    actor: "SID of who did it",
    show: "Show",
    date: "Date",
    what: "What",
    who: "Who",
    source: "From where",
    details: "Details",
    field: "Field",
    before: "Before",
    after: "After",
    noFields: "No fields changed.",
    empty: "Nothing fits.",
    inside: "the operator",
    csv: "Download CSV",
  },
  ja: {
    title: "監査ログ",
    lead: "誰が、いつ、どこから、何を変更したか。記録は変更も削除もできません。",
    from: "開始日",
    to: "終了日",
    type: "イベントの種類",
    typeHint: "例: trunk.updated",
    resource: "対象の SID",
    actor: "操作者の SID",
    show: "表示",
    date: "日時",
    what: "内容",
    who: "操作者",
    source: "アクセス元",
    details: "詳細",
    field: "項目",
    before: "変更前",
    after: "変更後",
    noFields: "変更された項目はありません。",
    empty: "該当するものはありません。",
    inside: "オペレーター",
    csv: "CSV をダウンロード",
  },
});

const NO_FILTER = { StartDate: "", EndDate: "", EventType: "", ResourceSid: "", ActorSid: "" };

/** What was done in the account (ACC-4). */
export default function AuditPage() {
  const t = useTexts(texts);
  const formats = useFormats();
  const [filter, setFilter] = useState<EventFilter>({});
  const [shown, setShown] = useState<AuditEvent | null>(null);
  const list = useApiList("GET /v1/Events", "events", { query: { ...filter, PageSize: 50 } });
  const who = (event: AuditEvent): string => event.actor_sid ?? t.inside;
  return (
    <Page
      title={t.title}
      lead={t.lead}
      actions={<DownloadButton path={csvOf(filter)} name="audit-events.csv" label={t.csv} />}
    >
      <FilterForm onChange={setFilter} />
      <DataTable
        label={t.title}
        list={list}
        keyOf={(event) => event.sid}
        empty={t.empty}
        columns={[
          { label: t.date, cell: (event) => formats.dateTime(event.event_date) },
          { label: t.what, cell: (event) => <span className="mono">{event.description}</span> },
          { label: t.who, cell: (event) => <span className="mono">{who(event)}</span>, wideOnly: true },
          { label: t.source, cell: (event) => event.source_ip_address ?? "—", wideOnly: true },
          {
            label: t.details,
            align: "right",
            cell: (event) => (
              <Button variant="default" size="compact-sm" onClick={() => setShown(event)}>
                {t.details}
              </Button>
            ),
          },
        ]}
      />
      <Dialog isOpen={shown !== null} onClose={() => setShown(null)} title={shown?.event_type ?? ""}>
        {shown && (
          <Stack>
            <Facts>
              <Fact name={t.date}>{formats.dateTime(shown.event_date)}</Fact>
              <Fact name={t.who}>{who(shown)}</Fact>
              <Fact name={t.source}>{shown.source_ip_address ?? "—"}</Fact>
            </Facts>
            <Changes event={shown} />
          </Stack>
        )}
      </Dialog>
    </Page>
  );
}

function FilterForm({ onChange }: { readonly onChange: (filter: EventFilter) => void }) {
  const t = useTexts(texts);
  const [fields, setFields] = useState(NO_FILTER);
  const field = (name: keyof typeof NO_FILTER) => ({
    value: fields[name],
    onChange: (event: { readonly currentTarget: { readonly value: string } }) =>
      setFields({ ...fields, [name]: event.currentTarget.value.trim() }),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onChange(Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== "")));
  };
  return (
    <form onSubmit={submit}>
      <Group align="end" gap="sm">
        <TextInput type="date" label={t.from} {...field("StartDate")} />
        <TextInput type="date" label={t.to} {...field("EndDate")} />
        <TextInput label={t.type} placeholder={t.typeHint} {...field("EventType")} />
        <TextInput label={t.resource} {...field("ResourceSid")} />
        <TextInput label={t.actor} {...field("ActorSid")} />
        <Button type="submit" variant="default">
          {t.show}
        </Button>
      </Group>
    </form>
  );
}

function Changes({ event }: { readonly event: AuditEvent }) {
  const t = useTexts(texts);
  const fields = Object.entries(event.event_data);
  if (fields.length === 0) return <Text size="sm">{t.noFields}</Text>;
  return (
    <Table aria-label={t.details}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t.field}</Table.Th>
          <Table.Th>{t.before}</Table.Th>
          <Table.Th>{t.after}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {fields.map(([name, change]) => {
          const { previous, updated } = (change ?? {}) as { readonly previous?: unknown; readonly updated?: unknown };
          return (
            <Table.Tr key={name}>
              <Table.Td className="mono">{name}</Table.Td>
              <Table.Td className="mono">{shownValue(previous)}</Table.Td>
              <Table.Td className="mono">{shownValue(updated)}</Table.Td>
            </Table.Tr>
          );
        })}
      </Table.Tbody>
    </Table>
  );
}

/** All of what the filter shows. */
function csvOf(filter: EventFilter): string {
  return `/trunkline/v1/AuditEvents.csv?${new URLSearchParams(filter as Record<string, string>)}`;
}

function shownValue(value: unknown): string {
  if (value === undefined || value === null) return "—";
  return typeof value === "string" ? value : JSON.stringify(value);
}
