import { Button, Group, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import type { ApiList } from "../../api/hooks.ts";
import type { Named } from "../../api/twilio/trunking.ts";
import { useFormats } from "../../i18n/format.ts";
import { useTexts } from "../../i18n/language.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Page } from "../../ui/page.tsx";
import { TextLink } from "../../ui/text-link.tsx";
import { listTexts } from "./list-texts.ts";

type ListsPageProps = {
  readonly title: string;
  readonly lead: string;
  /** Path of this page, below which the lists are. */
  readonly path: string;
  readonly list: ApiList<Named>;
  readonly onCreate: (name: string) => void;
  readonly isCreating: boolean;
  readonly error: Error | null;
};

/** All lists of one kind, and a form for a new one. */
export function ListsPage({ title, lead, path, list, onCreate, isCreating, error }: ListsPageProps) {
  const t = useTexts(listTexts);
  const formats = useFormats();
  const [name, setName] = useState("");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onCreate(name);
  };
  return (
    <Page title={title} lead={lead}>
      <form onSubmit={submit}>
        <Group align="end" gap="sm">
          <TextInput required label={t.newList} value={name} onChange={(event) => setName(event.currentTarget.value)} />
          <Button type="submit" loading={isCreating}>
            {t.create}
          </Button>
        </Group>
      </form>
      <Failure error={error} />
      <DataTable
        label={title}
        list={list}
        keyOf={(one) => one.sid}
        empty={t.empty}
        columns={[
          { label: t.name, cell: (one) => <TextLink to={`${path}/${one.sid}`}>{one.friendly_name}</TextLink> },
          { label: "SID", cell: (one) => <span className="mono">{one.sid}</span>, wideOnly: true },
          { label: t.changed, cell: (one) => formats.dateTime(one.date_updated), wideOnly: true },
        ]}
      />
    </Page>
  );
}
