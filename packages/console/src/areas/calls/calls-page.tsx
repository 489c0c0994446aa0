import { Button, Group, Select, TextInput } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import type { Api } from "../../api/client.ts";
import { useApiList } from "../../api/hooks.ts";
import { useFormats } from "../../i18n/format.ts";
import { defineTexts, useTexts } from "../../i18n/language.tsx";
import { type Column, DataTable } from "../../ui/data-table.tsx";
import { DownloadButton } from "../../ui/download-button.tsx";
import { Page } from "../../ui/page.tsx";
import { TextLink } from "../../ui/text-link.tsx";
import type { Call, CallFilters } from "./call.types.ts";
import { CallStatus } from "./call-status.tsx";
import { callWords, DIRECTIONS, STATUSES, wordFor } from "./call-words.ts";

const texts = defineTexts({
  en: {
    title: "Call log",
    lead: "Every call and every refusal, newest first. A call's page says what happened and why.",
    number: "Number, either side",
    status: "Status",
    direction: "Direction",
    trunk: "Trunk SID",
    code: "Error code",
    callId: "SIP Call-ID",
    any: "Any",
    show: "Show",
    clear: "Clear filters",
    csv: "Download CSV",
    started: "Started",
    from: "From",
    to: "To",
    duration: "Duration",
    answer: "SIP answer",
    empty: "No call fits. A refused call is listed too; what never reached a trunk of yours is not.",
  },
  ja: {
    title: "通話ログ",
    lead: "すべての通話と拒否を新しい順に表示します。各通話のページで、何が起きたか、なぜかを確認できます。",
    number: "番号（発信・着信）",
    status: "ステータス",
    direction: "方向",
    trunk: "トランク SID",
    code: "エラーコード",
    callId: "SIP Call-ID",
    any: "すべて",
    show: "表示",
    clear: "条件を消去",
    csv: "CSV をダウンロード",
    started: "開始",
    from: "発信",
    to: "着信",
    duration: "通話時間",
    answer: "SIP 応答",
    empty:
      "該当する通話はありません。拒否された通話も表示されますが、お使いのトランクに届かなかったものは含まれません。",
  },
});

const FILTERS = ["Number", "Status", "Direction", "TrunkSid", "ErrorCode", "SipCallId"] as const;

export default function CallsPage() {
  const t = useTexts(texts);
  const { filters, setFilters } = useFilters();
  // The address may say anything: what is wrong with it the API says.
  const query = { ...filters, PageSize: 50 } as unknown as Partial<Api["GET /trunkline/v1/Calls"]["query"]>;
  const list = useApiList("GET /trunkline/v1/Calls", "calls", { query });
  return (
    <Page
      title={t.title}
      lead={t.lead}
      actions={
        <DownloadButton
          path={`/trunkline/v1/Calls.csv?${new URLSearchParams(filters)}`}
          name="calls.csv"
          label={t.csv}
        />
      }
    >
      <FilterForm key={JSON.stringify(filters)} filters={filters} onChange={setFilters} />
      <DataTable label={t.title} columns={useColumns()} list={list} keyOf={(call) => call.call_sid} empty={t.empty} />
    </Page>
  );
}

/** The filters stand in the address, so that what is seen can be sent to somebody. */
function useFilters(): { readonly filters: CallFilters; readonly setFilters: (filters: CallFilters) => void } {
  const search: Readonly<Record<string, unknown>> = useSearch({ strict: false });
  const navigate = useNavigate();
  const filters = Object.fromEntries(
    FILTERS.flatMap((name) => (search[name] === undefined ? [] : [[name, String(search[name])]])),
  );
  return { filters, setFilters: (next) => void navigate({ to: "/calls", search: () => next }) };
}

type FilterFormProps = { readonly filters: CallFilters; readonly onChange: (filters: CallFilters) => void };

function FilterForm({ filters, onChange }: FilterFormProps) {
  const t = useTexts(texts);
  const words = useTexts(callWords);
  const [draft, setDraft] = useState(filters);
  const put = (name: keyof CallFilters, value: string | null): CallFilters => {
    const { [name]: _before, ...others } = draft;
    return value === null || value.trim() === "" ? others : { ...others, [name]: value.trim() };
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onChange(draft);
  };
  const field = (name: "Number" | "TrunkSid" | "ErrorCode" | "SipCallId", label: string, width: number) => (
    <TextInput
      label={label}
      size="sm"
      w={width}
      value={draft[name] ?? ""}
      onChange={(event) => setDraft(put(name, event.currentTarget.value))}
    />
  );
  const choice = (name: "Status" | "Direction", label: string, values: readonly string[]) => (
    <Select
      label={label}
      placeholder={t.any}
      size="sm"
      w={160}
      clearable
      value={draft[name] ?? null}
      data={values.map((value) => ({ value, label: wordFor(words, value) }))}
      onChange={(value) => setDraft(put(name, value))}
    />
  );
  return (
    <form onSubmit={submit}>
      <Group align="end" gap="sm">
        {field("Number", t.number, 180)}
        {choice("Status", t.status, STATUSES)}
        {choice("Direction", t.direction, DIRECTIONS)}
        {field("TrunkSid", t.trunk, 180)}
        {field("ErrorCode", t.code, 110)}
        {field("SipCallId", t.callId, 180)}
        <Button type="submit" size="sm">
          {t.show}
        </Button>
        {Object.keys(filters).length > 0 && (
          <Button variant="subtle" size="sm" onClick={() => onChange({})}>
            {t.clear}
          </Button>
        )}
      </Group>
    </form>
  );
}

function useColumns(): readonly Column<Call>[] {
  const t = useTexts(texts);
  const words = useTexts(callWords);
  const formats = useFormats();
  return [
    {
      label: t.started,
      cell: (call) => <TextLink to={`/calls/${call.call_sid}`}>{formats.dateTime(call.date_created)}</TextLink>,
    },
    { label: t.direction, cell: (call) => wordFor(words, call.direction), wideOnly: true },
    { label: t.from, cell: (call) => <span className="mono">{call.from}</span>, wideOnly: true },
    { label: t.to, cell: (call) => <span className="mono">{call.to}</span> },
    { label: t.status, cell: (call) => <CallStatus status={call.status} /> },
    { label: t.duration, align: "right", cell: (call) => formats.duration(call.duration_sec), wideOnly: true },
    { label: t.answer, cell: (call) => answerOf(call), wideOnly: true },
  ];
}

function answerOf({ sip_status, reason, error_code }: Call): string {
  return [sip_status, reason, error_code === null ? "" : `(${error_code})`].filter(Boolean).join(" ");
}
