import { addresses, commonNotes, lines, portOf, target } from "./common.ts";
import type { GuideFacts, WriteGuide } from "./guide.types.ts";
import { inAsterisk, inComment, PASSWORD } from "./quote.ts";

/** Asterisk 13.8 and newer with chan_pjsip. */
export const asteriskPjsip: WriteGuide = (facts) => ({
  files: [
    { path: "/etc/asterisk/pjsip.conf", language: "ini", text: pjsipConf(facts) },
    { path: "/etc/asterisk/extensions.conf", language: "ini", text: extensions(facts, "PJSIP") },
  ],
  steps: [
    {
      en: "Add these sections to the files, put the password in and run: asterisk -rx 'core reload'.",
      ja: "各ファイルに追記してパスワードを設定し、asterisk -rx 'core reload' を実行します。",
    },
  ],
  notes: [
    ...commonNotes(facts),
    ...(facts.transport === "tls"
      ? [
          {
            en: "PJSIP 2.5, the default of Asterisk 13.8 cert2, cannot do TLS with SRTP here; 2.5.5 and newer can. Its message about wildcard certificates (RFC 5922) does no harm while verify_server is no.",
            ja: "Asterisk 13.8 cert2 既定の PJSIP 2.5 では TLS/SRTP が動作しません。2.5.5 以降を使ってください。ワイルドカード証明書（RFC 5922）の警告は verify_server=no なら動作に影響しません。",
          },
        ]
      : []),
  ],
});

function pjsipConf(facts: GuideFacts): string {
  const { label, domain, transport, username, trunkName } = facts;
  const isTls = transport === "tls";
  const name = `trunkline-${label}`;
  const contact = `sip:${target(facts)}${isTls ? "\\;transport=tls" : ""}`;
  return lines(
    `; Trunk: ${inComment(trunkName)}`,
    `[${name}-transport]`,
    "type=transport",
    `protocol=${transport}`,
    `bind=0.0.0.0:${isTls ? 5061 : 5060}`,
    ...(isTls
      ? [
          "method=tlsv1_2",
          "ca_list_file=/etc/asterisk/keys/trunkline-ca.pem",
          "; wildcard certificate",
          "verify_server=no",
        ]
      : []),
    "",
    ...(username === null
      ? []
      : [
          `[${name}-auth]`,
          "type=auth",
          "auth_type=userpass",
          `username=${inAsterisk(username)}`,
          `password=${PASSWORD}`,
          "",
        ]),
    `[${name}]`,
    "type=aor",
    `contact=${contact}`,
    "qualify_frequency=30",
    "",
    `[${name}]`,
    "type=endpoint",
    `transport=${name}-transport`,
    "context=from-trunkline",
    "disallow=all",
    "allow=ulaw,alaw",
    "dtmf_mode=rfc4733",
    "rtp_symmetric=yes",
    "force_rport=yes",
    "rewrite_contact=no",
    "direct_media=no",
    `media_encryption=${isTls ? "sdes" : "no"}`,
    `from_domain=${domain}`,
    `aors=${name}`,
    ...(username === null ? [] : [`outbound_auth=${name}-auth`]),
    "",
    "; Calls from the trunk come from any of these.",
    `[${name}]`,
    "type=identify",
    `endpoint=${name}`,
    ...addresses(facts).map((address) => `match=${address}`),
  );
}

/** The dialplan: numbers go out and come in as E.164. */
export function extensions(facts: GuideFacts, technology: "PJSIP" | "SIP"): string {
  const name = `trunkline-${facts.label}`;
  const dialled = technology === "PJSIP" ? `PJSIP/\${EXTEN}@${name}` : `SIP/${name}/\${EXTEN}`;
  const [callerId = "+12025550100"] = facts.numbers;
  const incoming = facts.numbers.length > 0 ? facts.numbers : [callerId];
  return lines(
    "[to-trunkline]",
    `exten => _+X.,1,Set(CALLERID(num)=${callerId})`,
    ` same => n,Dial(${dialled},120)`,
    " same => n,Hangup()",
    "",
    "[from-trunkline]",
    ...incoming.flatMap((number) => [
      `exten => ${number},1,NoOp(Call for ${number})`,
      " same => n,Goto(from-internal,100,1)",
    ]),
  );
}

/** `host:port` of the platform for sip.conf. */
export function hostAndPort(facts: GuideFacts): readonly string[] {
  return [`host=${facts.domain}`, `port=${portOf(facts)}`];
}
