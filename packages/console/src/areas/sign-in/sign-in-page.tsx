import {
  Button,
  Center,
  Group,
  Paper,
  PasswordInput,
  SegmentedControl,
  Stack,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { type Api, ApiError, ask } from "../../api/client.ts";
import { defineTexts, type Language, useLanguage, useTexts } from "../../i18n/language.tsx";
import { Failure } from "../../ui/failure.tsx";

const texts = defineTexts({
  en: {
    title: "Sign in to Trunkline",
    email: "E-mail address",
    password: "Password",
    code: "Code of your second factor",
    codeHint: "Six digits of your authenticator app, or a recovery code.",
    submit: "Sign in",
    language: "Language",
    help: "Where the platform was started, its ready block shows the console login.",
  },
  ja: {
    title: "Trunkline にサインイン",
    email: "メールアドレス",
    password: "パスワード",
    code: "二要素認証のコード",
    codeHint: "認証アプリの6桁の数字、またはリカバリーコード。",
    submit: "サインイン",
    language: "言語",
    help: "ログイン情報は、プラットフォームの起動時の表示に含まれています。",
  },
});

/** The API's code for: the password is right, and a code of the second factor is asked for. */
const CODE_ASKED = 60022;

type SignedIn = Api["POST /trunkline/v1/Sessions"]["answer"];

export default function SignInPage({ onSignedIn }: { readonly onSignedIn: (session: SignedIn) => void }) {
  const t = useTexts(texts);
  const { language, setLanguage } = useLanguage();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const signIn = useMutation({
    mutationFn: () =>
      ask("POST /trunkline/v1/Sessions", {
        body: { Email: email, Password: password, ...(code === "" ? {} : { Code: code.trim() }) },
      }),
    onSuccess: onSignedIn,
  });
  const asksCode = signIn.error instanceof ApiError && signIn.error.code === CODE_ASKED;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    signIn.mutate();
  };
  return (
    <Center component="main" mih="100dvh" p="md">
      <Paper withBorder p="xl" w={400} maw="100%">
        <form onSubmit={submit}>
          <Stack>
            <Group gap="sm">
              <img src="/console/icon.svg" alt="" width={32} height={32} />
              <Title order={1} size="h3">
                {t.title}
              </Title>
            </Group>
            <TextInput
              label={t.email}
              type="email"
              autoComplete="username"
              required
              value={email}
              onChange={(event) => setEmail(event.currentTarget.value)}
            />
            <PasswordInput
              label={t.password}
              autoComplete="current-password"
              required
              value={password}
              onChange={(event) => setPassword(event.currentTarget.value)}
            />
            {(asksCode || code !== "") && (
              <TextInput
                label={t.code}
                description={t.codeHint}
                autoComplete="one-time-code"
                autoFocus
                value={code}
                onChange={(event) => setCode(event.currentTarget.value)}
              />
            )}
            {!(asksCode && code === "") && <Failure error={signIn.error} />}
            <Button type="submit" loading={signIn.isPending}>
              {t.submit}
            </Button>
            <Text size="xs" c="dimmed">
              {t.help}
            </Text>
            <SegmentedControl
              size="xs"
              aria-label={t.language}
              value={language}
              onChange={(value) => setLanguage(value as Language)}
              data={[
                { value: "en", label: "English" },
                { value: "ja", label: "日本語" },
              ]}
            />
          </Stack>
        </form>
      </Paper>
    </Center>
  );
}
