import type { Bilingual } from "@trunkline/trunking";
import { addresses, commonNotes, lines, portOf } from "./common.ts";
import type { GuideFacts, SetupGuide, WriteGuide } from "./guide.types.ts";
import { oneLine, PASSWORD } from "./quote.ts";

/** PBXs that are set up on pages: what is typed where, and what to click. */
function page(
  facts: GuideFacts,
  fields: readonly (readonly [string, string])[],
  steps: readonly Bilingual[],
): SetupGuide {
  const text = lines(...fields.map(([name, value]) => `${name}: ${value}`));
  return { files: [{ path: "steps", language: "text", text }], steps, notes: commonNotes(facts) };
}

/** FreePBX 16 and 17 with chan_pjsip. */
export const freepbx: WriteGuide = (facts) =>
  page(
    facts,
    [
      ["Trunk Name", `trunkline-${facts.label}`],
      ["Outbound CallerID", facts.numbers[0] ?? "+12025550100"],
      ["Authentication", facts.username === null ? "None" : "Outbound"],
      ["Registration", "None"],
      ...login("Username", "Secret", facts),
      ["SIP Server", facts.domain],
      ["SIP Server Port", String(portOf(facts))],
      ["Transport", facts.transport === "tls" ? "0.0.0.0-tls" : "0.0.0.0-udp"],
      ["Qualify Frequency", "30"],
      ["From Domain", facts.domain],
      ["Match (Permit)", addresses(facts).join(",")],
      ["Codecs", "ulaw, alaw"],
      ["Media Encryption", facts.transport === "tls" ? "SRTP via in-SDP" : "None"],
      ["RTP Symmetric", "Yes"],
      ["Outbound Route: match pattern", "+X."],
    ],
    [
      {
        en: "Open Connectivity, Trunks, Add SIP (chan_pjsip) Trunk and fill in these fields of the tabs General, pjsip Settings, Advanced and Codecs.",
        ja: "Connectivity > Trunks > Add SIP (chan_pjsip) Trunk を開き、General、pjsip Settings、Advanced、Codecs の各項目を入力します。",
      },
      {
        en: "Add an Outbound Route with this trunk, and an Inbound Route for each number, DID written with the +. Then Apply Config.",
        ja: "このトランクを使う Outbound Route と、番号ごとの Inbound Route（DID は + 付き）を追加し、Apply Config を押します。",
      },
    ],
  );

/** FusionPBX 5. */
export const fusionpbx: WriteGuide = (facts) =>
  page(
    facts,
    [
      ["Gateway", `trunkline-${facts.label}`],
      ...login("Username", "Password", facts),
      ["From Domain", facts.domain],
      ["Proxy", `${facts.domain}:${portOf(facts)};transport=${facts.transport}`],
      ["Register", "False"],
      ["Caller ID In From", "True"],
      ["Ping", "30"],
      ["Profile", "external"],
      ["Codec Preferences", "PCMU,PCMA"],
      ["Dialplan Expression", "^(\\+[1-9]\\d{1,14})$"],
      ...(facts.transport === "tls"
        ? [["Bridge variable", "rtp_secure_media=mandatory:AES_CM_128_HMAC_SHA1_80"] as const]
        : []),
      ["Access Control (providers)", addresses(facts).join(", ")],
    ],
    [
      {
        en: "Open Accounts, Gateways, Add, fill in these fields and Save; then Start the gateway.",
        ja: "Accounts > Gateways > Add で各項目を入力して保存し、ゲートウェイを開始します。",
      },
      {
        en: "Add the addresses to Advanced, Access Controls, providers; an Outbound Route with the expression; a Destination for each number, written with the +.",
        ja: "Advanced > Access Controls > providers にアドレスを、Outbound Route に正規表現を、番号ごとに Destination（+ 付き）を追加します。",
      },
    ],
  );

/** 3CX version 18 and newer. */
export const threeCx: WriteGuide = (facts) =>
  page(
    facts,
    [
      ["Country / Provider", "Generic / Generic VoIP Provider"],
      ["Name", oneLine(facts.trunkName)],
      ["Registrar / Server", facts.domain],
      ["Port", String(portOf(facts))],
      ["Type of Authentication", facts.username === null ? "Do not require - IP Based" : "Outbound"],
      ...login("Authentication ID", "Authentication Password", facts),
      ["Main Trunk No", facts.numbers[0] ?? "+12025550100"],
      ["Transport", facts.transport.toUpperCase()],
      ["SRTP", facts.transport === "tls" ? "Enforced" : "Disabled"],
      ["Codecs", "G.711 U-law, G.711 A-law"],
      ["DID numbers", facts.numbers.join(", ")],
      ["Outbound: From User Part", "OutboundCallerId"],
      ["Outbound: From Host Part", facts.domain],
    ],
    [
      {
        en: "Open Voice & Chat, Add Trunk and fill in these fields; upload the root certificate under Options where the trunk is secure.",
        ja: "Voice & Chat > Add Trunk で各項目を入力します。セキュアトランクでは Options でルート証明書を登録します。",
      },
      {
        en: "Add an Outbound Rule for numbers that begin with +, and route each DID. Set E.164 processing to add the +.",
        ja: "+ で始まる番号の Outbound Rule を追加し、各 DID のルートを設定します。E.164 処理で + を付けます。",
      },
    ],
  );

function login(user: string, secret: string, { username }: GuideFacts): readonly (readonly [string, string])[] {
  return username === null
    ? []
    : [
        [user, oneLine(username)],
        [secret, PASSWORD],
      ];
}
