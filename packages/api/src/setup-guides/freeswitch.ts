import { commonNotes, lines, target } from "./common.ts";
import type { GuideFacts, WriteGuide } from "./guide.types.ts";
import { inXml, PASSWORD } from "./quote.ts";

/** FreeSWITCH 1.10. */
export const freeswitch: WriteGuide = (facts) => ({
  files: [
    {
      path: `/etc/freeswitch/sip_profiles/external/trunkline-${facts.label}.xml`,
      language: "xml",
      text: gateway(facts),
    },
    { path: `/etc/freeswitch/dialplan/default/trunkline-${facts.label}.xml`, language: "xml", text: outgoing(facts) },
    { path: `/etc/freeswitch/dialplan/public/trunkline-${facts.label}.xml`, language: "xml", text: incoming(facts) },
  ],
  steps: [
    {
      en: "Save the files, put the password in and run: fs_cli -x 'reloadxml' and fs_cli -x 'sofia profile external rescan'.",
      ja: "ファイルを保存してパスワードを設定し、fs_cli -x 'reloadxml' と fs_cli -x 'sofia profile external rescan' を実行します。",
    },
  ],
  notes: [
    ...commonNotes(facts),
    {
      en: "The origination URL must name the port of the external profile, 5080 unless it was changed.",
      ja: "着信先 URI には external プロファイルのポート（既定は 5080）を指定します。",
    },
  ],
});

function gateway(facts: GuideFacts): string {
  const { label, domain, transport, username } = facts;
  const param = (name: string, value: string): string => `    <param name="${name}" value="${value}"/>`;
  return lines(
    "<include>",
    `  <gateway name="trunkline-${label}">`,
    param("proxy", `${target(facts)};transport=${transport}`),
    param("from-domain", domain),
    param("username", username === null ? "unused" : inXml(username)),
    param("password", username === null ? "unused" : PASSWORD),
    param("register", "false"),
    param("register-transport", transport),
    param("caller-id-in-from", "true"),
    param("ping", "30"),
    "  </gateway>",
    "</include>",
  );
}

function outgoing({ label, transport, numbers }: GuideFacts): string {
  const secure = transport === "tls" ? ",rtp_secure_media=mandatory:AES_CM_128_HMAC_SHA1_80" : "";
  const [callerId = "+12025550100"] = numbers;
  const variables = `origination_caller_id_number=${callerId},absolute_codec_string='PCMU,PCMA'${secure}`;
  return lines(
    "<include>",
    `  <extension name="trunkline-${label}-out">`,
    '    <condition field="destination_number" expression="^(\\+[1-9]\\d{1,14})$">',
    `      <action application="bridge" data="{${variables}}sofia/gateway/trunkline-${label}/$1"/>`,
    "    </condition>",
    "  </extension>",
    "</include>",
  );
}

function incoming({ label, numbers }: GuideFacts): string {
  const any = numbers.length > 0 ? numbers.map((number) => `\\${number}`).join("|") : "\\+[1-9]\\d{1,14}";
  return lines(
    "<include>",
    `  <extension name="trunkline-${label}-in">`,
    `    <condition field="destination_number" expression="^(${any})$">`,
    '      <action application="transfer" data="1000 XML default"/>',
    "    </condition>",
    "  </extension>",
    "</include>",
  );
}
