import { Alert, Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useApiList, useChange } from "../../api/hooks.ts";
import { SESSION_KEY } from "../../api/query-client.ts";
import { useSession } from "../../app/session.tsx";
import { useFormats } from "../../i18n/format.ts";
import { defineTexts, useTexts } from "../../i18n/language.tsx";
import { ConfirmButton } from "../../ui/confirm-button.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Page } from "../../ui/page.tsx";
import { Section } from "../../ui/section.tsx";

const texts = defineTexts({
  en: {
    title: "Your profile",
    lead: "How you are called here, your password, and where you are signed in.",
    name: "Name",
    save: "Save",
    password: "Password",
    passwordLead: "At least 12 characters. A new password signs you out everywhere else.",
    current: "Current password",
    new: "New password",
    change: "Change password",
    changed: "Your password is changed.",
    sessions: "Where you are signed in",
    source: "Address",
    browser: "Browser",
    used: "Last used",
    actions: "Actions",
    this: "this one",
    end: "Sign out there",
    question: "End this session?",
    consequence: "Whoever uses it has to sign in again.",
  },
  ja: {
    title: "プロフィール",
    lead: "表示名、パスワード、サインイン中の場所です。",
    name: "名前",
    save: "保存",
    password: "パスワード",
    passwordLead: "12 文字以上。変更すると、他の場所からはサインアウトされます。",
    current: "現在のパスワード",
    new: "新しいパスワード",
    change: "パスワードを変更",
    changed: "パスワードを変更しました。",
    sessions: "サインイン中の場所",
    source: "アドレス",
    browser: "ブラウザー",
    used: "最終使用",
    actions: "操作",
    this: "この画面",
    end: "サインアウトさせる",
    question: "このセッションを終了しますか？",
    consequence: "使用中の場合は、再度サインインが必要になります。",
  },
});

export default function ProfilePage() {
  const t = useTexts(texts);
  return (
    <Page title={t.title} lead={t.lead}>
      <Name />
      <Password />
      <Sessions />
    </Page>
  );
}

function Name() {
  const t = useTexts(texts);
  const client = useQueryClient();
  const { user } = useSession();
  const [name, setName] = useState(user.friendly_name);
  const save = useChange("POST /trunkline/v1/Users/me");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const onSuccess = (): void => void client.invalidateQueries({ queryKey: SESSION_KEY });
    save.mutate({ body: { FriendlyName: name } }, { onSuccess });
  };
  return (
    <Section title={user.email}>
      <form onSubmit={submit}>
        <Stack maw={420}>
          <TextInput label={t.name} value={name} onChange={(event) => setName(event.currentTarget.value)} />
          <Failure error={save.error} />
          <Button type="submit" loading={save.isPending} w="fit-content">
            {t.save}
          </Button>
        </Stack>
      </form>
    </Section>
  );
}

const NOTHING = { CurrentPassword: "", Password: "" };

function Password() {
  const t = useTexts(texts);
  const [fields, setFields] = useState(NOTHING);
  const change = useChange("POST /trunkline/v1/Users/me/Password");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    change.mutate({ body: fields }, { onSuccess: () => setFields(NOTHING) });
  };
  return (
    <Section title={t.password} lead={t.passwordLead}>
      <form onSubmit={submit}>
        <Stack maw={420}>
          <PasswordInput
            required
            label={t.current}
            autoComplete="current-password"
            value={fields.CurrentPassword}
            onChange={(event) => setFields({ ...fields, CurrentPassword: event.currentTarget.value })}
          />
          <PasswordInput
            required
            label={t.new}
            autoComplete="new-password"
            value={fields.Password}
            onChange={(event) => setFields({ ...fields, Password: event.currentTarget.value })}
          />
          <Failure error={change.error} />
          {change.isSuccess && (
            <Alert color="green" role="status">
              {t.changed}
            </Alert>
          )}
          <Button type="submit" loading={change.isPending} w="fit-content">
            {t.change}
          </Button>
        </Stack>
      </form>
    </Section>
  );
}

function Sessions() {
  const t = useTexts(texts);
  const formats = useFormats();
  const list = useApiList("GET /trunkline/v1/Sessions", "sessions", { query: { PageSize: 50 } });
  const end = useChange("DELETE /trunkline/v1/Sessions/{sid}");
  return (
    <Section title={t.sessions}>
      <DataTable
        label={t.sessions}
        list={list}
        keyOf={(session) => session.sid}
        columns={[
          { label: t.source, cell: (session) => <span className="mono">{session.source}</span> },
          { label: t.browser, cell: (session) => session.user_agent, wideOnly: true },
          { label: t.used, cell: (session) => formats.dateTime(session.date_used) },
          {
            label: t.actions,
            align: "right",
            cell: (session) =>
              session.current ? (
                t.this
              ) : (
                <ConfirmButton
                  size="compact-sm"
                  label={t.end}
                  question={t.question}
                  consequence={t.consequence}
                  isPending={end.isPending}
                  error={end.error}
                  onConfirm={() => end.mutateAsync({ path: { sid: session.sid } })}
                />
              ),
          },
        ]}
      />
    </Section>
  );
}
