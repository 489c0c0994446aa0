import { Button, Group, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useApiList, useChange } from "../../api/hooks.ts";
import { useFormats } from "../../i18n/format.ts";
import { useTexts } from "../../i18n/language.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Page } from "../../ui/page.tsx";
import { TextLink, useGo } from "../../ui/text-link.tsx";
import { carrierTexts } from "./carrier-texts.ts";

/** Carriers of the installation (CARR-1). */
export default function CarriersPage() {
  const t = useTexts(carrierTexts);
  const formats = useFormats();
  const list = useApiList("GET /trunkline/v1/Carriers", "carriers", { query: { PageSize: 50 } });
  return (
    <Page title={t.carriers} lead={t.lead}>
      <CreateCarrier />
      <DataTable
        label={t.carriers}
        list={list}
        keyOf={(carrier) => carrier.sid}
        empty={t.empty}
        columns={[
          {
            label: t.carrier,
            cell: ({ sid, friendly_name }) => <TextLink to={`/operator/carriers/${sid}`}>{friendly_name}</TextLink>,
          },
          { label: t.state, cell: ({ enabled }) => (enabled ? t.on : t.off) },
          { label: t.priority, align: "right", cell: ({ priority }) => formats.number(priority) },
        ]}
      />
    </Page>
  );
}

function CreateCarrier() {
  const t = useTexts(carrierTexts);
  const go = useGo();
  const [name, setName] = useState("");
  const create = useChange("POST /trunkline/v1/Carriers");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    create.mutate({ body: { FriendlyName: name } }, { onSuccess: ({ sid }) => go(`/operator/carriers/${sid}`) });
  };
  return (
    <form onSubmit={submit}>
      <Group align="end" gap="sm">
        <TextInput required label={t.newName} value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <Button type="submit" loading={create.isPending}>
          {t.create}
        </Button>
      </Group>
      <Failure error={create.error} />
    </form>
  );
}
