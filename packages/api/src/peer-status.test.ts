import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OPERATOR, openTestApi, type TestApi } from "./api.fixture.ts";
import type { PeerStatus } from "./ports.ts";

const CARRIERS = "/trunkline/v1/Carriers";
const DOWN_MS = Date.UTC(2026, 0, 31, 12);

/** By owner, as an edge would say it. */
const known = new Map<string, PeerStatus>();
let api: TestApi;
beforeAll(async () => {
  api = await openTestApi({ peerStatus: { fetch: async (ownerSid) => known.get(ownerSid) } });
});
afterAll(async () => {
  await api.close();
});

const target = {
  sid: "CT1",
  sipUrl: "sip:a.example",
  health: "up",
  downSinceMs: null,
  failures: 1,
  isProbed: true,
} as const;

async function newCarrier(on: TestApi, FriendlyName: string): Promise<string> {
  const { body } = await on.request("POST", CARRIERS, { as: OPERATOR, form: { FriendlyName } });
  return String(body["sid"]);
}

describe("CAR-1: the state of a carrier", () => {
  it("its registration, the health of its targets, and its live calls", async () => {
    const sid = await newCarrier(api, "known");
    known.set(sid, {
      registration: {
        registrar: "sip:r.example",
        state: "failed",
        expiresAtMs: null,
        nextAtMs: DOWN_MS + 60_000,
        lastAnswer: { status: 403, reason: "Forbidden" },
      },
      targets: [target, { ...target, sid: "CT2", health: "down", downSinceMs: DOWN_MS, failures: 4, isProbed: false }],
      liveCalls: 3,
    });
    const { status, body } = await api.request("GET", `${CARRIERS}/${sid}/Status`, { as: OPERATOR });
    expect([status, body]).toEqual([
      200,
      {
        carrier_sid: sid,
        live_calls: 3,
        registration: {
          registrar: "sip:r.example",
          state: "failed",
          date_expires: null,
          date_next: "2026-01-31T12:01:00Z",
          last_status: 403,
          last_reason: "Forbidden",
        },
        targets: [
          { sid: "CT1", sip_url: "sip:a.example", health: "up", date_down: null, failures: 1, probed: true },
          {
            sid: "CT2",
            sip_url: "sip:a.example",
            health: "down",
            date_down: "2026-01-31T12:00:00Z",
            failures: 4,
            probed: false,
          },
        ],
        url: `${api.origin}${CARRIERS}/${sid}/Status`,
      },
    ]);
    expect((await api.request("GET", `${CARRIERS}/${sid}`, { as: OPERATOR })).body["links"]).toMatchObject({
      status: body["url"],
    });
    known.set(sid, { registration: null, targets: [], liveCalls: 0 });
    const plain = await api.request("GET", `${CARRIERS}/${sid}/Status`, { as: OPERATOR });
    expect(plain.body).toMatchObject({ registration: null, targets: [] });
  });

  it("is the operator's alone; 404 for no carrier, 503 while the edge is away", async () => {
    const sid = await newCarrier(api, "starting");
    expect((await api.request("GET", `${CARRIERS}/${sid}/Status`)).body).toMatchObject({ status: 403, code: 20003 });
    expect((await api.request("GET", `${CARRIERS}/CX${"f".repeat(32)}/Status`, { as: OPERATOR })).status).toBe(404);
    const { status, body } = await api.request("GET", `${CARRIERS}/${sid}/Status`, { as: OPERATOR });
    expect([status, body["message"]]).toEqual([503, expect.stringMatching(/^Nothing is known yet/)]);
  });
});

describe("ORIG-12: the health of a trunk's origination targets", () => {
  it("is its account's to see, and nobody else's", async () => {
    const trunk = await api.sdk().trunking.v1.trunks.create();
    known.set(trunk.sid, { registration: null, targets: [{ ...target, sid: "OU1" }], liveCalls: 1 });
    const path = `/trunkline/v1/Trunks/${trunk.sid}/TargetHealth`;
    const { status, body } = await api.request("GET", path);
    expect([status, body]).toEqual([
      200,
      {
        trunk_sid: trunk.sid,
        live_calls: 1,
        targets: [{ sid: "OU1", sip_url: "sip:a.example", health: "up", date_down: null, failures: 1, probed: true }],
        url: api.origin + path,
      },
    ]);
    const own = await api.request("GET", `/trunkline/v1/Trunks/${trunk.sid}`);
    expect(own.body["links"]).toMatchObject({ target_health: api.origin + path });
    expect((await api.request("GET", path, { as: await api.addAccount() })).status).toBe(404);
    expect((await api.request("GET", path.replace(trunk.sid, `TK${"f".repeat(32)}`))).status).toBe(404);
  });
});

it("a role without calls says where to ask (503), and no answer breaks the documents", async () => {
  const control = await openTestApi();
  const trunk = await control.sdk().trunking.v1.trunks.create();
  for (const [path, as] of [
    [`${CARRIERS}/${await newCarrier(control, "one")}/Status`, OPERATOR],
    [`/trunkline/v1/Trunks/${trunk.sid}/TargetHealth`, control.account],
  ] as const) {
    const { status, body } = await control.request("GET", path, { as });
    expect([status, body["message"]]).toEqual([503, expect.stringMatching(/carries no calls/)]);
  }
  expect([...control.complaints, ...api.complaints]).toEqual([]);
  await control.close();
});
