import { Alert, Button, Group, Select, Stack, Text, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect, useState } from "react";
import { useApi, useApiList, useChange } from "../../api/hooks.ts";
import type { ValidationRequest } from "../../api/twilio/numbers.ts";
import { useAccount } from "../../app/session.tsx";
import { useFormats } from "../../i18n/format.ts";
import { defineTexts, useLanguage, useTexts } from "../../i18n/language.tsx";
import { ConfirmButton } from "../../ui/confirm-button.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Page } from "../../ui/page.tsx";
import { Section } from "../../ui/section.tsx";

const texts = defineTexts({
  en: {
    title: "Verified caller IDs",
    lead: "Numbers that are not of this installation, which your PBX may show as caller ID since you have proved that they are yours.",
    add: "Verify a number",
    addLead: "We call the number; whoever answers keys in the code that is shown here.",
    number: "Number in E.164 form, such as +12128675309",
    name: "Friendly name",
    language: "Language of the call",
    call: "Call it now",
    code: "Key this code in on the phone:",
    waiting: "Waiting for the code. The number appears below once it is verified.",
    verified: "Verified.",
    unverified: "The call is over, and the code was not keyed in: the number is not verified. Try it again.",
    again: "Verify another number",
    phone: "Number",
    since: "Verified",
    actions: "Actions",
    empty: "No number is verified yet.",
    remove: "Remove",
    question: "Remove this caller ID?",
    consequence: "Calls that show it are refused from then on. It can be verified again.",
  },
  ja: {
    title: "検証済み発信者番号",
    lead: "この環境の番号ではないものの、所有を確認済みで、PBX から発信者番号として使える番号です。",
    add: "番号を検証",
    addLead: "その番号に電話をかけます。応答した方が、ここに表示されるコードを入力します。",
    number: "E.164 形式の番号（例: +12128675309）",
    name: "分かりやすい名前",
    language: "通話の言語",
    call: "電話をかける",
    code: "電話機で次のコードを入力してください:",
    waiting: "コードの入力を待っています。検証が終わると下の一覧に表示されます。",
    verified: "検証されました。",
    unverified: "コードが入力されないまま通話が終了したため、番号は検証されていません。もう一度お試しください。",
    again: "別の番号を検証",
    phone: "番号",
    since: "検証日",
    actions: "操作",
    empty: "検証済みの番号はまだありません。",
    remove: "削除",
    question: "この発信者番号を削除しますか？",
    consequence: "この番号を表示する通話は拒否されるようになります。再度検証できます。",
  },
});

const REFRESH_MS = 2_000;

export default function CallerIdsPage() {
  const t = useTexts(texts);
  const formats = useFormats();
  const account = useAccount();
  const list = useApiList("GET /2010-04-01/Accounts/{account}/OutgoingCallerIds.json", "outgoing_caller_ids", {
    path: { account },
    query: { PageSize: 50 },
  });
  const remove = useChange("DELETE /2010-04-01/Accounts/{account}/OutgoingCallerIds/{sid}.json");
  return (
    <Page title={t.title} lead={t.lead}>
      <Verify />
      <DataTable
        label={t.title}
        list={list}
        keyOf={(callerId) => callerId.sid}
        empty={t.empty}
        columns={[
          { label: t.phone, cell: (callerId) => <span className="mono">{callerId.phone_number}</span> },
          { label: t.name, cell: (callerId) => callerId.friendly_name, wideOnly: true },
          { label: t.since, cell: (callerId) => formats.date(callerId.date_created), wideOnly: true },
          {
            label: t.actions,
            align: "right",
            cell: ({ sid }) => (
              <ConfirmButton
                size="compact-sm"
                label={t.remove}
                question={t.question}
                consequence={t.consequence}
                isPending={remove.isPending}
                error={remove.error}
                onConfirm={() => remove.mutateAsync({ path: { account, sid } })}
              />
            ),
          },
        ]}
      />
    </Page>
  );
}

/** Starts a verification call, and follows it. */
function Verify() {
  const t = useTexts(texts);
  const { language } = useLanguage();
  const account = useAccount();
  const [fields, setFields] = useState({ PhoneNumber: "", FriendlyName: "" });
  const [spoken, setSpoken] = useState<string>(language);
  const start = useChange("POST /2010-04-01/Accounts/{account}/OutgoingCallerIds.json");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const FriendlyName = fields.FriendlyName || fields.PhoneNumber;
    start.mutate({ path: { account }, body: { ...fields, FriendlyName, Language: spoken } });
  };
  if (start.data) return <Verification request={start.data} onAgain={() => start.reset()} />;
  return (
    <Section title={t.add} lead={t.addLead}>
      <form onSubmit={submit}>
        <Group align="end" gap="sm">
          {(["PhoneNumber", "FriendlyName"] as const).map((name) => (
            <TextInput
              key={name}
              label={name === "PhoneNumber" ? t.number : t.name}
              required={name === "PhoneNumber"}
              value={fields[name]}
              onChange={(event) => setFields({ ...fields, [name]: event.currentTarget.value })}
            />
          ))}
          <Select
            label={t.language}
            allowDeselect={false}
            value={spoken}
            onChange={(value) => value !== null && setSpoken(value)}
            data={[
              { value: "en", label: "English" },
              { value: "ja", label: "日本語" },
            ]}
          />
          <Button type="submit" loading={start.isPending}>
            {t.call}
          </Button>
        </Group>
        <Failure error={start.error} />
      </form>
    </Section>
  );
}

type VerificationProps = { readonly request: ValidationRequest; readonly onAgain: () => void };
type Outcome = "waiting" | "verified" | "unverified";

/** The code to key in, until the number is verified or its call is over without that. */
function Verification({ request, onAgain }: VerificationProps) {
  const t = useTexts(texts);
  const outcome = useOutcome(request);
  return (
    <Alert color={COLOURS[outcome]} role="status" title={request.phone_number}>
      <Stack gap="xs">
        {outcome === "waiting" && (
          <>
            <Text>{t.code}</Text>
            <Text className="mono" fz={32} fw={700}>
              {request.validation_code}
            </Text>
          </>
        )}
        <Text size="sm">{t[outcome]}</Text>
        <Button variant="default" w="fit-content" onClick={onAgain}>
          {t.again}
        </Button>
      </Stack>
    </Alert>
  );
}

const COLOURS = { waiting: "blue", verified: "green", unverified: "red" } as const;

function useOutcome({ phone_number, call_sid }: ValidationRequest): Outcome {
  const client = useQueryClient();
  const account = useAccount();
  const [outcome, setOutcome] = useState<Outcome>("waiting");
  const often = { refetchInterval: outcome === "waiting" ? REFRESH_MS : (false as const) };
  const found = useApi(
    "GET /2010-04-01/Accounts/{account}/OutgoingCallerIds.json",
    { path: { account }, query: { PhoneNumber: phone_number } },
    often,
  );
  // Not found until the call has begun.
  const call = useApi("GET /trunkline/v1/Calls/{sid}", { path: { sid: call_sid } }, often);
  const isVerified = (found.data?.outgoing_caller_ids.length ?? 0) > 0;
  // The number is verified before its call ends, so what was asked after the end tells.
  const endedAtMs = Date.parse(call.data?.date_ended ?? "");
  const isOver = found.dataUpdatedAt > endedAtMs + REFRESH_MS;
  const next = isVerified ? "verified" : isOver ? "unverified" : "waiting";
  useEffect(() => {
    setOutcome(next);
    if (next === "verified") void client.invalidateQueries();
  }, [next, client]);
  return outcome;
}
