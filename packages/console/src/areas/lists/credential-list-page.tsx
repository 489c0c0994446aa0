import { Button, Group, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useParams } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { useApi, useApiList, useChange } from "../../api/hooks.ts";
import type { Credential } from "../../api/twilio/trunking.ts";
import { useAccount } from "../../app/session.tsx";
import { useTexts } from "../../i18n/language.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Page } from "../../ui/page.tsx";
import { Section } from "../../ui/section.tsx";
import { useGo } from "../../ui/text-link.tsx";
import { DeleteList, RemoveEntry } from "./entry-actions.tsx";
import { listTexts } from "./list-texts.ts";

export default function CredentialListPage() {
  const t = useTexts(listTexts);
  const go = useGo();
  const account = useAccount();
  const { listSid: sid = "" } = useParams({ strict: false }) as { listSid?: string };
  const list = useApi("GET /2010-04-01/Accounts/{account}/SIP/CredentialLists/{sid}.json", { path: { account, sid } });
  const entries = useApiList(
    "GET /2010-04-01/Accounts/{account}/SIP/CredentialLists/{list}/Credentials.json",
    "credentials",
    { path: { account, list: sid }, query: { PageSize: 50 } },
  );
  const removeEntry = useChange(
    "DELETE /2010-04-01/Accounts/{account}/SIP/CredentialLists/{list}/Credentials/{sid}.json",
  );
  const removeList = useChange("DELETE /2010-04-01/Accounts/{account}/SIP/CredentialLists/{sid}.json");
  if (list.error && !list.data) return <Failure error={list.error} />;
  return (
    <Page
      title={list.data?.friendly_name ?? ""}
      above={[{ to: "/credential-lists", label: t.credentials }]}
      actions={
        <DeleteList
          isPending={removeList.isPending}
          error={removeList.error}
          onConfirm={() => removeList.mutateAsync({ path: { account, sid } }).then(() => go("/credential-lists"))}
        />
      }
    >
      <Section title={t.users}>
        <AddUser listSid={sid} />
        <DataTable
          label={t.users}
          list={entries}
          keyOf={(entry) => entry.sid}
          empty={t.emptyList}
          columns={[
            { label: t.user, cell: (entry) => <span className="mono">{entry.username}</span> },
            {
              label: t.actions,
              align: "right",
              cell: (entry) => (
                <Group gap={4} justify="flex-end">
                  <ChangePassword listSid={sid} user={entry} />
                  <RemoveEntry
                    isPending={removeEntry.isPending}
                    error={removeEntry.error}
                    onConfirm={() => removeEntry.mutateAsync({ path: { account, list: sid, sid: entry.sid } })}
                  />
                </Group>
              ),
            },
          ]}
        />
      </Section>
    </Page>
  );
}

const NOTHING = { Username: "", Password: "" };

function AddUser({ listSid }: { readonly listSid: string }) {
  const t = useTexts(listTexts);
  const account = useAccount();
  const [fields, setFields] = useState(NOTHING);
  const add = useChange("POST /2010-04-01/Accounts/{account}/SIP/CredentialLists/{list}/Credentials.json");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    add.mutate({ path: { account, list: listSid }, body: fields }, { onSuccess: () => setFields(NOTHING) });
  };
  return (
    <form onSubmit={submit}>
      <Group align="end" gap="sm">
        <TextInput
          required
          label={t.user}
          autoComplete="off"
          value={fields.Username}
          onChange={(event) => setFields({ ...fields, Username: event.currentTarget.value })}
        />
        <PasswordInput
          required
          label={t.password}
          description={t.passwordHint}
          autoComplete="new-password"
          value={fields.Password}
          onChange={(event) => setFields({ ...fields, Password: event.currentTarget.value })}
        />
        <Button type="submit" loading={add.isPending}>
          {t.add}
        </Button>
      </Group>
      <Failure error={add.error} />
    </form>
  );
}

function ChangePassword({ listSid, user }: { readonly listSid: string; readonly user: Credential }) {
  const t = useTexts(listTexts);
  const account = useAccount();
  const [isOpen, { open, close }] = useDisclosure();
  const [password, setPassword] = useState("");
  const save = useChange("POST /2010-04-01/Accounts/{account}/SIP/CredentialLists/{list}/Credentials/{sid}.json");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const path = { account, list: listSid, sid: user.sid };
    const onSuccess = (): void => {
      setPassword("");
      close();
    };
    save.mutate({ path, body: { Password: password } }, { onSuccess });
  };
  return (
    <>
      <Button size="compact-sm" variant="light" onClick={open}>
        {t.change}
      </Button>
      <Dialog isOpen={isOpen} onClose={close} title={t.newPassword(user.username)}>
        <form onSubmit={submit}>
          <Stack>
            <PasswordInput
              required
              label={t.password}
              description={t.passwordHint}
              autoComplete="new-password"
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
            />
            <Failure error={save.error} />
            <Button type="submit" loading={save.isPending}>
              {t.change}
            </Button>
          </Stack>
        </form>
      </Dialog>
    </>
  );
}
