import { Alert, Button, Group, Stack, Switch, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { ApiError } from "../../api/client.ts";
import { useApi, useChange } from "../../api/hooks.ts";
import { useFormats } from "../../i18n/format.ts";
import { defineTexts, useTexts } from "../../i18n/language.tsx";
import { ConfirmButton } from "../../ui/confirm-button.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Fact, Facts, Section } from "../../ui/section.tsx";

const texts = defineTexts({
  en: {
    title: "Webhook",
    lead: "Each alert can also be sent to a web server of yours, signed with X-Twilio-Signature, as soon as it is raised.",
    url: "URL",
    hint: "Gets a POST for each alert.",
    enabled: "Send alerts",
    save: "Save",
    remove: "Remove",
    removeQuestion: "Remove the webhook?",
    removeConsequence: "Alerts are not sent any more, and those that wait are dropped. They stay in the list above.",
    lastFailure: "The last delivery failed",
    delivered: "Delivered",
    waiting: "Waiting",
    abandoned: "Given up on",
    lastDelivered: "Last delivered",
  },
  ja: {
    title: "Webhook",
    lead: "アラートは、発生と同時に、X-Twilio-Signature による署名付きでお客様のWebサーバーに送信することもできます。",
    url: "URL",
    hint: "アラートごとにPOSTリクエストを受け取ります。",
    enabled: "アラートを送信する",
    save: "保存",
    remove: "削除",
    removeQuestion: "Webhookを削除しますか?",
    removeConsequence: "アラートは送信されなくなり、送信待ちのものは破棄されます。上の一覧には残ります。",
    lastFailure: "直近の送信に失敗しました",
    delivered: "送信済み",
    waiting: "送信待ち",
    abandoned: "送信を断念",
    lastDelivered: "最終送信日時",
  },
});

/** Where the account's alerts are sent, and what became of them. */
export function WebhookSection() {
  const t = useTexts(texts);
  const { data, error, isLoading } = useApi("GET /trunkline/v1/DebuggerWebhook", {});
  const isNone = error instanceof ApiError && error.status === 404;
  const webhook = isNone ? undefined : data;
  return (
    <Section title={t.title} lead={t.lead}>
      {!isNone && <Failure error={error} />}
      {webhook?.last_failure && (
        <Alert color="orange" title={t.lastFailure}>
          {webhook.last_failure}
        </Alert>
      )}
      {webhook && <Deliveries {...webhook} />}
      {!isLoading && (
        <WebhookForm
          key={webhook?.date_updated ?? ""}
          url={webhook?.webhook_url}
          isEnabled={webhook?.enabled ?? true}
        />
      )}
    </Section>
  );
}

type Tally = {
  readonly delivered: number;
  readonly waiting: number;
  readonly abandoned: number;
  readonly date_last_delivered: string | null;
};

function Deliveries({ delivered, waiting, abandoned, date_last_delivered }: Tally) {
  const t = useTexts(texts);
  const { number, dateTime } = useFormats();
  return (
    <Facts>
      <Fact name={t.delivered}>{number(delivered)}</Fact>
      <Fact name={t.waiting}>{number(waiting)}</Fact>
      <Fact name={t.abandoned}>{number(abandoned)}</Fact>
      <Fact name={t.lastDelivered}>{dateTime(date_last_delivered)}</Fact>
    </Facts>
  );
}

function WebhookForm({ url, isEnabled }: { readonly url: string | undefined; readonly isEnabled: boolean }) {
  const t = useTexts(texts);
  const [Url, setUrl] = useState(url ?? "");
  const [Enabled, setEnabled] = useState(isEnabled);
  const save = useChange("POST /trunkline/v1/DebuggerWebhook");
  const remove = useChange("DELETE /trunkline/v1/DebuggerWebhook");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save.mutate({ body: { Url, Enabled } });
  };
  return (
    <form onSubmit={submit}>
      <Stack maw={560}>
        <TextInput
          label={t.url}
          description={t.hint}
          type="url"
          placeholder="https://"
          required
          value={Url}
          onChange={(event) => setUrl(event.currentTarget.value)}
        />
        <Switch label={t.enabled} checked={Enabled} onChange={(event) => setEnabled(event.currentTarget.checked)} />
        <Failure error={save.error} />
        <Group>
          <Button type="submit" loading={save.isPending}>
            {t.save}
          </Button>
          {url !== undefined && (
            <ConfirmButton
              label={t.remove}
              question={t.removeQuestion}
              consequence={t.removeConsequence}
              onConfirm={() => remove.mutateAsync({})}
              isPending={remove.isPending}
              error={remove.error}
            />
          )}
        </Group>
      </Stack>
    </form>
  );
}
