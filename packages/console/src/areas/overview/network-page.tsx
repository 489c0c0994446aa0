import { Button, List, Skeleton, Text } from "@mantine/core";
import type { Api } from "../../api/client.ts";
import { useApi } from "../../api/hooks.ts";
import { defineTexts, useTexts } from "../../i18n/language.tsx";
import { CopyText } from "../../ui/copy-text.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Failure } from "../../ui/failure.tsx";
import { Page } from "../../ui/page.tsx";
import { Fact, Facts, Section } from "../../ui/section.tsx";
import { Bandwidth } from "./bandwidth.tsx";

const texts = defineTexts({
  en: {
    title: "Network information",
    lead: "What your firewall, your line and your PBX have to know of this installation.",
    signalling: "Signalling",
    signallingLead: "Let SIP to and from all of these through your firewall.",
    transport: "Transport",
    address: "Address",
    port: "Port",
    media: "Media",
    mediaLead: "Let RTP and RTCP to and from these through as well.",
    addresses: "Addresses",
    ports: "Ports (UDP)",
    names: "Termination SIP URIs",
    namesLead: "The name of your trunk goes in front. A localized name reaches one edge; the general one reaches any.",
    everywhere: "Any edge",
    ca: "CA certificate",
    caLead: "Import it where your system checks TLS certificates: it signs those of this installation.",
    download: "Download the CA certificate",
    fingerprint: "SHA-256 fingerprint",
    advice: "What to set up",
    register: "Do not register: calls come to your origination SIP URIs.",
    e164: "Send numbers in E.164 format with the +, such as +12128675309.",
    forwards: "Send Max-Forwards of at least 20.",
    options:
      "To check the trunk, send OPTIONS to your termination SIP URI, at most one in 10 to 15 seconds. Behind NAT this also keeps the way back open with UDP.",
    codecs:
      "Offer G.711 (PCMU or PCMA) at least. Sound is passed on unchanged, so any codec works that the far end takes too; recordings hear G.711 alone.",
    crlf: "With TCP or TLS a double CRLF keeps the connection open at the least cost.",
  },
  ja: {
    title: "ネットワーク情報",
    lead: "ファイアウォール、回線、IP-PBXの設定に必要な、この環境の情報です。",
    signalling: "シグナリング",
    signallingLead: "以下のすべてのアドレスとの間のSIPを、ファイアウォールで許可してください。",
    transport: "トランスポート",
    address: "アドレス",
    port: "ポート",
    media: "メディア",
    mediaLead: "以下との間のRTPとRTCPも許可してください。",
    addresses: "アドレス",
    ports: "ポート(UDP)",
    names: "ターミネーションSIP URI",
    namesLead:
      "先頭にトランクのドメイン名を付けます。ローカライズターミネーションURIは特定のエッジロケーションに、通常のURIはいずれかのエッジに接続します。",
    everywhere: "いずれかのエッジ",
    ca: "CA証明書",
    caLead: "この環境のTLS証明書に署名しているルート証明書です。証明書を検証する機器にインポートしてください。",
    download: "CA証明書をダウンロード",
    fingerprint: "SHA-256フィンガープリント",
    advice: "設定時の注意",
    register: "登録(REGISTER)は行わないでください。着信はオリジネーションSIP URIに届きます。",
    e164: "電話番号は + を含むE.164形式(例: +12128675309)で送信してください。",
    forwards: "Max-Forwardsは20以上で送信してください。",
    options:
      "トランクの確認には、ターミネーションSIP URI宛にSIP OPTIONSを送信します。頻度は10~15秒に1回以下にしてください。UDPでは、NATのバインディング維持にもなります。",
    codecs:
      "コーデックは少なくともG.711(PCMUまたはPCMA)を提示してください。音声は変換せずに中継するため、相手側も対応していれば他のコーデックも使用できます。録音の対象はG.711のみです。",
    crlf: "TCPまたはTLSでは、CR-LF keep-alive(ダブルCRLF)が最も少ない負荷で接続を維持できます。",
  },
});

const ADVICE = ["register", "e164", "forwards", "codecs", "options", "crlf"] as const;

export default function NetworkPage() {
  const t = useTexts(texts);
  const { data, error } = useApi("GET /trunkline/v1/Network", {});
  return (
    <Page title={t.title} lead={t.lead}>
      <Failure error={error} />
      {data ? <Addresses network={data} /> : !error && <Skeleton height={240} />}
      <Section title={t.advice}>
        <List size="sm" spacing="xs">
          {ADVICE.map((advice) => (
            <List.Item key={advice}>{t[advice]}</List.Item>
          ))}
        </List>
      </Section>
      <Bandwidth />
    </Page>
  );
}

function Addresses({ network }: { readonly network: Api["GET /trunkline/v1/Network"]["answer"] }) {
  const t = useTexts(texts);
  const { signalling, media, edges, trunk_domain_suffix, ca_certificate_url, ca_certificate_sha256 } = network;
  return (
    <>
      <Section title={t.signalling} lead={t.signallingLead}>
        <DataTable
          label={t.signalling}
          list={{ items: signalling }}
          keyOf={({ transport, address, port }) => `${transport} ${address} ${port}`}
          columns={[
            { label: t.transport, cell: ({ transport }) => transport.toUpperCase() },
            { label: t.address, cell: ({ address }) => <CopyText value={address} /> },
            { label: t.port, align: "right", cell: ({ port }) => port },
          ]}
        />
      </Section>
      <Section title={t.media} lead={t.mediaLead}>
        <Facts>
          <Fact name={t.addresses}>{media.addresses.join(", ")}</Fact>
          <Fact name={t.ports}>{`${media.port_from}–${media.port_to}`}</Fact>
        </Facts>
      </Section>
      <Section title={t.names} lead={t.namesLead}>
        <Facts>
          <Fact name={t.everywhere}>
            <span className="mono">{`{example}${trunk_domain_suffix}`}</span>
          </Fact>
          {edges.map(({ name, trunk_domain_suffix: suffix }) => (
            <Fact key={name} name={name}>
              <span className="mono">{`{example}${suffix}`}</span>
            </Fact>
          ))}
        </Facts>
      </Section>
      {ca_certificate_url !== null && (
        <Section title={t.ca} lead={t.caLead}>
          {ca_certificate_sha256 !== null && (
            <Facts>
              <Fact name={t.fingerprint}>
                <CopyText value={ca_certificate_sha256} />
              </Fact>
            </Facts>
          )}
          <Text>
            <Button component="a" variant="default" href={new URL(ca_certificate_url).pathname} download>
              {t.download}
            </Button>
          </Text>
        </Section>
      )}
    </>
  );
}
