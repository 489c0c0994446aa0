import { Button, Center, Code, Paper, PasswordInput, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";
import { ask } from "../../api/client.ts";
import { defineTexts, useTexts } from "../../i18n/language.tsx";
import { CopyButton, CopyText } from "../../ui/copy-text.tsx";
import { Failure } from "../../ui/failure.tsx";

const texts = defineTexts({
  en: {
    title: "Set up your second factor",
    why: "Your account asks it of everybody. You need an authenticator app, for example on your phone.",
    password: "Your password",
    begin: "Begin",
    secret: "Enter this key in the app (time-based, six digits), or open the link on the device that has it:",
    link: "Open in the app",
    code: "Code that the app shows",
    confirm: "Confirm",
    codes: "Keep these recovery codes in a safe place. Each works once in place of a code; they are not shown again.",
    name: "the recovery codes",
    done: "I have kept them",
  },
  ja: {
    title: "二要素認証の設定",
    why: "このアカウントでは全員に必要です。スマートフォンなどの認証アプリを用意してください。",
    password: "パスワード",
    begin: "開始",
    secret: "認証アプリ（時間ベース、6 桁）に次のキーを入力するか、アプリのある端末でリンクを開いてください:",
    link: "アプリで開く",
    code: "アプリに表示されたコード",
    confirm: "確認",
    codes:
      "リカバリーコードを安全な場所に保管してください。それぞれ 1 回だけコードの代わりに使えます。再表示はされません。",
    name: "リカバリーコード",
    done: "保管しました",
  },
});

/** For who can do nothing before a second factor is set up (ACC-3). */
export default function EnrolPage({ onDone }: { readonly onDone: () => void }) {
  const t = useTexts(texts);
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const begin = useMutation({
    mutationFn: () => ask("POST /trunkline/v1/Users/me/SecondFactor", { body: { Password: password } }),
  });
  const confirm = useMutation({
    mutationFn: () => ask("POST /trunkline/v1/Users/me/SecondFactor/Confirmation", { body: { Code: code.trim() } }),
  });
  if (confirm.data) return <RecoveryCodes codes={confirm.data.recovery_codes ?? []} onDone={onDone} />;
  if (begin.data) {
    return (
      <Frame onSubmit={() => confirm.mutate()}>
        <Text size="sm">{t.secret}</Text>
        <CopyText value={begin.data.secret ?? ""} />
        <a href={begin.data.otpauth_uri ?? ""}>{t.link}</a>
        <TextInput
          required
          label={t.code}
          autoComplete="one-time-code"
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        <Failure error={confirm.error} />
        <Button type="submit" loading={confirm.isPending}>
          {t.confirm}
        </Button>
      </Frame>
    );
  }
  return (
    <Frame onSubmit={() => begin.mutate()}>
      <Text size="sm">{t.why}</Text>
      <PasswordInput
        required
        label={t.password}
        autoComplete="current-password"
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <Failure error={begin.error} />
      <Button type="submit" loading={begin.isPending}>
        {t.begin}
      </Button>
    </Frame>
  );
}

function RecoveryCodes({ codes, onDone }: { readonly codes: readonly string[]; readonly onDone: () => void }) {
  const t = useTexts(texts);
  const shown = codes.join("\n");
  return (
    <Frame onSubmit={onDone}>
      <Text size="sm">{t.codes}</Text>
      <Code block>{shown}</Code>
      <CopyButton value={shown} name={t.name} />
      <Button type="submit">{t.done}</Button>
    </Frame>
  );
}

function Frame({ onSubmit, children }: { readonly onSubmit: () => void; readonly children: ReactNode }) {
  const t = useTexts(texts);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <Center component="main" mih="100dvh" p="md">
      <Paper withBorder p="xl" w={440} maw="100%">
        <form onSubmit={submit}>
          <Stack>
            <Title order={1} size="h3">
              {t.title}
            </Title>
            {children}
          </Stack>
        </form>
      </Paper>
    </Center>
  );
}
