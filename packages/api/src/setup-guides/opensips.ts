import { addresses, commonNotes, lines } from "./common.ts";
import type { GuideFacts, WriteGuide } from "./guide.types.ts";
import { bracketed, inComment, inScript, PASSWORD, PBX_ADDRESS, place } from "./quote.ts";

/** OpenSIPS 3: routes to add to a script that already record-routes and handles requests inside dialogs. */
export const opensips: WriteGuide = (facts) => ({
  files: [{ path: "/etc/opensips/trunkline.cfg", language: "opensips", text: routes(facts) }],
  steps: [
    {
      en: `Include the file from opensips.cfg with include_file, put the password in, call route(TO_TRUNK) for numbers that begin with + and route(FROM_TRUNK) before them. The server listens at ${PBX_ADDRESS}: write its own address.`,
      ja: `opensips.cfg から include_file で読み込み、パスワードを設定します。+ で始まる番号には route(TO_TRUNK) を、その前に route(FROM_TRUNK) を呼び出します。${PBX_ADDRESS} はサーバー自身のアドレスに置き換えます。`,
    },
  ],
  notes: commonNotes(facts),
});

function routes(facts: GuideFacts): string {
  const { domain, realm, transport, username, trunkName } = facts;
  const uris = facts.places.map((one) => `sip:${place(one)};transport=${transport}`);
  return lines(
    `# Trunk: ${inComment(trunkName)}`,
    `socket=${transport}:${PBX_ADDRESS}:${transport === "tls" ? 5061 : 5060}`,
    'loadmodule "uac.so"',
    'loadmodule "uac_auth.so"',
    ...(username === null
      ? []
      : [`modparam("uac_auth", "credential", "${inScript(username).replaceAll(":", "\\:")}:${realm}:${PASSWORD}")`]),
    ...(transport === "tls"
      ? [
          'loadmodule "proto_tls.so"',
          'loadmodule "tls_mgm.so"',
          'modparam("tls_mgm", "client_domain", "trunkline")',
          'modparam("tls_mgm", "match_ip_address", "[trunkline]*")',
          'modparam("tls_mgm", "ca_list", "[trunkline]/etc/opensips/trunkline-ca.pem")',
        ]
      : []),
    "",
    "route[FROM_TRUNK] {",
    ...addresses(facts).map((address) => `\tif ($si == "${bracketed(address)}") setflag("TRUNK");`),
    "}",
    "",
    "route[TO_TRUNK] {",
    `\t$rd = "${domain}";`,
    `\t$du = "${uris[0]}";`,
    "\t$avp(next) = 1;",
    "\t$T_fr_timeout = 4;",
    '\tt_on_failure("TRUNK");',
    "\tt_relay();",
    "}",
    "",
    "failure_route[TRUNK] {",
    "\tif (t_was_cancelled()) exit;",
    ...(username === null
      ? []
      : ['\tif (t_check_status("401|407") && uac_auth()) {', "\t\tt_relay();", "\t\texit;", "\t}"]),
    ...uris
      .slice(1)
      .flatMap((uri, i) => [
        `\tif ($avp(next) == ${i + 1} && t_check_status("408|503")) {`,
        `\t\t$avp(next) = ${i + 2};`,
        `\t\t$du = "${uri}";`,
        '\t\tt_on_failure("TRUNK");',
        "\t\tt_relay();",
        "\t\texit;",
        "\t}",
      ]),
    "}",
  );
}
