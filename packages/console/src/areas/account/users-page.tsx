import { Alert, Button, Group, Select, Stack, Text, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import type { Api } from "../../api/client.ts";
import { useApiList, useChange } from "../../api/hooks.ts";
import { useSession } from "../../app/session.tsx";
import { type Language, useLanguage, useTexts } from "../../i18n/language.tsx";
import { ConfirmButton } from "../../ui/confirm-button.tsx";
import { CopyText } from "../../ui/copy-text.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Page } from "../../ui/page.tsx";
import { Section } from "../../ui/section.tsx";
import { userTexts } from "./user-texts.ts";

type User = Api["GET /trunkline/v1/Users"]["answer"]["users"][number];
type Role = User["role"];

const ROLES = ["owner", "admin", "developer", "billing", "read-only"] as const;

/** Who may sign in, and what they may do (ACC-3). */
export default function UsersPage() {
  const t = useTexts(userTexts);
  const [offered, setOffered] = useState<User | null>(null);
  const list = useApiList("GET /trunkline/v1/Users", "users", { query: { PageSize: 50 } });
  return (
    <Page title={t.title} lead={t.lead}>
      {offered?.password_token && <PasswordLink email={offered.email} token={offered.password_token} />}
      <Invite onInvited={setOffered} />
      <DataTable
        label={t.title}
        list={list}
        keyOf={(user) => user.sid}
        columns={[
          { label: t.user, cell: (user) => <Who user={user} /> },
          { label: t.role, cell: (user) => <RoleChoice user={user} /> },
          { label: t.status, cell: (user) => t[user.status] },
          { label: t.secondFactor, cell: (user) => (user.second_factor ? t.yes : t.no), wideOnly: true },
          { label: t.actions, align: "right", cell: (user) => <Actions user={user} onLink={setOffered} /> },
        ]}
      />
    </Page>
  );
}

function Who({ user }: { readonly user: User }) {
  return (
    <>
      <Text size="sm">{user.friendly_name}</Text>
      <Text size="xs" c="dimmed">
        {user.email}
      </Text>
    </>
  );
}

/** The link is the secret: it is shown once, and works once. */
function PasswordLink({ email, token }: { readonly email: string; readonly token: string }) {
  const t = useTexts(userTexts);
  return (
    <Alert color="yellow" role="status" title={t.linkTitle(email)}>
      <Text size="sm" mb={4}>
        {t.linkLead}
      </Text>
      <CopyText value={`${location.origin}/console/password#${encodeURIComponent(token)}`} />
    </Alert>
  );
}

function Invite({ onInvited }: { readonly onInvited: (user: User) => void }) {
  const t = useTexts(userTexts);
  const { language } = useLanguage();
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("read-only");
  const [spoken, setSpoken] = useState<Language>(language);
  const invite = useChange("POST /trunkline/v1/Users");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const onSuccess = (user: User): void => {
      setEmail("");
      onInvited(user);
    };
    invite.mutate({ body: { Email: email, Role: role, Language: spoken } }, { onSuccess });
  };
  return (
    <Section title={t.invite} lead={t[`about-${role}`]}>
      <form onSubmit={submit}>
        <Stack>
          <Group align="end" gap="sm">
            <TextInput
              required
              type="email"
              label={t.email}
              value={email}
              onChange={(event) => setEmail(event.currentTarget.value)}
            />
            <Select
              label={t.role}
              allowDeselect={false}
              value={role}
              onChange={(value) => setRole(value as Role)}
              data={ROLES.map((value) => ({ value, label: t[value] }))}
            />
            <Select
              label={t.language}
              allowDeselect={false}
              value={spoken}
              onChange={(value) => setSpoken(value as Language)}
              data={[
                { value: "en", label: "English" },
                { value: "ja", label: "日本語" },
              ]}
            />
            <Button type="submit" loading={invite.isPending}>
              {t.invite}
            </Button>
          </Group>
          <Failure error={invite.error} />
        </Stack>
      </form>
    </Section>
  );
}

function RoleChoice({ user }: { readonly user: User }) {
  const t = useTexts(userTexts);
  const { user: oneself } = useSession();
  const change = useChange("POST /trunkline/v1/Users/{sid}");
  if (user.sid === oneself.sid || user.role === "operator") return t[user.role];
  return (
    <>
      <Select
        size="xs"
        aria-label={t.roleOf(user.email)}
        allowDeselect={false}
        value={user.role}
        onChange={(value) => change.mutate({ path: { sid: user.sid }, body: { Role: value as Role } })}
        data={ROLES.map((value) => ({ value, label: t[value] }))}
      />
      <Failure error={change.error} />
    </>
  );
}

function Actions({ user, onLink }: { readonly user: User; readonly onLink: (user: User) => void }) {
  const t = useTexts(userTexts);
  const { user: oneself } = useSession();
  const link = useChange("POST /trunkline/v1/Users/{sid}/PasswordLink");
  const change = useChange("POST /trunkline/v1/Users/{sid}");
  const remove = useChange("DELETE /trunkline/v1/Users/{sid}");
  if (user.sid === oneself.sid) return t.you;
  const path = { sid: user.sid };
  const isSuspended = user.status === "suspended";
  return (
    <Group gap="xs" justify="flex-end">
      <Button
        variant="default"
        size="compact-sm"
        loading={link.isPending}
        onClick={() => link.mutate({ path }, { onSuccess: onLink })}
      >
        {t.link}
      </Button>
      {user.status !== "invited" && (
        <Button
          variant="default"
          size="compact-sm"
          loading={change.isPending}
          onClick={() => change.mutate({ path, body: { Status: isSuspended ? "active" : "suspended" } })}
        >
          {isSuspended ? t.resume : t.suspend}
        </Button>
      )}
      <ConfirmButton
        size="compact-sm"
        label={t.remove}
        question={t.question(user.email)}
        consequence={t.consequence}
        isPending={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutateAsync({ path })}
      />
      <Failure error={link.error ?? change.error} />
    </Group>
  );
}
