import { Alert, Button, Checkbox, SimpleGrid, Stack, Text, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useChange } from "../../api/hooks.ts";
import { defineTexts, useTexts } from "../../i18n/language.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Page } from "../../ui/page.tsx";
import { Section } from "../../ui/section.tsx";
import type { DryRun } from "./call.types.ts";
import { TraceSteps } from "./decision-trace.tsx";

const texts = defineTexts({
  en: {
    title: "Dry run",
    lead: "Would this call pass, and where would it go? It is judged by the rules and settings that hold right now; nothing is called.",
    source: "Source address",
    sourceHint: "Where the INVITE would come from, such as 203.0.113.10 or 203.0.113.10:5060.",
    uri: "Request-URI",
    uriHint: "Whom it asks for, such as sip:+15005552300@example.pstn.trunkline.localhost.",
    from: "From",
    fromHint: "The caller ID: a number in E.164 form, or a SIP URI.",
    secure: "Over TLS",
    run: "Judge this call",
    pass: "The call would pass.",
    refuse: (answer: string) => `The call would be refused: ${answer}`,
    drop: "The call would get no answer at all: nobody here is meant.",
    targets: "Where it would go",
    order: "Order",
    target: "Target",
    caller: "Shown as",
    media: "Audio",
    none: "Nowhere.",
    trace: "Why",
  },
  ja: {
    title: "ドライラン",
    lead: "この通話は通るか、どこへ行くか。現在のルールと設定で判定します。実際の発信は行いません。",
    source: "送信元アドレス",
    sourceHint: "INVITE の送信元。例: 203.0.113.10 または 203.0.113.10:5060",
    uri: "リクエスト URI",
    uriHint: "宛先。例: sip:+15005552300@example.pstn.trunkline.localhost",
    from: "From",
    fromHint: "発信者番号。E.164 形式の番号または SIP URI。",
    secure: "TLS を使用",
    run: "判定する",
    pass: "この通話は通ります。",
    refuse: (answer: string) => `この通話は拒否されます: ${answer}`,
    drop: "この通話には応答しません。宛先に該当するものがありません。",
    targets: "接続先",
    order: "順序",
    target: "接続先",
    caller: "発信者表示",
    media: "音声",
    none: "ありません。",
    trace: "理由",
  },
});

export default function DryRunPage() {
  const t = useTexts(texts);
  const [fields, setFields] = useState({ Source: "", RequestUri: "", From: "" });
  const [isSecure, setSecure] = useState(false);
  const simulate = useChange("POST /trunkline/v1/Simulations");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    simulate.mutate({ body: { ...fields, Secure: isSecure } });
  };
  const field = (name: keyof typeof fields, label: string, hint: string) => (
    <TextInput
      required
      label={label}
      description={hint}
      value={fields[name]}
      onChange={(event) => setFields({ ...fields, [name]: event.currentTarget.value })}
    />
  );
  return (
    <Page title={t.title} lead={t.lead}>
      <form onSubmit={submit}>
        <Stack maw={760}>
          {field("RequestUri", t.uri, t.uriHint)}
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            {field("Source", t.source, t.sourceHint)}
            {field("From", t.from, t.fromHint)}
          </SimpleGrid>
          <Checkbox label={t.secure} checked={isSecure} onChange={(event) => setSecure(event.currentTarget.checked)} />
          <Button type="submit" loading={simulate.isPending} w="fit-content">
            {t.run}
          </Button>
        </Stack>
      </form>
      <Failure error={simulate.error} />
      {simulate.data && <Verdict result={simulate.data} />}
    </Page>
  );
}

const COLOURS = { pass: "green", refuse: "red", drop: "gray" } as const;

function Verdict({ result }: { readonly result: DryRun }) {
  const t = useTexts(texts);
  const { verdict, sip_status, reason, error_code, detail } = result;
  const answer = [sip_status, reason, error_code === null ? null : `(${error_code})`].filter(Boolean).join(" ");
  return (
    <>
      <Alert color={COLOURS[verdict]} title={verdict === "refuse" ? t.refuse(answer) : t[verdict]}>
        {detail !== null && <Text size="sm">{detail}</Text>}
      </Alert>
      <Section title={t.targets}>
        <DataTable
          label={t.targets}
          list={{ items: result.targets.map((target, index) => ({ ...target, order: index + 1 })) }}
          keyOf={(target) => target.order}
          empty={t.none}
          columns={[
            { label: t.order, cell: (target) => target.order },
            { label: t.target, cell: (target) => <span className="mono">{target.uri}</span> },
            { label: t.caller, cell: (target) => <span className="mono">{target.from_uri}</span>, wideOnly: true },
            { label: t.media, cell: (target) => (target.srtp ? "SRTP" : "RTP"), wideOnly: true },
          ]}
        />
      </Section>
      <Section title={t.trace}>
        <TraceSteps steps={result.trace as Parameters<typeof TraceSteps>[0]["steps"]} />
      </Section>
    </>
  );
}
