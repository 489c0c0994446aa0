import { Alert, Button, Group, Text } from "@mantine/core";
import { ApiError } from "../api/client.ts";
import { defineTexts, useTexts } from "../i18n/language.tsx";

const texts = defineTexts({
  en: { title: "That did not work", retry: "Try again", code: (code: number) => `Code ${code}` },
  ja: { title: "処理できませんでした", retry: "再試行", code: (code: number) => `コード ${code}` },
});

/** What went wrong, in the API's words, which say what to do; nothing when nothing did. */
export function Failure({
  error,
  onRetry,
}: {
  readonly error: Error | null | undefined;
  readonly onRetry?: () => void;
}) {
  const t = useTexts(texts);
  if (!error) return null;
  const code = error instanceof ApiError && error.code > 0 ? error.code : null;
  return (
    <Alert color="red" title={t.title} role="alert">
      <Text size="sm">{error.message}</Text>
      <Group gap="md" mt="xs">
        {code !== null && (
          <Text size="xs" c="dimmed">
            {t.code(code)}
          </Text>
        )}
        {onRetry && (
          <Button size="compact-sm" variant="light" color="red" onClick={onRetry}>
            {t.retry}
          </Button>
        )}
      </Group>
    </Alert>
  );
}
