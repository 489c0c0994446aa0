import { Alert, Button, Code, Group, Select, Stack, Text, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useApi, useApiList, useChange } from "../../api/hooks.ts";
import { useAccount } from "../../app/session.tsx";
import { defineTexts, useTexts } from "../../i18n/language.tsx";
import { CopyButton } from "../../ui/copy-text.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Page } from "../../ui/page.tsx";
import { Section } from "../../ui/section.tsx";
import { TextLink } from "../../ui/text-link.tsx";

const texts = defineTexts({
  en: {
    title: "Test call",
    lead: "Calls with the simulated telephone network, which costs nothing and calls nobody.",
    in: "From the telephone network to your PBX",
    inLead:
      "The simulated network calls a number of yours. It needs a trunk with an origination URI; your PBX should ring.",
    to: "Your number",
    from: "Shown caller",
    call: "Call it",
    calling: "Calling …",
    ringing: "It rings.",
    answered: "Answered.",
    completed: "The call is over.",
    failed: (answer: string) => `The call failed: ${answer}`,
    see: "See what happened",
    out: "From your PBX to the telephone network",
    outLead:
      "Call one of these numbers from a phone of your PBX, and see the call appear in the log. On the machine that runs the platform this command places a call over the demo trunk:",
    tone: "answers with a tone of 440 Hz",
    echo: "answers and gives your voice back",
    busy: "is busy",
  },
  ja: {
    title: "テスト通話",
    lead: "模擬電話網との通話です。料金はかからず、実在の相手にはつながりません。",
    in: "電話網から PBX へ",
    inLead:
      "模擬電話網からお持ちの番号に発信します。オリジネーション URI のあるトランクが必要です。PBX が鳴ることを確認してください。",
    to: "着信番号",
    from: "表示する発信者番号",
    call: "発信する",
    calling: "発信しています…",
    ringing: "呼出中です。",
    answered: "応答しました。",
    completed: "通話が終了しました。",
    failed: (answer: string) => `通話に失敗しました: ${answer}`,
    see: "通話の詳細を見る",
    out: "PBX から電話網へ",
    outLead:
      "PBX の電話機から次の番号に発信し、通話ログに表示されることを確認してください。プラットフォームを動かしているマシンでは、次のコマンドでデモトランクから発信できます:",
    tone: "応答して 440 Hz の音を流します",
    echo: "応答して音声をそのまま返します",
    busy: "話中です",
  },
});

const REFRESH_MS = 500;
const COMMAND = "npx trunkline call +15005552300";

export default function TestCallPage() {
  const t = useTexts(texts);
  return (
    <Page title={t.title} lead={t.lead}>
      <FromNetwork />
      <Section title={t.out} lead={t.outLead}>
        <Group gap="xs">
          <Code>{COMMAND}</Code>
          <CopyButton value={COMMAND} />
        </Group>
        <Stack gap={4}>
          {(
            [
              ["+15005552300", t.tone],
              ["+15005550001", t.echo],
              ["+15005551486", t.busy],
            ] as const
          ).map(([number, what]) => (
            <Text key={number} size="sm">
              <span className="mono">{number}</span> {what}
            </Text>
          ))}
        </Stack>
      </Section>
    </Page>
  );
}

function FromNetwork() {
  const t = useTexts(texts);
  const account = useAccount();
  const [to, setTo] = useState<string | null>(null);
  const [from, setFrom] = useState("+14155550123");
  const numbers = useApiList("GET /2010-04-01/Accounts/{account}/IncomingPhoneNumbers.json", "incoming_phone_numbers", {
    path: { account },
    query: { PageSize: 50 },
  });
  const place = useChange("POST /trunkline/v1/SimulatedCalls");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (to !== null) place.mutate({ body: { To: to, From: from } });
  };
  return (
    <Section title={t.in} lead={t.inLead}>
      <form onSubmit={submit}>
        <Group align="end" gap="sm">
          <Select
            required
            label={t.to}
            searchable
            value={to}
            onChange={setTo}
            data={numbers.items.filter(({ trunk_sid }) => trunk_sid !== null).map(({ phone_number }) => phone_number)}
          />
          <TextInput required label={t.from} value={from} onChange={(event) => setFrom(event.currentTarget.value)} />
          <Button type="submit" loading={place.isPending} disabled={to === null}>
            {t.call}
          </Button>
        </Group>
      </form>
      <Failure error={place.error} />
      {place.data && <Progress sid={place.data.sid} />}
    </Section>
  );
}

/** How the call goes, and the way to its page. */
function Progress({ sid }: { readonly sid: string }) {
  const t = useTexts(texts);
  const [isOver, setOver] = useState(false);
  const call = useApi(
    "GET /trunkline/v1/SimulatedCalls/{sid}",
    { path: { sid } },
    { refetchInterval: isOver ? false : REFRESH_MS },
  );
  if (!call.data) return <Failure error={call.error} />;
  const { status, sip_status, reason, call_sid } = call.data;
  const hasEnded = status === "completed" || status === "failed";
  if (hasEnded && !isOver) setOver(true);
  const answer = [sip_status, reason].filter(Boolean).join(" ");
  return (
    <Alert color={status === "failed" ? "red" : "blue"} role="status">
      <Stack gap={4}>
        <Text size="sm">{status === "failed" ? t.failed(answer) : t[status]}</Text>
        <TextLink to={call_sid === null ? "/calls" : `/calls/${call_sid}`}>{t.see}</TextLink>
      </Stack>
    </Alert>
  );
}
