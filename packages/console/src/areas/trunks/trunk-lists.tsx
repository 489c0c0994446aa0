import { Button, Group, Select, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import { useApiList, useChange } from "../../api/hooks.ts";
import type { Named } from "../../api/twilio/trunking.ts";
import { useAccount } from "../../app/session.tsx";
import { useTexts } from "../../i18n/language.tsx";
import { ConfirmButton } from "../../ui/confirm-button.tsx";
import { Failure } from "../../ui/failure.tsx";
import { NewAccessList, NewCredentialList } from "./new-list.tsx";
import { terminationTexts } from "./termination-texts.ts";

/** The IP access control lists of a trunk. */
export function AccessLists({ trunkSid }: { readonly trunkSid: string }) {
  const t = useTexts(terminationTexts);
  const account = useAccount();
  const on = { path: { trunk: trunkSid }, query: { PageSize: 100 } };
  const ofTrunk = useApiList("GET /v1/Trunks/{trunk}/IpAccessControlLists", "ip_access_control_lists", on);
  const all = useApiList(
    "GET /2010-04-01/Accounts/{account}/SIP/IpAccessControlLists.json",
    "ip_access_control_lists",
    { path: { account }, query: { PageSize: 100 } },
  );
  const add = useChange("POST /v1/Trunks/{trunk}/IpAccessControlLists");
  const remove = useChange("DELETE /v1/Trunks/{trunk}/IpAccessControlLists/{sid}");
  const put = (sid: string): Promise<unknown> =>
    add.mutateAsync({ path: { trunk: trunkSid }, body: { IpAccessControlListSid: sid } });
  return (
    <ListsOfTrunk
      title={t.access}
      ofTrunk={ofTrunk.items}
      all={all.items}
      error={ofTrunk.error ?? add.error}
      onAdd={(sid) => void put(sid).catch(() => {})}
      onRemove={(sid) => remove.mutateAsync({ path: { trunk: trunkSid, sid } })}
      isRemoving={remove.isPending}
      removeError={remove.error}
    >
      <NewAccessList onMade={put} />
    </ListsOfTrunk>
  );
}

/** The credential lists of a trunk. */
export function CredentialLists({ trunkSid }: { readonly trunkSid: string }) {
  const t = useTexts(terminationTexts);
  const account = useAccount();
  const on = { path: { trunk: trunkSid }, query: { PageSize: 100 } };
  const ofTrunk = useApiList("GET /v1/Trunks/{trunk}/CredentialLists", "credential_lists", on);
  const all = useApiList("GET /2010-04-01/Accounts/{account}/SIP/CredentialLists.json", "credential_lists", {
    path: { account },
    query: { PageSize: 100 },
  });
  const add = useChange("POST /v1/Trunks/{trunk}/CredentialLists");
  const remove = useChange("DELETE /v1/Trunks/{trunk}/CredentialLists/{sid}");
  const put = (sid: string): Promise<unknown> =>
    add.mutateAsync({ path: { trunk: trunkSid }, body: { CredentialListSid: sid } });
  return (
    <ListsOfTrunk
      title={t.credentials}
      ofTrunk={ofTrunk.items}
      all={all.items}
      error={ofTrunk.error ?? add.error}
      onAdd={(sid) => void put(sid).catch(() => {})}
      onRemove={(sid) => remove.mutateAsync({ path: { trunk: trunkSid, sid } })}
      isRemoving={remove.isPending}
      removeError={remove.error}
    >
      <NewCredentialList onMade={put} />
    </ListsOfTrunk>
  );
}

type ListsOfTrunkProps = {
  readonly title: string;
  readonly ofTrunk: readonly Named[];
  /** Of the account. */
  readonly all: readonly Named[];
  readonly error: Error | null;
  readonly onAdd: (sid: string) => void;
  readonly onRemove: (sid: string) => Promise<unknown>;
  readonly isRemoving: boolean;
  readonly removeError: Error | null;
  /** The form that makes a new one. */
  readonly children: React.ReactNode;
};

function ListsOfTrunk({ title, ofTrunk, all, error, onAdd, children, ...removal }: ListsOfTrunkProps) {
  const t = useTexts(terminationTexts);
  const [chosen, setChosen] = useState<string | null>(null);
  const others = all.filter(({ sid }) => ofTrunk.every((one) => one.sid !== sid));
  return (
    <Stack gap="sm">
      <Title order={3} size="h5">
        {title}
      </Title>
      {ofTrunk.length === 0 && (
        <Text size="sm" c="dimmed">
          {t.none}
        </Text>
      )}
      {ofTrunk.map(({ sid, friendly_name }) => (
        <Group key={sid} gap="md">
          <Text size="sm">{friendly_name}</Text>
          <ConfirmButton
            size="compact-sm"
            label={t.remove}
            question={t.removeQuestion}
            consequence={t.removeConsequence}
            isPending={removal.isRemoving}
            error={removal.removeError}
            onConfirm={() => removal.onRemove(sid)}
          />
        </Group>
      ))}
      <Failure error={error} />
      {others.length > 0 && (
        <Group align="end" gap="sm">
          <Select
            label={t.choose}
            size="sm"
            value={chosen}
            onChange={setChosen}
            data={others.map(({ sid, friendly_name }) => ({ value: sid, label: friendly_name }))}
          />
          <Button
            size="sm"
            variant="default"
            disabled={chosen === null}
            onClick={() => chosen !== null && onAdd(chosen)}
          >
            {t.add}
          </Button>
        </Group>
      )}
      {children}
    </Stack>
  );
}
