import { Alert, Button, Select, Stack, Switch, Text, Textarea, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { type Api, type ApiError, ask } from "../../api/client.ts";
import { useApiList } from "../../api/hooks.ts";
import { useFormats } from "../../i18n/format.ts";
import { useTexts } from "../../i18n/language.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Page } from "../../ui/page.tsx";
import { Section } from "../../ui/section.tsx";
import { TextLink } from "../../ui/text-link.tsx";
import { replayTexts } from "./replay-texts.ts";

type Replay = Api["POST /trunkline/v1/Replays"]["answer"];
type Verdict = Replay["changed"][number]["before"];
type Kind = "secure" | "geo" | "json";

const KINDS = ["secure", "geo", "json"] as const;

/** A change tried on the latest calls before it is made (EVD-3). */
export default function ReplayPage() {
  const t = useTexts(replayTexts);
  // In a form a change is its JSON text.
  const run = useMutation<Replay, ApiError, object>({
    mutationFn: (change) => ask("POST /trunkline/v1/Replays", { body: { Change: JSON.stringify(change) } as never }),
  });
  return (
    <Page title={t.title} lead={t.lead}>
      <ChangeForm isPending={run.isPending} onRun={(change) => run.mutate(change)} />
      <Failure error={run.error} />
      {run.data && <Result replay={run.data} />}
    </Page>
  );
}

type ChangeFormProps = { readonly isPending: boolean; readonly onRun: (change: object) => void };

function ChangeForm({ isPending, onRun }: ChangeFormProps) {
  const t = useTexts(replayTexts);
  const [kind, setKind] = useState<Kind>("secure");
  const [trunk, setTrunk] = useState<string | null>(null);
  const [isSecure, setSecure] = useState(true);
  const [destination, setDestination] = useState("");
  const [isAllowed, setAllowed] = useState(false);
  const [json, setJson] = useState("");
  const [isBroken, setBroken] = useState(false);
  const trunks = useApiList("GET /v1/Trunks", "trunks", { query: { PageSize: 100 } });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const change = kind === "json" ? parsed(json) : changeOf(kind, { trunk, isSecure, destination, isAllowed });
    setBroken(change === undefined);
    if (change) onRun(change);
  };
  return (
    <Section title={t.change}>
      <form onSubmit={submit}>
        <Stack maw={520}>
          <Select
            label={t.kind}
            allowDeselect={false}
            value={kind}
            onChange={(value) => setKind(value as Kind)}
            data={KINDS.map((value) => ({ value, label: t[value] }))}
          />
          {kind === "secure" && (
            <>
              <Select
                required
                searchable
                label={t.trunk}
                value={trunk}
                onChange={setTrunk}
                data={trunks.items.map(({ sid, friendly_name }) => ({ value: sid, label: friendly_name || sid }))}
              />
              <Switch
                label={t.secureOn}
                checked={isSecure}
                onChange={(event) => setSecure(event.currentTarget.checked)}
              />
            </>
          )}
          {kind === "geo" && (
            <>
              <TextInput
                required
                label={t.destination}
                description={t.destinationHint}
                value={destination}
                onChange={(event) => setDestination(event.currentTarget.value.trim())}
              />
              <Switch
                label={t.allowed}
                checked={isAllowed}
                onChange={(event) => setAllowed(event.currentTarget.checked)}
              />
            </>
          )}
          {kind === "json" && (
            <Textarea
              required
              autosize
              minRows={4}
              label="JSON"
              description={t.jsonHint}
              value={json}
              error={isBroken && t.jsonBroken}
              onChange={(event) => setJson(event.currentTarget.value)}
            />
          )}
          <Button type="submit" loading={isPending} w="fit-content">
            {t.run}
          </Button>
        </Stack>
      </form>
    </Section>
  );
}

type Tried = {
  readonly trunk: string | null;
  readonly isSecure: boolean;
  readonly destination: string;
  readonly isAllowed: boolean;
};

function changeOf(kind: "secure" | "geo", { trunk, isSecure, destination, isAllowed }: Tried): object {
  return kind === "secure"
    ? { trunks: [{ sid: trunk ?? "", secure: isSecure }] }
    : { geo_permissions: [{ destination, low_risk_numbers_enabled: isAllowed }] };
}

function parsed(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function Result({ replay }: { readonly replay: Replay }) {
  const t = useTexts(replayTexts);
  const formats = useFormats();
  const { calls, changed, unchanged, unjudged } = replay;
  const [all, other, same, unknown] = [calls, changed.length, unchanged, unjudged].map((count) =>
    formats.number(count),
  );
  return (
    <Section title={t.result}>
      <Alert role="status" color={changed.length === 0 ? "green" : "yellow"}>
        {t.counts(all ?? "", other ?? "", same ?? "", unknown ?? "")}
      </Alert>
      <DataTable
        label={t.result}
        list={{ items: changed }}
        keyOf={(call) => call.call_sid}
        empty={t.nothing}
        columns={[
          {
            label: t.call,
            cell: (call) => <TextLink to={`/calls/${call.call_sid}`}>{`${call.from} → ${call.to}`}</TextLink>,
          },
          { label: t.when, cell: (call) => formats.dateTime(call.date_created), wideOnly: true },
          { label: t.before, cell: (call) => <VerdictCell verdict={call.before} />, wideOnly: true },
          { label: t.after, cell: (call) => <VerdictCell verdict={call.after} /> },
        ]}
      />
    </Section>
  );
}

function VerdictCell({ verdict }: { readonly verdict: Verdict }) {
  const t = useTexts(replayTexts);
  const { verdict: kind, sip_status, error_code, detail, targets } = verdict;
  return (
    <>
      <Text size="sm">{[t[kind], sip_status, error_code && `(${error_code})`].filter(Boolean).join(" ")}</Text>
      <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
        {detail ?? targets.join(", ")}
      </Text>
    </>
  );
}
