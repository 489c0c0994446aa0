import { Alert, Button, FileInput, Group, Select, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { type Api, upload } from "../../api/client.ts";
import { useApi, useApiList } from "../../api/hooks.ts";
import { useFormats } from "../../i18n/format.ts";
import { useTexts } from "../../i18n/language.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Page } from "../../ui/page.tsx";
import { Section } from "../../ui/section.tsx";
import { inventoryTexts } from "./inventory-texts.ts";

const STATES = ["available", "port-in", "quarantined", "sold"] as const;
type State = (typeof STATES)[number];
const LOOK_MS = 500;
const IMPORTS = "/trunkline/v1/InventoryImports";
type Started = Api["POST /trunkline/v1/InventoryImports"]["answer"];

/** Every number that the installation has or had to sell (NUM-2). */
export default function InventoryPage() {
  const t = useTexts(inventoryTexts);
  const [importSid, setImportSid] = useState<string | null>(null);
  return (
    <Page title={t.title} lead={t.lead}>
      <Import onStarted={setImportSid} />
      {importSid !== null && <Progress key={importSid} sid={importSid} />}
      <Numbers />
    </Page>
  );
}

function Import({ onStarted }: { readonly onStarted: (sid: string) => void }) {
  const t = useTexts(inventoryTexts);
  const [file, setFile] = useState<File | null>(null);
  const [isDryRun, setDryRun] = useState(true);
  const start = useMutation({
    mutationFn: async (csv: Blob) => (await upload(`${IMPORTS}?DryRun=${isDryRun}`, csv)) as Started,
    onSuccess: ({ sid }) => onStarted(sid),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    // A browser takes its system's word for a file's type, which may be a spreadsheet's.
    if (file !== null) start.mutate(new Blob([file], { type: "text/csv" }));
  };
  return (
    <Section title={t.import} lead={t.importLead}>
      <form onSubmit={submit}>
        <Stack maw={520}>
          <FileInput required accept=".csv,text/csv" label={t.file} value={file} onChange={setFile} />
          <Switch
            label={t.dryRun}
            description={t.dryRunHint}
            checked={isDryRun}
            onChange={(event) => setDryRun(event.currentTarget.checked)}
          />
          <Failure error={start.error} />
          <Button type="submit" loading={start.isPending} w="fit-content">
            {t.start}
          </Button>
        </Stack>
      </form>
    </Section>
  );
}

/** How far an import is, and what it refused, a line each. */
function Progress({ sid }: { readonly sid: string }) {
  const t = useTexts(inventoryTexts);
  const formats = useFormats();
  const [isRunning, setRunning] = useState(true);
  const found = useApi(
    "GET /trunkline/v1/InventoryImports/{sid}",
    { path: { sid } },
    { refetchInterval: isRunning && LOOK_MS },
  );
  if (!found.data) return <Failure error={found.error} />;
  const { state, dry_run, rows_read, rows_added, rows_updated, rows_refused, errors } = found.data;
  if (isRunning !== (state === "running")) setRunning(state === "running");
  const [read, added, updated, refused] = [rows_read, rows_added, rows_updated, rows_refused].map((rows) =>
    formats.number(rows),
  );
  return (
    <Section title={dry_run ? t.checked : t.imported}>
      <Alert color={state === "completed" && rows_refused === 0 ? "green" : "yellow"} role="status" title={t[state]}>
        <Text size="sm">{t.rows(read ?? "", added ?? "", updated ?? "", refused ?? "")}</Text>
      </Alert>
      {errors.length > 0 && (
        <DataTable
          label={t.errors}
          list={{ items: errors }}
          keyOf={(error) => `${error.line} ${error.column} ${error.message}`}
          columns={[
            { label: t.line, align: "right", cell: (error) => formats.number(error.line) },
            { label: t.column, cell: (error) => error.column ?? "—" },
            { label: t.errors, cell: (error) => error.message },
          ]}
        />
      )}
    </Section>
  );
}

function Numbers() {
  const t = useTexts(inventoryTexts);
  const [number, setNumber] = useState("");
  const [asked, setAsked] = useState("");
  const [state, setState] = useState<State | null>(null);
  const query = {
    ...(asked === "" ? {} : { PhoneNumber: asked }),
    ...(state === null ? {} : { State: state }),
    PageSize: 50,
  };
  const list = useApiList("GET /trunkline/v1/InventoryNumbers", "inventory_numbers", { query });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setAsked(number.trim());
  };
  return (
    <Section title={t.numbers}>
      <form onSubmit={submit}>
        <Group align="end" gap="sm">
          <TextInput label={t.number} value={number} onChange={(event) => setNumber(event.currentTarget.value)} />
          <Select
            clearable
            label={t.state}
            placeholder={t.any}
            value={state}
            onChange={(value) => setState(value as State | null)}
            data={STATES.map((value) => ({ value, label: t[value] }))}
            clearButtonProps={{ "aria-label": t.any }}
          />
          <Button type="submit" variant="default">
            {t.show}
          </Button>
        </Group>
      </form>
      <DataTable
        label={t.numbers}
        list={list}
        keyOf={(one) => one.sid}
        empty={t.empty}
        columns={[
          { label: t.number, cell: (one) => <span className="mono">{one.phone_number}</span> },
          { label: t.state, cell: (one) => t[one.state] },
          { label: t.country, cell: (one) => `${one.iso_country}, ${one.type}`, wideOnly: true },
          { label: t.price, align: "right", cell: (one) => one.monthly_price, wideOnly: true },
          { label: t.account, cell: (one) => <span className="mono">{one.account_sid ?? "—"}</span>, wideOnly: true },
        ]}
      />
    </Section>
  );
}
