import { extensions, hostAndPort } from "./asterisk-pjsip.ts";
import { addresses, commonNotes, lines } from "./common.ts";
import type { GuideFacts, WriteGuide } from "./guide.types.ts";
import { inAsterisk, inComment, PASSWORD } from "./quote.ts";

/** Asterisk up to 20 with chan_sip. */
export const asteriskSip: WriteGuide = (facts) => ({
  files: [
    { path: "/etc/asterisk/sip.conf", language: "ini", text: sipConf(facts) },
    { path: "/etc/asterisk/extensions.conf", language: "ini", text: extensions(facts, "SIP") },
  ],
  steps: [
    {
      en: "Add these sections to the files, put the password in and run: asterisk -rx 'core reload'.",
      ja: "各ファイルに追記してパスワードを設定し、asterisk -rx 'core reload' を実行します。",
    },
  ],
  notes: [
    ...commonNotes(facts),
    {
      en: "chan_sip is gone from Asterisk 21; new systems should use chan_pjsip.",
      ja: "chan_sip は Asterisk 21 で廃止されました。新規の場合は chan_pjsip を使ってください。",
    },
  ],
});

function sipConf(facts: GuideFacts): string {
  const { label, domain, transport, username, trunkName } = facts;
  const isTls = transport === "tls";
  const name = `trunkline-${label}`;
  const media = [
    "disallow=all",
    "allow=ulaw",
    "allow=alaw",
    "dtmfmode=rfc2833",
    "directmedia=no",
    "nat=force_rport,comedia",
  ];
  const secure = isTls ? ["transport=tls", "encryption=yes"] : ["transport=udp"];
  return lines(
    `; Trunk: ${inComment(trunkName)}`,
    "[general](+)",
    "maxforwards=70",
    ...(isTls
      ? [
          "tlsenable=yes",
          "tlscafile=/etc/asterisk/keys/trunkline-ca.pem",
          "; wildcard certificate",
          "tlsdontverifyserver=yes",
        ]
      : []),
    "",
    `[${name}]`,
    "type=peer",
    ...hostAndPort(facts),
    `fromdomain=${domain}`,
    ...(username === null ? [] : [`defaultuser=${inAsterisk(username)}`, `remotesecret=${PASSWORD}`]),
    "insecure=port,invite",
    "qualify=yes",
    "qualifyfreq=30",
    "context=from-trunkline",
    ...secure,
    ...media,
    ...addresses(facts).flatMap((address, i) => [
      "",
      `[${name}-${i + 1}]`,
      "type=peer",
      `host=${address}`,
      "insecure=port,invite",
      "context=from-trunkline",
      ...secure,
      ...media,
    ]),
  );
}
