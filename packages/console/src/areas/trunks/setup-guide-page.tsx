import { Button, Code, Group, List, Select, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import type { Api } from "../../api/client.ts";
import { useApi } from "../../api/hooks.ts";
import { defineTexts, useLanguage, useTexts } from "../../i18n/language.tsx";
import { CopyButton } from "../../ui/copy-text.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Section } from "../../ui/section.tsx";
import { LiveCheck } from "./live-check.tsx";
import { TrunkFrame } from "./trunk-frame.tsx";

const texts = defineTexts({
  en: {
    title: "Set up your PBX",
    lead: "Made from this trunk's settings. What stands in capitals, such as YOUR-PASSWORD, is yours to fill in.",
    choose: "Your PBX",
    steps: "Steps",
    notes: "Notes",
    download: "Download",
  },
  ja: {
    title: "PBX の設定",
    lead: "このトランクの設定から作成しています。YOUR-PASSWORD のような大文字の部分は、ご自身で置き換えてください。",
    choose: "お使いの PBX",
    steps: "手順",
    notes: "注意",
    download: "ダウンロード",
  },
});

const FIRST = "asterisk-pjsip";

export default function SetupGuidePage() {
  return (
    <TrunkFrame tab="setup-guide">
      {(trunk) => (
        <Stack gap="lg">
          <Guide trunkSid={trunk.sid} />
          <LiveCheck trunkSid={trunk.sid} />
        </Stack>
      )}
    </TrunkFrame>
  );
}

function Guide({ trunkSid }: { readonly trunkSid: string }) {
  const t = useTexts(texts);
  const { language } = useLanguage();
  const [name, setName] = useState(FIRST);
  const guides = useApi("GET /trunkline/v1/Trunks/{trunkSid}/SetupGuides", { path: { trunkSid } });
  const guide = useApi("GET /trunkline/v1/Trunks/{trunkSid}/SetupGuides/{name}", {
    path: { trunkSid, name },
    query: { Language: language },
  });
  return (
    <Section title={t.title} lead={t.lead}>
      <Select
        label={t.choose}
        maw={320}
        allowDeselect={false}
        value={name}
        onChange={(value) => value !== null && setName(value)}
        data={(guides.data?.setup_guides ?? []).map(({ name: value, title }) => ({ value, label: title }))}
      />
      <Failure error={guides.error ?? guide.error} />
      {guide.data && !guide.error && <GuideText guide={guide.data} />}
    </Section>
  );
}

type GuideOf = Api["GET /trunkline/v1/Trunks/{trunkSid}/SetupGuides/{name}"]["answer"];

function GuideText({ guide }: { readonly guide: GuideOf }) {
  const t = useTexts(texts);
  return (
    <Stack>
      <Lines title={t.steps} lines={guide.steps} isOrdered />
      {guide.files.map((file) => (
        <GuideFile key={file.path} file={file} />
      ))}
      <Lines title={t.notes} lines={guide.notes} />
    </Stack>
  );
}

type LinesProps = { readonly title: string; readonly lines: readonly string[]; readonly isOrdered?: boolean };

function Lines({ title, lines, isOrdered = false }: LinesProps) {
  if (lines.length === 0) return null;
  return (
    <div>
      <Title order={3} size="h5" mb="xs">
        {title}
      </Title>
      <List type={isOrdered ? "ordered" : "unordered"} size="sm" spacing={6} pr="md">
        {lines.map((line) => (
          <List.Item key={line}>{line}</List.Item>
        ))}
      </List>
    </div>
  );
}

function GuideFile({ file }: { readonly file: GuideOf["files"][number] }) {
  const t = useTexts(texts);
  const download = (): void => {
    const url = URL.createObjectURL(new Blob([file.text], { type: "text/plain" }));
    const link = Object.assign(document.createElement("a"), { href: url, download: file.path.split("/").at(-1) });
    link.click();
    URL.revokeObjectURL(url);
  };
  return (
    <div>
      <Group justify="space-between" mb={4}>
        <Text size="sm" fw={600} className="mono">
          {file.path}
        </Text>
        <Group gap="xs">
          <CopyButton value={file.text} name={file.path} />
          <Button size="compact-sm" variant="light" onClick={download}>
            {t.download}
          </Button>
        </Group>
      </Group>
      <Code block tabIndex={0} mah={420} style={{ overflow: "auto" }}>
        {file.text}
      </Code>
    </div>
  );
}
