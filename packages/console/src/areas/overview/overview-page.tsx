import { List, SimpleGrid, Text } from "@mantine/core";
import { useApi } from "../../api/hooks.ts";
import { defineTexts, useTexts } from "../../i18n/language.tsx";
import { CopyText } from "../../ui/copy-text.tsx";
import { Page } from "../../ui/page.tsx";
import { Fact, Facts, Section } from "../../ui/section.tsx";
import { TextLink } from "../../ui/text-link.tsx";
import { Prices } from "./prices.tsx";
import { Tutorial } from "./tutorial.tsx";

const texts = defineTexts({
  en: {
    title: "Elastic SIP Trunking",
    lead: "Connects your IP communications infrastructure, a PBX or a session border controller, to the telephone network: calls out by termination, calls in by origination.",
    features: "What it does",
    termination:
      "Termination: calls from your system to the telephone network, let in by IP access control lists, credential lists or both.",
    origination:
      "Origination: calls to your numbers go to up to ten SIP URIs by priority and weight, to the next when one does not answer.",
    secure: "Secure trunking: signalling by TLS, sound by SRTP.",
    recording: "Call recording of each trunk, in one or two channels.",
    evidence: "Evidence for every call: why it was let through or refused, where it went and how it sounded.",
    installation: "This installation",
    zone: "Zone",
    domains: "Termination domains end in",
    more: "Addresses and ports for your firewall are in",
    network: "Network information",
  },
  ja: {
    title: "Elastic SIP Trunking(SIPトランク)",
    lead: "IP-PBXやセッションボーダーコントローラーなどのコミュニケーションインフラストラクチャを電話網(PSTN)に接続します。発信にはターミネーション、着信にはオリジネーションを使用します。",
    features: "機能",
    termination:
      "ターミネーション: お客様のシステムからPSTNへの発信。IPアクセスコントロールリスト、クレデンシャルリスト、またはその両方で認証します。",
    origination:
      "オリジネーション: 番号への着信を、優先度と重みに従って最大10個のSIP URIに配信します。応答がなければ次のURIに切り替えます。",
    secure: "セキュアトランキング: シグナリングをTLS、音声をSRTPで暗号化します。",
    recording: "通話の録音: トランクごとに、単一チャネルまたはデュアルチャネルで録音します。",
    evidence: "すべての通話の記録: 許可または拒否された理由、接続先、音質を通話ごとに確認できます。",
    installation: "この環境の情報",
    zone: "ゾーン",
    domains: "ターミネーションドメインの末尾",
    more: "ファイアウォールに設定するアドレスとポートは、次のページで確認できます:",
    network: "ネットワーク情報",
  },
});

const FEATURES = ["termination", "origination", "secure", "recording", "evidence"] as const;

export default function OverviewPage() {
  const t = useTexts(texts);
  return (
    <Page title={t.title} lead={t.lead}>
      <Tutorial />
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Section title={t.features}>
          <List spacing="xs" size="sm">
            {FEATURES.map((feature) => (
              <List.Item key={feature}>{t[feature]}</List.Item>
            ))}
          </List>
        </Section>
        <Prices />
      </SimpleGrid>
      <InstallationSection />
    </Page>
  );
}

function InstallationSection() {
  const t = useTexts(texts);
  const { data } = useApi("GET /trunkline/v1/Installation", {});
  if (data === undefined) return null;
  return (
    <Section title={t.installation}>
      <Facts>
        <Fact name={t.zone}>
          <CopyText value={data.zone} />
        </Fact>
        <Fact name={t.domains}>
          <CopyText value={data.trunk_domain_suffix} />
        </Fact>
      </Facts>
      <Text size="sm">
        {t.more} <TextLink to="/network">{t.network}</TextLink>
      </Text>
    </Section>
  );
}
