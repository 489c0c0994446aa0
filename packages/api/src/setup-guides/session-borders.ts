import { addresses, commonNotes, lines, portOf } from "./common.ts";
import type { GuideFacts, WriteGuide } from "./guide.types.ts";
import { asWord, inCommand, PASSWORD } from "./quote.ts";

const BY_HAND = "YOUR-USERNAME";

/** Cisco CUBE on IOS XE. */
export const ciscoCube: WriteGuide = (facts) => ({
  files: [{ path: "running-config", language: "ios", text: cube(facts) }],
  steps: [
    {
      en: "Paste the lines in configuration mode, put the password in, and save with write memory.",
      ja: "設定モードで貼り付け、パスワードを設定し、write memory で保存します。",
    },
  ],
  notes: commonNotes(facts),
});

function cube(facts: GuideFacts): string {
  const { domain, realm, transport, username, trunkName } = facts;
  const isTls = transport === "tls";
  const v4 = (address: string): string => (address.includes(":") ? `ipv6 ${address}` : `ipv4 ${address}`);
  return lines(
    "voice service voip",
    " ip address trusted list",
    ...addresses(facts).map((address) => `  ${v4(address)}`),
    " allow-connections sip to sip",
    ...(isTls ? [" srtp"] : []),
    "voice class codec 100",
    " codec preference 1 g711ulaw",
    " codec preference 2 g711alaw",
    "voice class uri 100 sip",
    ...addresses(facts).map((address) => ` host ${v4(address)}`),
    "voice class sip-options-keepalive 100",
    " down-interval 30",
    " up-interval 30",
    ` transport ${isTls ? "tcp tls" : "udp"}`,
    "voice class tenant 100",
    ` sip-server dns:${domain}:${portOf(facts)}`,
    ...(username === null
      ? []
      : [` authentication username ${asWord(username, BY_HAND)} password ${PASSWORD} realm ${realm}`]),
    ` session transport ${isTls ? "tcp tls" : "udp"}`,
    ` localhost dns:${domain}`,
    "dial-peer voice 100 voip",
    ` description To ${inCommand(trunkName)}`,
    " destination-pattern +T",
    " session protocol sipv2",
    " session target sip-server",
    " voice-class codec 100",
    " voice-class sip tenant 100",
    " voice-class sip options-keepalive profile 100",
    " dtmf-relay rtp-nte",
    ...(isTls ? [" srtp"] : []),
    "dial-peer voice 101 voip",
    ` description From ${inCommand(trunkName)}`,
    " session protocol sipv2",
    " incoming uri via 100",
    " voice-class codec 100",
    " dtmf-relay rtp-nte",
    ...(isTls ? [" srtp"] : []),
    "sip-ua",
    " retry invite 2",
    " timers trying 500",
  );
}

/** AudioCodes Mediant, CLI of version 7.2 and newer. */
export const audiocodes: WriteGuide = (facts) => ({
  files: [{ path: "CLI", language: "text", text: mediant(facts) }],
  steps: [
    {
      en: "Paste the lines at the CLI in configure voip, put the password in, then write. Route calls to and from the IP group in IP-to-IP Routing.",
      ja: "CLI の configure voip で貼り付け、パスワードを設定して write します。IP-to-IP Routing でこの IP グループとの発着信を設定します。",
    },
  ],
  notes: commonNotes(facts),
});

function mediant(facts: GuideFacts): string {
  const { domain, label, transport, username } = facts;
  const isTls = transport === "tls";
  const name = `trunkline-${label}`;
  return lines(
    "configure voip",
    " proxy-set 10",
    `  proxy-name "${name}"`,
    "  proxy-enable-keep-alive using-options",
    "  proxy-keep-alive-time 30",
    "  is-proxy-hot-swap enable",
    "  proxy-ip 0",
    `   proxy-address "${domain}:${portOf(facts)}"`,
    `   transport-type ${transport}`,
    "   exit",
    "  exit",
    " ip-profile 10",
    `  profile-name "${name}"`,
    `  sbc-media-security-behaviour ${isTls ? "srtp" : "rtp"}`,
    "  exit",
    " ip-group 10",
    `  name "${name}"`,
    `  proxy-set-name "${name}"`,
    `  ip-profile-name "${name}"`,
    `  sip-group-name "${domain}"`,
    ...(username === null
      ? []
      : [
          "  authentication-mode sbc-as-client",
          `  username "${asWord(username, BY_HAND)}"`,
          `  password "${PASSWORD}"`,
        ]),
    "  exit",
  );
}
