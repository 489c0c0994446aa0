import { Button, Collapse, Group, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";
import { ask } from "../../api/client.ts";
import { useAccount } from "../../app/session.tsx";
import { useTexts } from "../../i18n/language.tsx";
import { Failure } from "../../ui/failure.tsx";
import { terminationTexts } from "./termination-texts.ts";

/** What is done with the list that was made, such as putting it on the trunk. */
type NewListProps = { readonly onMade: (listSid: string) => Promise<unknown> };

/** Makes an IP access control list with its first address. */
export function NewAccessList({ onMade }: NewListProps) {
  const t = useTexts(terminationTexts);
  const account = useAccount();
  const [name, setName] = useState("");
  const [address, setAddress] = useState("");
  const make = useMutation({
    mutationFn: async () => {
      const path = { account };
      const list = await ask("POST /2010-04-01/Accounts/{account}/SIP/IpAccessControlLists.json", {
        path,
        body: { FriendlyName: name },
      });
      const below = { account, list: list.sid };
      const body = { FriendlyName: name, IpAddress: address };
      await orUndo(
        ask("POST /2010-04-01/Accounts/{account}/SIP/IpAccessControlLists/{list}/IpAddresses.json", {
          path: below,
          body,
        }),
        () =>
          ask("DELETE /2010-04-01/Accounts/{account}/SIP/IpAccessControlLists/{sid}.json", {
            path: { account, sid: list.sid },
          }),
      );
      await onMade(list.sid);
    },
  });
  return (
    <NewList label={t.createAccess} isPending={make.isPending} error={make.error} onSubmit={() => make.mutate()}>
      <TextInput required label={t.name} value={name} onChange={(event) => setName(event.currentTarget.value)} />
      <TextInput
        required
        label={t.address}
        value={address}
        onChange={(event) => setAddress(event.currentTarget.value)}
      />
    </NewList>
  );
}

/** Makes a credential list with its first user. */
export function NewCredentialList({ onMade }: NewListProps) {
  const t = useTexts(terminationTexts);
  const account = useAccount();
  const [name, setName] = useState("");
  const [user, setUser] = useState("");
  const [password, setPassword] = useState("");
  const make = useMutation({
    mutationFn: async () => {
      const path = { account };
      const list = await ask("POST /2010-04-01/Accounts/{account}/SIP/CredentialLists.json", {
        path,
        body: { FriendlyName: name },
      });
      const below = { account, list: list.sid };
      const body = { Username: user, Password: password };
      await orUndo(
        ask("POST /2010-04-01/Accounts/{account}/SIP/CredentialLists/{list}/Credentials.json", { path: below, body }),
        () =>
          ask("DELETE /2010-04-01/Accounts/{account}/SIP/CredentialLists/{sid}.json", {
            path: { account, sid: list.sid },
          }),
      );
      await onMade(list.sid);
    },
    onSuccess: () => setPassword(""),
  });
  return (
    <NewList label={t.createCredentials} isPending={make.isPending} error={make.error} onSubmit={() => make.mutate()}>
      <TextInput required label={t.name} value={name} onChange={(event) => setName(event.currentTarget.value)} />
      <TextInput
        required
        label={t.user}
        autoComplete="off"
        value={user}
        onChange={(event) => setUser(event.currentTarget.value)}
      />
      <PasswordInput
        required
        label={t.password}
        autoComplete="new-password"
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <Text size="xs" c="dimmed">
        {t.passwordHint}
      </Text>
    </NewList>
  );
}

/** An entry that is refused leaves no empty list behind. */
async function orUndo(entry: Promise<unknown>, undo: () => Promise<unknown>): Promise<void> {
  try {
    await entry;
  } catch (error) {
    await undo().catch(() => {});
    throw error;
  }
}

type FormProps = {
  readonly label: string;
  readonly isPending: boolean;
  readonly error: Error | null;
  readonly onSubmit: () => void;
  readonly children: ReactNode;
};

function NewList({ label, isPending, error, onSubmit, children }: FormProps) {
  const t = useTexts(terminationTexts);
  const [isOpen, { toggle }] = useDisclosure();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <div>
      <Button variant="subtle" size="compact-sm" px={0} aria-expanded={isOpen} onClick={toggle}>
        {label}
      </Button>
      <Collapse expanded={isOpen}>
        <form onSubmit={submit}>
          <Stack gap="sm" maw={420} pt="xs">
            {children}
            <Failure error={error} />
            <Group>
              <Button type="submit" size="sm" loading={isPending}>
                {t.create}
              </Button>
            </Group>
          </Stack>
        </form>
      </Collapse>
    </div>
  );
}
