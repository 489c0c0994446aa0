import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { haveKamailio, type Kamailio, startRegistrar } from "../support/kamailio.ts";
import { freeSipPort, type Platform, startPlatform } from "../support/platform.ts";
import { RawSip } from "../support/raw-sip.ts";
import { addOriginationUrl, assignNumber, ended } from "../support/script-ground.ts";
import { ScriptedDialog } from "../support/scripted-dialog.ts";

const CARRIER = "127.0.0.33";
const PHONE = "127.0.0.34";
const PBX = "127.0.0.35";
const LOGIN = { username: "4930123456", password: "Correct-Horse-9" };
const PREFIX = "49";

let platform: Platform;
let phone: RawSip;
let pbx: RawSip;
let number: string;
let domain: string;

beforeAll(async () => {
  [platform, phone, pbx] = await Promise.all([startPlatform(), RawSip.open(PHONE), RawSip.open(PBX)]);
  number = platform.demo.numbers[10] as string;
  domain = `registered.pstn.${platform.zone}`;
  const account = `/2010-04-01/Accounts/${platform.demo.accountSid}/SIP/IpAccessControlLists`;
  const list = await platform.post<{ sid: string }>(`${account}.json`, { FriendlyName: "registered" });
  await platform.post(`${account}/${list.sid}/IpAddresses.json`, { FriendlyName: "pbx", IpAddress: PBX });
  const trunk = { FriendlyName: "registered", DomainName: domain };
  const { sid } = await platform.post<{ sid: string }>("/v1/Trunks", trunk);
  await platform.post(`/v1/Trunks/${sid}/IpAccessControlLists`, { IpAccessControlListSid: list.sid });
  await addOriginationUrl(platform, sid, `sip:${PBX}:${pbx.port}`, 1);
  await assignNumber(platform, sid, number);
});
afterAll(async () => {
  phone?.close();
  pbx?.close();
  expect(await platform?.stop()).toBe(0);
});

describe.skipIf(!haveKamailio).each(["MD5", "SHA-256"] as const)(
  "Kamailio as a carrier, digest with %s",
  (algorithm) => {
    let registrar: Kamailio;
    let port: number;
    let carrier: { readonly sid: string };
    const place = () => ({ host: CARRIER, port });

    beforeAll(async () => {
      port = await freeSipPort(CARRIER);
      const phonePlace = { host: PHONE, port: phone.port };
      registrar = await startRegistrar({ address: CARRIER, port, ...LOGIN, algorithm, phone: phonePlace });
      carrier = await platform.post<{ sid: string }>(
        "/trunkline/v1/Carriers",
        {
          FriendlyName: `Kamailio ${algorithm}`,
          Priority: "1",
          Username: LOGIN.username,
          Password: LOGIN.password,
          RegistrarUrl: `sip:${CARRIER}:${port}`,
          ProbeInterval: "1",
        },
        "operator",
      );
      const parts = `/trunkline/v1/Carriers/${carrier.sid}`;
      await platform.post(`${parts}/Targets`, { SipUrl: `sip:${CARRIER}:${port}` }, "operator");
      await platform.post(`${parts}/Prefixes`, { Prefix: PREFIX }, "operator");
    });
    afterAll(async () => {
      await platform.delete(`/trunkline/v1/Carriers/${carrier.sid}`, "operator");
      await registrar?.stop();
    });

    it("CAR-1: takes our registration", async () => {
      const registered = await eventually("a registration", async () => {
        const text = await (await fetch(`${platform.api}/metrics`)).text();
        return /^trunkline_registrations_registered 1$/m.test(text) || undefined;
      });
      expect(registered, registrar.log()).toBe(true);
    });

    it("TERM-12: a call to it is challenged, answered for and carried; so is its BYE", async () => {
      const called = `+${PREFIX}3012345`;
      const { sipHost: host, sipPort } = platform;
      const uri = `sip:${called}@${domain}`;
      const a = ScriptedDialog.call(pbx, { host, port: sipPort }, { uri, from: `sip:${number}@${domain}` });
      const b = await ScriptedDialog.called(phone, place(), called);
      expect(b.invite.all("Proxy-Authorization")).toEqual([]);
      b.respond(b.invite, 200);
      const answer = await a.hear("200 INVITE");
      a.ack(answer);
      await b.hear("ACK");
      a.request("BYE");
      await a.hear("200 BYE");
      b.respond(await b.hear("BYE"), 200);
      const record = await ended(platform, answer.header("X-Twilio-CallSid"));
      expect(record).toMatchObject({ status: "completed", attempts: [{ status: 200 }] });
    });

    it("CAR-2: a call from it comes to our Contact; the number is in To", async () => {
      const uri = `sip:${number}@${CARRIER}:${port}`;
      const a = ScriptedDialog.call(phone, place(), { uri, from: "sip:+493099999@carrier.example" });
      const b = await ScriptedDialog.called(pbx, { host: platform.sipHost, port: platform.sipPort }, number);
      b.respond(b.invite, 200);
      const answer = await a.hear("200 INVITE");
      a.ack(answer);
      await b.hear("ACK");
      a.request("BYE");
      await a.hear("200 BYE");
      b.respond(await b.hear("BYE"), 200);
    });
  },
);
