import { addresses, commonNotes, lines } from "./common.ts";
import type { GuideFacts, WriteGuide } from "./guide.types.ts";
import { bracketed, inComment, inScript, PASSWORD, PBX_ADDRESS, place } from "./quote.ts";

/** Kamailio 5 between phones or a PBX (`PHONE_ADDRESS`) and the trunk; media passes it by. */
export const kamailio: WriteGuide = (facts) => ({
  files: [
    { path: "/etc/kamailio/kamailio.cfg", language: "kamailio", text: config(facts) },
    ...(facts.transport === "tls"
      ? [{ path: "/etc/kamailio/tls.cfg", language: "ini", text: TLS_CONFIG } as const]
      : []),
  ],
  steps: [
    {
      en: `Replace ${PBX_ADDRESS} by this server's own address, ${PHONE_ADDRESS} by that of the phones or PBX behind it, and put the password in; kamailio -c checks the file.`,
      ja: `${PBX_ADDRESS} をこのサーバーのアドレスに、${PHONE_ADDRESS} を背後の電話機または PBX に置き換え、パスワードを設定します。kamailio -c で確認できます。`,
    },
  ],
  notes: commonNotes(facts),
});

const PHONE_ADDRESS = "192.0.2.21:5060";

const TLS_CONFIG = lines(
  "[server:default]",
  "method = TLSv1.2+",
  "private_key = /etc/kamailio/key.pem",
  "certificate = /etc/kamailio/cert.pem",
  "",
  "[client:default]",
  "method = TLSv1.2+",
  "verify_certificate = yes",
  "require_certificate = yes",
  "ca_list = /etc/kamailio/trunkline-ca.pem",
);

function config(facts: GuideFacts): string {
  const { domain, transport, username, trunkName } = facts;
  const isTls = transport === "tls";
  const uris = facts.places.map((one) => `sip:${place(one)};transport=${transport}`);
  return lines(
    "#!KAMAILIO",
    `# Trunk: ${inComment(trunkName)}`,
    "log_stderror=no",
    "children=4",
    ...(isTls ? ["enable_tls=yes"] : []),
    "auto_aliases=no",
    `listen=udp:${PBX_ADDRESS}:5060`,
    ...(isTls ? [`listen=tls:${PBX_ADDRESS}:5061`] : []),
    "",
    ...["tm", "tmx", "sl", "rr", "pv", "maxfwd", "siputils", "textops", "rtimer", "uac", "kex"].map(
      (module) => `loadmodule "${module}.so"`,
    ),
    ...(isTls ? ['loadmodule "tls.so"', 'modparam("tls", "config", "/etc/kamailio/tls.cfg")'] : []),
    "",
    'modparam("rr", "enable_double_rr", 1)',
    'modparam("uac", "restore_mode", "none")',
    ...(username === null
      ? []
      : [
          'modparam("uac", "auth_realm_avp", "$avp(realm)")',
          'modparam("uac", "auth_username_avp", "$avp(user)")',
          'modparam("uac", "auth_password_avp", "$avp(password)")',
        ]),
    'modparam("rtimer", "timer", "name=options;interval=30;mode=1;")',
    'modparam("rtimer", "exec", "timer=options;route=OPTIONS")',
    "",
    ...requestRoute(facts),
    "",
    "# The trunk answers OPTIONS to its domain; more often than every 10 seconds it does not.",
    "route[OPTIONS] {",
    ...uris.flatMap((uri) => [
      '\t$uac_req(method) = "OPTIONS";',
      `\t$uac_req(ruri) = "sip:${domain}";`,
      `\t$uac_req(furi) = "sip:ping@${domain}";`,
      `\t$uac_req(turi) = "sip:${domain}";`,
      `\t$uac_req(ouri) = "${uri}";`,
      `\t$uac_req(hdrs) = "User-Agent: Kamailio\\r\\n";`,
      "\tuac_req_send();",
    ]),
    "}",
    "",
    "# Each address has 4 seconds; then the next one is tried.",
    "route[TRUNK] {",
    `\t$rd = "${domain}";`,
    "\t$rp = $null;",
    `\t$du = "${uris[0]}";`,
    "\t$avp(next) = 1;",
    "\tt_set_fr(120000, 4000);",
    '\tt_on_failure("TRUNK");',
    "\tif (!t_relay()) sl_reply_error();",
    "}",
    "",
    ...failureRoute(uris, facts),
  );
}

function requestRoute(facts: GuideFacts): readonly string[] {
  const isTrunk = addresses(facts).map((address) => `$si == "${bracketed(address)}"`);
  return [
    "request_route {",
    '\tif (!mf_process_maxfwd_header("70")) {',
    '\t\tsl_send_reply("483", "Too Many Hops");',
    "\t\texit;",
    "\t}",
    '\tif (is_method("CANCEL")) {',
    "\t\tif (t_check_trans()) t_relay();",
    "\t\texit;",
    "\t}",
    "\tif (has_totag()) {",
    "\t\tif (loose_route()) t_relay();",
    '\t\telse if (is_method("ACK") && t_check_trans()) t_relay();',
    '\t\telse if (!is_method("ACK")) sl_send_reply("404", "Not Here");',
    "\t\texit;",
    "\t}",
    "\tt_check_trans();",
    '\tif (is_method("OPTIONS")) {',
    '\t\tsl_send_reply("200", "OK");',
    "\t\texit;",
    "\t}",
    '\tif (!is_method("INVITE")) {',
    '\t\tsl_send_reply("405", "Method Not Allowed");',
    "\t\texit;",
    "\t}",
    "\trecord_route();",
    "\t# From the trunk to the phones.",
    `\tif (${isTrunk.join(" || ")}) {`,
    `\t\t$du = "sip:${PHONE_ADDRESS}";`,
    "\t\tt_relay();",
    "\t\texit;",
    "\t}",
    "\t# From the phones, and from nobody else, to the trunk.",
    `\tif ($si != "${PHONE_ADDRESS.split(":")[0]}") {`,
    '\t\tsl_send_reply("403", "Forbidden");',
    "\t\texit;",
    "\t}",
    "\troute(TRUNK);",
    "}",
  ];
}

function failureRoute(uris: readonly string[], { username, realm }: GuideFacts): readonly string[] {
  return [
    "failure_route[TRUNK] {",
    "\tif (t_is_canceled()) exit;",
    ...(username === null
      ? []
      : [
          '\tif (t_check_status("401|407")) {',
          `\t\t$avp(realm) = "${inScript(realm)}";`,
          `\t\t$avp(user) = "${inScript(username)}";`,
          `\t\t$avp(password) = "${PASSWORD}";`,
          "\t\tif (uac_auth()) t_relay();",
          "\t\texit;",
          "\t}",
        ]),
    ...uris
      .slice(1)
      .flatMap((uri, i) => [
        `\tif ($avp(next) == ${i + 1} && (t_check_status("503") || (t_branch_timeout() && !t_branch_replied()))) {`,
        `\t\t$avp(next) = ${i + 2};`,
        `\t\t$du = "${uri}";`,
        '\t\tt_on_failure("TRUNK");',
        "\t\tt_relay();",
        "\t\texit;",
        "\t}",
      ]),
    "}",
  ];
}
