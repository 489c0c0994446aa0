import { performance } from "node:perf_hooks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { freeUdpPort, type Platform, startPlatform } from "../support/platform.ts";
import { endOfSimulatedCall, type SimulatedCall } from "../support/simulated-call.ts";
import { haveSipp, startSipp } from "../support/sipp.ts";
import { type SdkError, twilioClient } from "../support/twilio-sdk.ts";

let platform: Platform;
beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(async () => {
  expect(await platform.stop()).toBe(0);
});

type Import = {
  readonly sid: string;
  readonly state: string;
  readonly rows_read: number;
  readonly rows_added: number;
  readonly rows_refused: number;
};

async function importFile(file: string): Promise<Import> {
  const { sid, token } = platform.operator;
  const authorization = `Basic ${Buffer.from(`${sid}:${token}`).toString("base64")}`;
  const response = await fetch(`${platform.api}/trunkline/v1/InventoryImports?MonthlyPrice=1.15`, {
    method: "POST",
    headers: { authorization, "content-type": "text/csv" },
    body: file,
  });
  expect(response.status).toBe(201);
  const begun = (await response.json()) as Import;
  return eventually(
    `end of import ${begun.sid}`,
    async () => {
      const now = await platform.get<Import>(`/trunkline/v1/InventoryImports/${begun.sid}`, "operator");
      return now.state === "running" ? undefined : now;
    },
    60_000,
  );
}

const client = () => twilioClient(platform.api, platform.demo.accountSid, platform.demo.authToken);

async function newAccount() {
  type Made = { sid: string; auth_token: string };
  const made = await platform.post<Made>("/2010-04-01/Accounts.json", { FriendlyName: "buyer" }, "operator");
  return twilioClient(platform.api, made.sid, made.auth_token);
}

describe("NUM-5: a hundred thousand numbers by CSV", () => {
  it("are for sale within a minute, and found by their digits at once", { timeout: 120_000 }, async () => {
    const rows = Array.from({ length: 100_000 }, (_unused, n) => `+1416${String(2_000_000 + n * 7)},Toronto,ON`);
    const file = ["PhoneNumber,Locality,Region", ...rows].join("\n");
    const begunMs = performance.now();
    expect(await importFile(file)).toMatchObject({
      state: "completed",
      rows_read: 100_000,
      rows_added: 100_000,
      rows_refused: 0,
    });
    expect(performance.now() - begunMs).toBeLessThan(60_000);
    const local = client().availablePhoneNumbers("CA").local;
    const some = await local.list({ areaCode: 416, inLocality: "toronto", limit: 60, pageSize: 30 });
    expect(new Set(some.map((number) => number.phoneNumber)).size).toBe(60);
    const found = await local.list({ contains: "2000007" });
    expect(found.map((number) => number.phoneNumber)).toEqual(["+14162000007"]);
  });
});

describe("NUM-1: purchase", () => {
  it("of ten buyers of one number at once, one gets it", async () => {
    const buyers = await Promise.all(Array.from({ length: 10 }, newAccount));
    const bought = await Promise.allSettled(
      buyers.map((buyer) => buyer.incomingPhoneNumbers.create({ phoneNumber: "+12025550130" })),
    );
    const refused = bought.flatMap((one) => (one.status === "rejected" ? [(one.reason as SdkError).code] : []));
    expect(refused).toEqual(Array(9).fill(21422));
  });

  it.skipIf(!haveSipp)("a number that was bought takes calls at once, and none after its release", async () => {
    const { incomingPhoneNumbers, trunking } = client();
    const domainName = `bought.pstn.${platform.zone}`;
    const trunk = await trunking.v1.trunks.create({ domainName });
    const port = await freeUdpPort("127.0.0.3");
    const pbx = { friendlyName: "PBX", sipUrl: `sip:127.0.0.3:${port}`, priority: 1, weight: 1, enabled: true };
    await trunking.v1.trunks(trunk.sid).originationUrls.create(pbx);
    const sipp = startSipp({ scenario: "uas.xml", address: "127.0.0.3", port, calls: 1, limitSec: 60 });

    const [offer] = await client().availablePhoneNumbers("US").local.list({ areaCode: 202, limit: 1 });
    const phoneNumber = offer?.phoneNumber ?? "";
    const number = await incomingPhoneNumbers.create({ phoneNumber, trunkSid: trunk.sid });
    const call = async () => {
      const form = { To: phoneNumber, From: "+14155550123", Behaviour: JSON.stringify({ hangupAfterMs: 500 }) };
      const placed = await platform.post<SimulatedCall>("/trunkline/v1/SimulatedCalls", form, "operator");
      return endOfSimulatedCall(platform, placed.sid, "operator");
    };
    expect(await call()).toMatchObject({ status: "completed", sip_status: 200 });
    expect((await sipp.done).successful).toBe(1);
    await incomingPhoneNumbers(number.sid).remove();
    expect(await call()).toMatchObject({ status: "failed", sip_status: 404 });
    const offers = await client().availablePhoneNumbers("US").local.list({ contains: phoneNumber });
    expect(offers).toEqual([]);
  });
});
