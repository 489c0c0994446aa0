import { expect, it } from "vitest";
import { challengeAlgorithms } from "./peer-quirks.ts";

it.each([
  [undefined, ["MD5", "SHA-256"]],
  ["Asterisk PBX 22.2.0", ["MD5", "SHA-256"]],
  ["Asterisk PBX 20.12.0", ["MD5", "SHA-256"]],
  ["Asterisk PBX 22.1.0", ["MD5"]],
  ["Asterisk PBX 20.9.3", ["MD5"]],
  ["Asterisk PBX 16.2.1~dfsg-1+deb10u2", ["MD5"]],
  ["Asterisk PBX 1.8.32.3", ["MD5"]],
  ["Asterisk PBX certified/18.9-cert5", ["MD5"]],
  ["FPBX-15.0.37.5(16.25.0)", ["MD5"]],
  ["FPBX-17.0.19.32(22.3.0)", ["MD5", "SHA-256"]],
  ["baresip v1.0.0 (x86_64/linux)", ["MD5"]],
  ["baresip v3.9.0 (x86_64/Linux)", ["MD5"]],
  ["baresip v3.11.0 (x86_64/Linux)", ["MD5"]],
  ["baresip v3.12.1 (x86_64/Linux)", ["MD5", "SHA-256"]],
  ["baresip v4.0.0", ["MD5", "SHA-256"]],
  ["FreeSWITCH-mod_sofia/1.10.12-release~64bit", ["MD5"]],
  ["FreeSWITCH", ["MD5"]],
  ["sofia-sip/1.13.17", ["MD5"]],
  ["Janus WebRTC Server SIP Plugin 0.0.8", ["MD5"]],
  ["Kamailio (5.6.3) behind FreeSWITCH", ["MD5", "SHA-256"]],
])("TERM-3: %s is offered %j", (userAgent, algorithms) => {
  expect(challengeAlgorithms(userAgent)).toEqual(algorithms);
});
