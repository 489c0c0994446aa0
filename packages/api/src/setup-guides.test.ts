import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestApi, type TestApi, ZONE } from "./api.fixture.ts";
import type { TrunkContact } from "./ports.ts";

const NOW_MS = Date.UTC(2026, 0, 31, 12);
const known = new Map<string, TrunkContact>();
let api: TestApi;
let trunk: string;
let bare: string;
beforeAll(async () => {
  api = await openTestApi({
    nowMs: () => NOW_MS,
    trunkContact: { fetch: async (trunkSid) => known.get(trunkSid) },
    network: {
      zone: ZONE,
      edge: "local",
      sip: [{ transport: "udp", address: "192.0.2.10", port: 5060 }],
      rtpPorts: { from: 10_000, to: 20_000 },
      caPath: "/ca.pem",
      caFingerprint: "AA:BB",
      httpUrl: null,
    },
  });
  const make = async (form: Record<string, string>): Promise<string> =>
    String((await api.request("POST", "/v1/Trunks", { form })).body["sid"]);
  trunk = await make({ FriendlyName: "Head office", DomainName: `acme.pstn.${ZONE}` });
  bare = await make({ FriendlyName: "no domain" });
});
afterAll(async () => {
  await api.close();
});
const get = (path: string, headers = {}) => api.request("GET", `/trunkline/v1/Trunks/${path}`, { headers });

describe("CON-3: setup guides", () => {
  it("lists ten, and gives one in the language that is asked for", async () => {
    const { body } = await get(`${trunk}/SetupGuides`);
    expect(body["setup_guides"]).toHaveLength(10);
    const en = await get(`${trunk}/SetupGuides/asterisk-pjsip`);
    expect(en.body).toMatchObject({ trunk_sid: trunk, language: "en", title: "Asterisk (chan_pjsip)" });
    expect(JSON.stringify(en.body)).toContain("match=192.0.2.10");
    const ja = await get(`${trunk}/SetupGuides/asterisk-pjsip`, { "accept-language": "ja" });
    expect(ja.body["language"]).toBe("ja");
    expect((await get(`${trunk}/SetupGuides/asterisk-pjsip?Language=ja`)).body["notes"]).toEqual(ja.body["notes"]);
  });

  it("says why there is none", async () => {
    expect(await get(`${bare}/SetupGuides/kamailio`)).toMatchObject({ status: 400 });
    expect((await get(`${trunk}/SetupGuides/nosuch`)).status).toBe(404);
    expect((await get(`TK${"0".repeat(32)}/SetupGuides`)).status).toBe(404);
    expect((await get(`${trunk}/SetupGuides/kamailio?Language=fr`)).status).toBe(400);
    await api.request("POST", `/v1/Trunks/${trunk}`, { form: { Secure: "true" } });
    expect((await get(`${trunk}/SetupGuides/kamailio`)).status).toBe(503);
    await api.request("POST", `/v1/Trunks/${trunk}`, { form: { Secure: "false" } });
  });
});

describe("CON-3: what arrives from a PBX, and what is wrong with it", () => {
  const seen = {
    atMs: NOW_MS - 10_000,
    sourceAddress: "192.0.2.20",
    sourcePort: 5060,
    transport: "udp",
    userAgent: "PBX",
    isListed: null,
  } as const;
  const options = { ...seen, verdict: "answered" } as const;
  const invite = {
    ...seen,
    from: "12025550100",
    to: "15005550001",
    callSid: `CA${"1".repeat(32)}`,
    verdict: "refused",
    status: 403,
    code: null,
    detail: null,
    username: null,
    isUserKnown: null,
  } as const;
  const cases: [title: string, contact: TrunkContact, where: string, what: string | null][] = [
    ["an answered OPTIONS", { options, invite: null }, "last_options", null],
    ["OPTIONS too often", { options: { ...options, verdict: "blocked" }, invite: null }, "last_options", "10 seconds"],
    [
      "OPTIONS from elsewhere",
      { options: { ...options, isListed: false }, invite: null },
      "last_options",
      "192.0.2.20",
    ],
    ["an INVITE from elsewhere", { options: null, invite: { ...invite, code: 32201 } }, "last_invite", "192.0.2.20"],
    [
      "a wrong password",
      { options: null, invite: { ...invite, code: 32202, username: "demo", isUserKnown: true } },
      "last_invite",
      "password of user demo",
    ],
    [
      "an unknown user",
      { options: null, invite: { ...invite, code: 32202, username: "demo", isUserKnown: false } },
      "last_invite",
      "none of the trunk's credential lists",
    ],
    ["no plus", { options: null, invite: { ...invite, code: 32101 } }, "last_invite", "15005550001"],
    ["a foreign caller ID", { options: null, invite: { ...invite, code: 32204 } }, "last_invite", "12025550100"],
    ["no TLS", { options: null, invite: { ...invite, code: 32209, detail: "over UDP" } }, "last_invite", "over UDP"],
    ["no password", { options: null, invite: { ...invite, verdict: "challenged" } }, "last_invite", "407"],
    [
      "a challenge just now",
      { options: null, invite: { ...invite, verdict: "challenged", atMs: NOW_MS } },
      "last_invite",
      null,
    ],
    [
      "a call that went on",
      { options: null, invite: { ...invite, verdict: "routed", status: 200 } },
      "last_invite",
      null,
    ],
  ];
  it.each(cases)("%s", async (_title, contact, where, what) => {
    known.set(trunk, contact);
    for (const language of ["en", "ja"]) {
      const { status, body } = await get(`${trunk}/Contact?Language=${language}`);
      expect(status).toBe(200);
      const { problem } = body[where] as { problem: { what: string; remedy: string } | null };
      if (what === null) expect(problem).toBeNull();
      else if (language === "en") expect(problem?.what).toContain(what);
      else expect(problem?.remedy).toMatch(/[ぁ-ん]/);
    }
  });

  it("nothing is known while the edge starts; another account's trunk does not exist", async () => {
    expect((await get(`${bare}/Contact`)).status).toBe(503);
    const other = await api.addAccount();
    const { status } = await api.request("GET", `/trunkline/v1/Trunks/${trunk}/Contact`, { as: other });
    expect(status).toBe(404);
  });

  it("every answer fits the document", () => {
    expect([api.complaints, api.failures]).toEqual([[], []]);
  });
});
