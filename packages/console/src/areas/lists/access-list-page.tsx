import { Button, Group, NumberInput, TextInput } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useApi, useApiList, useChange } from "../../api/hooks.ts";
import { useAccount } from "../../app/session.tsx";
import { useTexts } from "../../i18n/language.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Page } from "../../ui/page.tsx";
import { Section } from "../../ui/section.tsx";
import { useGo } from "../../ui/text-link.tsx";
import { DeleteList, RemoveEntry } from "./entry-actions.tsx";
import { listTexts } from "./list-texts.ts";

export default function AccessListPage() {
  const t = useTexts(listTexts);
  const go = useGo();
  const account = useAccount();
  const { listSid: sid = "" } = useParams({ strict: false }) as { listSid?: string };
  const list = useApi("GET /2010-04-01/Accounts/{account}/SIP/IpAccessControlLists/{sid}.json", {
    path: { account, sid },
  });
  const entries = useApiList(
    "GET /2010-04-01/Accounts/{account}/SIP/IpAccessControlLists/{list}/IpAddresses.json",
    "ip_addresses",
    { path: { account, list: sid }, query: { PageSize: 50 } },
  );
  const removeEntry = useChange(
    "DELETE /2010-04-01/Accounts/{account}/SIP/IpAccessControlLists/{list}/IpAddresses/{sid}.json",
  );
  const removeList = useChange("DELETE /2010-04-01/Accounts/{account}/SIP/IpAccessControlLists/{sid}.json");
  if (list.error && !list.data) return <Failure error={list.error} />;
  return (
    <Page
      title={list.data?.friendly_name ?? ""}
      above={[{ to: "/ip-access-control-lists", label: t.access }]}
      actions={
        <DeleteList
          isPending={removeList.isPending}
          error={removeList.error}
          onConfirm={() =>
            removeList.mutateAsync({ path: { account, sid } }).then(() => go("/ip-access-control-lists"))
          }
        />
      }
    >
      <Section title={t.addresses}>
        <AddAddress listSid={sid} />
        <DataTable
          label={t.addresses}
          list={entries}
          keyOf={(entry) => entry.sid}
          empty={t.emptyList}
          columns={[
            {
              label: t.address,
              cell: (entry) => (
                <span className="mono">
                  {entry.ip_address}/{entry.cidr_prefix_length}
                </span>
              ),
            },
            { label: t.name, cell: (entry) => entry.friendly_name },
            {
              label: t.actions,
              align: "right",
              cell: (entry) => (
                <RemoveEntry
                  isPending={removeEntry.isPending}
                  error={removeEntry.error}
                  onConfirm={() => removeEntry.mutateAsync({ path: { account, list: sid, sid: entry.sid } })}
                />
              ),
            },
          ]}
        />
      </Section>
    </Page>
  );
}

type Fields = { readonly FriendlyName: string; readonly IpAddress: string; readonly CidrPrefixLength?: number };

const NOTHING: Fields = { FriendlyName: "", IpAddress: "" };

function AddAddress({ listSid }: { readonly listSid: string }) {
  const t = useTexts(listTexts);
  const account = useAccount();
  const [fields, setFields] = useState(NOTHING);
  const add = useChange("POST /2010-04-01/Accounts/{account}/SIP/IpAccessControlLists/{list}/IpAddresses.json");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const body = { ...fields, FriendlyName: fields.FriendlyName || fields.IpAddress };
    add.mutate({ path: { account, list: listSid }, body }, { onSuccess: () => setFields(NOTHING) });
  };
  return (
    <form onSubmit={submit}>
      <Group align="end" gap="sm">
        <TextInput
          required
          label={t.address}
          value={fields.IpAddress}
          onChange={(event) => setFields({ ...fields, IpAddress: event.currentTarget.value })}
        />
        <NumberInput
          label={t.prefix}
          description={t.prefixHint}
          min={1}
          max={128}
          value={fields.CidrPrefixLength ?? ""}
          onChange={(value) => setFields(withPrefix(fields, value))}
        />
        <TextInput
          label={t.name}
          value={fields.FriendlyName}
          onChange={(event) => setFields({ ...fields, FriendlyName: event.currentTarget.value })}
        />
        <Button type="submit" loading={add.isPending}>
          {t.add}
        </Button>
      </Group>
      <Failure error={add.error} />
    </form>
  );
}

/** An empty prefix length is not sent, so that the address alone is meant, whichever its family. */
function withPrefix({ CidrPrefixLength: _before, ...others }: Fields, given: string | number): Fields {
  return given === "" ? others : { ...others, CidrPrefixLength: Number(given) };
}
