import type { Bilingual } from "@trunkline/trunking";
import type { GuideFacts } from "./guide.types.ts";
import { oneLine, place } from "./quote.ts";

const DEFAULT_PORTS = { udp: 5060, tls: 5061 } as const;

/** The trunk's domain with the port where it is not the transport's own. */
export function target({ domain, transport, places }: GuideFacts): string {
  const port = portOf({ transport, places });
  return port === DEFAULT_PORTS[transport] ? domain : `${domain}:${port}`;
}

export function portOf({ transport, places }: Pick<GuideFacts, "transport" | "places">): number {
  return places[0]?.port ?? DEFAULT_PORTS[transport];
}

/** Addresses of the installation without repetitions. */
export function addresses({ places }: GuideFacts): readonly string[] {
  return [...new Set(places.map(({ address }) => address))];
}

/** What holds for every PBX. */
export function commonNotes(facts: GuideFacts): readonly Bilingual[] {
  const { rtpPorts, username, originationUrls, numbers, localizedDomains } = facts;
  const sources = facts.places.map((one) => `${place(one)}/${one.transport}`).join(", ");
  const urls = originationUrls.map(oneLine).join(", ");
  return [
    {
      en: "Write numbers as + country code and number (E.164) in both directions, in the Request-URI and in From.",
      ja: "番号は双方向とも、Request-URI と From のどちらでも + 国番号 番号（E.164）で書きます。",
    },
    {
      en: "Do not register: a trunk takes no REGISTER. Calls come to the origination URLs of the trunk.",
      ja: "登録（REGISTER）は不要です。着信はトランクの着信先 URI に届きます。",
    },
    {
      en: "Send OPTIONS to the domain every 15 to 60 seconds. More often than every 10 seconds is not answered.",
      ja: "OPTIONS はドメイン宛てに 15～60 秒ごとに送ります。10 秒より短い間隔には応答しません。",
    },
    {
      en: "Max-Forwards should be 70, and at least 20. Where a name has several addresses, go to the next one after 4 seconds.",
      ja: "Max-Forwards は 70（最低でも 20）にします。複数のアドレスがある場合は 4 秒で次のアドレスへ切り替えます。",
    },
    {
      en: `Let these in at the firewall: SIP from ${sources}; media from UDP ports ${rtpPorts.from} to ${rtpPorts.to}.`,
      ja: `ファイアウォールで許可するもの: SIP は ${sources}、メディアは UDP ポート ${rtpPorts.from}～${rtpPorts.to}。`,
    },
    symmetric(facts),
    ...(username === null
      ? [
          {
            en: "This trunk asks for no password: its IP access control lists must have the address that the PBX calls from.",
            ja: "このトランクはパスワードを求めません。PBX の送信元アドレスを IP アクセス制御リストに登録してください。",
          },
        ]
      : []),
    ...(facts.transport === "tls" ? secureNotes(facts) : []),
    ...(localizedDomains.length > 0
      ? [
          {
            en: `To use one edge only, write one of these instead of the domain: ${localizedDomains.join(", ")}.`,
            ja: `特定のエッジだけを使うには、ドメインの代わりに次のいずれかを指定します: ${localizedDomains.join(", ")}。`,
          },
        ]
      : []),
    originationNote(urls),
    {
      en: numbers.length > 0 ? `Numbers of this trunk: ${numbers.join(", ")}.` : "This trunk has no number yet.",
      ja: numbers.length > 0 ? `このトランクの番号: ${numbers.join(", ")}。` : "このトランクにはまだ番号がありません。",
    },
  ];
}

function originationNote(urls: string): Bilingual {
  return urls === ""
    ? {
        en: "The trunk has no origination URL yet: add one, such as sip:192.0.2.20:5060, for calls to reach the PBX.",
        ja: "着信先 URI がまだありません。PBX に着信させるには sip:192.0.2.20:5060 のように追加してください。",
      }
    : { en: `Calls to its numbers go to ${urls}.`, ja: `番号への着信は ${urls} に送られます。` };
}

function symmetric({ symmetricRtp }: GuideFacts): Bilingual {
  return symmetricRtp
    ? {
        en: "Symmetric RTP is on: media goes back to where yours comes from, so a PBX behind NAT is heard.",
        ja: "対称 RTP が有効です。メディアは届いた送信元へ返されるため、NAT 配下の PBX でも音声が通ります。",
      }
    : {
        en: "Symmetric RTP is off: the address in the PBX's SDP must be reachable. Turn it on for a PBX behind NAT.",
        ja: "対称 RTP は無効です。PBX の SDP のアドレスに到達できる必要があります。NAT 配下では有効にしてください。",
      };
}

function secureNotes({ caUrl }: GuideFacts): readonly Bilingual[] {
  return [
    {
      en: "This trunk is secure: SIP over TLS 1.2 or newer, media as SRTP with SDES keys (AES_CM_128_HMAC_SHA1_80, no MKI). Other calls are refused.",
      ja: "セキュアトランクです。SIP は TLS 1.2 以上、メディアは SDES 鍵の SRTP（AES_CM_128_HMAC_SHA1_80、MKI なし）で、それ以外の通話は拒否されます。",
    },
    ...(caUrl === null
      ? []
      : [
          {
            en: `Import the root certificate from ${caUrl} into the PBX.`,
            ja: `ルート証明書を ${caUrl} から取得し、PBX に取り込みます。`,
          },
        ]),
    {
      en: "The domain's certificate is a wildcard. A PBX that takes none can be given a certificate of the trunk's own (OwnCertificate); else turn verification off.",
      ja: "ドメインの証明書はワイルドカードです。対応しない PBX では、トランク専用の証明書（OwnCertificate）を使うか、検証を無効にします。",
    },
  ];
}

/** A file of these lines. */
export function lines(...text: readonly string[]): string {
  return `${text.join("\n")}\n`;
}
