import { Alert, Anchor, Button, Center, Paper, PasswordInput, Stack, Text, Title } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { ask } from "../../api/client.ts";
import { defineTexts, useTexts } from "../../i18n/language.tsx";
import { Failure } from "../../ui/failure.tsx";

const texts = defineTexts({
  en: {
    title: "Choose your password",
    lead: "At least 12 characters. Several words that do not belong together are easy to keep in mind and hard to guess.",
    password: "New password",
    save: "Save password",
    noToken: "This link is not complete: open the whole address that you were given, or ask for a new one.",
    done: (email: string) => `The password of ${email} is set.`,
    signIn: "Sign in",
  },
  ja: {
    title: "パスワードを設定",
    lead: "12 文字以上。互いに関係のない単語をいくつか並べると、覚えやすく推測されにくくなります。",
    password: "新しいパスワード",
    save: "パスワードを保存",
    noToken: "リンクが不完全です。受け取ったアドレス全体を開くか、新しいリンクを依頼してください。",
    done: (email: string) => `${email} のパスワードを設定しました。`,
    signIn: "サインイン",
  },
});

/** Where an invitation or a password link leads (ACC-3): `/console/password#token`. */
export default function PasswordPage() {
  const t = useTexts(texts);
  const [token] = useState(() => decodeURIComponent(location.hash.slice(1)));
  const [password, setPassword] = useState("");
  const save = useMutation({
    mutationFn: () => ask("POST /trunkline/v1/Passwords", { body: { Token: token, Password: password } }),
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Center component="main" mih="100dvh" p="md">
      <Paper withBorder p="xl" w={400} maw="100%">
        <Stack>
          <Title order={1} size="h3">
            {t.title}
          </Title>
          {token === "" && (
            <Alert color="yellow" role="alert">
              {t.noToken}
            </Alert>
          )}
          {save.data ? (
            <>
              <Text role="status">{t.done(save.data.email)}</Text>
              <Anchor href="/console/">{t.signIn}</Anchor>
            </>
          ) : (
            <form onSubmit={submit}>
              <Stack>
                <Text size="sm">{t.lead}</Text>
                <PasswordInput
                  required
                  label={t.password}
                  autoComplete="new-password"
                  value={password}
                  onChange={(event) => setPassword(event.currentTarget.value)}
                />
                <Failure error={save.error} />
                <Button type="submit" loading={save.isPending} disabled={token === ""}>
                  {t.save}
                </Button>
              </Stack>
            </form>
          )}
        </Stack>
      </Paper>
    </Center>
  );
}
