import { Group, Progress, Stack, Text, ThemeIcon, VisuallyHidden } from "@mantine/core";
import { useApi } from "../../api/hooks.ts";
import { defineTexts, useTexts } from "../../i18n/language.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Section } from "../../ui/section.tsx";
import { TextLink } from "../../ui/text-link.tsx";

const texts = defineTexts({
  en: {
    title: "From nothing to a first call",
    lead: "Each step is ticked as soon as it is so.",
    progress: (done: number, all: number) => `${done} of ${all} steps done`,
    done: "Done:",
    open: "To do:",
    trunk: "Create a trunk",
    trunkWhy: "It holds everything that your system and the telephone network agree on.",
    termination: "Let your system call out",
    terminationWhy:
      "Give the trunk a termination SIP URI and at least one IP access control list or credential list; without one, every call is refused.",
    number: "Associate a number",
    numberWhy: "Calls to it reach your system, and it may be shown as caller ID.",
    origination: "Say where calls go",
    originationWhy: "Add an origination SIP URI: the address of your PBX.",
    call: "Make a test call",
    callWhy: "Place one from your system, or from the test call page, and watch every step of it.",
  },
  ja: {
    title: "はじめての通話まで",
    lead: "各ステップは、設定が完了すると自動的にチェックされます。",
    progress: (done: number, all: number) => `${all}ステップ中${done}ステップ完了`,
    done: "完了:",
    open: "未完了:",
    trunk: "トランクを作成する",
    trunkWhy: "お客様のシステムと電話網を接続するための設定をまとめたものです。",
    termination: "発信できるようにする(ターミネーション)",
    terminationWhy:
      "ターミネーションSIP URIと、IPアクセスコントロールリストまたはクレデンシャルリストを1つ以上設定します。認証がない場合、通話はすべて拒否されます。",
    number: "番号を関連付ける",
    numberWhy: "その番号への着信がお客様のシステムに届きます。発信者IDとしても使用できます。",
    origination: "着信の配信先を設定する(オリジネーション)",
    originationWhy: "オリジネーションSIP URI(IP-PBXのアドレス)を追加します。",
    call: "テスト通話をする",
    callWhy: "お客様のシステムまたはテスト通話ページから発信し、通話の流れを確認します。",
  },
});

type Step = {
  readonly name: "trunk" | "termination" | "number" | "origination" | "call";
  readonly isDone: boolean;
  readonly to: string;
};

/** The way to a first call, ticked by what there is. */
export function Tutorial() {
  const t = useTexts(texts);
  const { steps, error } = useSteps();
  const done = steps.filter(({ isDone }) => isDone).length;
  return (
    <Section title={t.title} lead={t.lead}>
      <Failure error={error} />
      <Group gap="sm">
        <Progress value={(100 * done) / steps.length} w={200} aria-label={t.progress(done, steps.length)} />
        <Text size="sm">{t.progress(done, steps.length)}</Text>
      </Group>
      <Stack component="ol" gap="sm" p={0} m={0} style={{ listStyle: "none" }}>
        {steps.map((step, index) => (
          <StepItem key={step.name} step={step} place={index + 1} />
        ))}
      </Stack>
    </Section>
  );
}

function StepItem({ step: { name, isDone, to }, place }: { readonly step: Step; readonly place: number }) {
  const t = useTexts(texts);
  return (
    <Group component="li" wrap="nowrap" align="flex-start" gap="sm">
      <ThemeIcon radius="xl" size={26} variant={isDone ? "filled" : "default"} color="green.9" aria-hidden="true">
        {isDone ? "✓" : place}
      </ThemeIcon>
      <div>
        <VisuallyHidden>{isDone ? t.done : t.open}</VisuallyHidden>
        <TextLink to={to}>{t[name]}</TextLink>
        <Text size="sm" c="dimmed">
          {t[`${name}Why`]}
        </Text>
      </div>
    </Group>
  );
}

/** Of the trunk that is furthest: one with a domain before others. */
function useSteps(): { readonly steps: readonly Step[]; readonly error: Error | null } {
  const trunks = useApi("GET /v1/Trunks", { query: { PageSize: 50 } });
  const calls = useApi("GET /trunkline/v1/Calls", { query: { PageSize: 1 } });
  const all = trunks.data?.trunks ?? [];
  const trunk = all.find(({ domain_name }) => domain_name !== null) ?? all[0];
  const below = { path: { trunk: trunk?.sid ?? "" }, query: { PageSize: 1 } };
  const isThere = { enabled: trunk !== undefined };
  const numbers = useApi("GET /v1/Trunks/{trunk}/PhoneNumbers", below, isThere);
  const urls = useApi("GET /v1/Trunks/{trunk}/OriginationUrls", below, isThere);
  const page = (tab: string): string => (trunk ? `/trunks/${trunk.sid}/${tab}` : "/trunks");
  const canCallOut = trunk !== undefined && trunk.domain_name !== null && trunk.auth_type_set.length > 0;
  const steps: readonly Step[] = [
    { name: "trunk", isDone: trunk !== undefined, to: page("general") },
    { name: "termination", isDone: canCallOut, to: page("termination") },
    { name: "number", isDone: (numbers.data?.phone_numbers.length ?? 0) > 0, to: page("numbers") },
    { name: "origination", isDone: (urls.data?.origination_urls.length ?? 0) > 0, to: page("origination") },
    { name: "call", isDone: (calls.data?.calls.length ?? 0) > 0, to: "/test-call" },
  ];
  return { steps, error: trunks.error ?? calls.error };
}
