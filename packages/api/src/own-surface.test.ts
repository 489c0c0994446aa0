import type { CallRecord } from "@trunkline/trunking";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { documents, OPERATOR, openTestApi, type TestApi } from "./api.fixture.ts";
import type { LiveCall, SimulatedCall, SimulatedCallRequest } from "./ports.ts";

const live: LiveCall[] = [];
const placed: SimulatedCallRequest[] = [];
const simulated = (request: SimulatedCallRequest): SimulatedCall => ({
  sid: `CA${"5".repeat(32)}`,
  to: request.to,
  from: request.from,
  status: "calling",
  sipStatus: null,
  reason: null,
  callSid: null,
  toneHz: null,
  digits: "",
  packetsReceived: 0,
});

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi({
    liveCalls: {
      list: async (accountSid) => live.filter((call) => call.accountSid === accountSid),
      hangUp: async (_accountSid, sid) => {
        const at = live.findIndex((call) => call.sid === sid);
        return at >= 0 && live.splice(at, 1).length === 1;
      },
    },
    simulatedPstn: {
      place: async (request) => {
        placed.push(request);
        return simulated(request);
      },
      fetch: async (sid) => placed.map(simulated).find((call) => call.sid === sid),
      press: async () => false,
    },
  });
});
afterAll(async () => {
  await api.close();
});

const trunkSid = `TK${"c".repeat(32)}`;
const callSid = `CA${"a".repeat(32)}`;

function refusedCall(): CallRecord {
  return {
    sid: callSid,
    revision: 2,
    accountSid: api.account.sid,
    trunkSid,
    direction: "trunking-terminating",
    from: "+12025550100",
    to: "+12025550199",
    callerName: null,
    phoneNumberSid: null,
    status: "failed",
    createdAtMs: 1_772_323_200_000,
    answeredAtMs: null,
    endedAtMs: 1_772_323_201_000,
    durationSec: 0,
    sipCallIdA: "a@pbx",
    sipCallIdB: null,
    source: "udp:203.0.113.7:5060",
    endedBy: "platform",
    sipStatus: 403,
    reason: "Forbidden",
    errorCode: 32204,
    attempts: [
      {
        uri: "sip:+12025550199@carrier",
        carrierSid: `CX${"1".repeat(32)}`,
        originationUrlSid: null,
        startedAtMs: 1_772_323_200_100,
        status: 503,
        reason: "Busy",
      },
    ],
    quality: [
      {
        leg: "a",
        codec: "PCMU",
        packetsReceived: 500,
        bytesReceived: 80_000,
        packetsLost: 1,
        jitterMs: 0.4,
        roundTripMs: null,
        mos: 4.4,
        sourceChanges: 0,
        srtp: true,
        packetsRejected: 3,
      },
    ],
    recordings: [],
    trace: [
      { rule: "termination.trunk", input: "demo", verdict: "pass", detail: "The trunk is known.", atMs: 0 },
      { rule: "termination.caller-id", input: "+1", verdict: "refuse", detail: "Not yours.", atMs: 0 },
    ],
  };
}

describe("evidence of a call (EVD-1)", () => {
  it("the decision trace comes in order, the quality by leg, the SIP side with the targets tried", async () => {
    await api.store.callRecordSink.save([refusedCall()]);
    const trace = await api.request("GET", `/trunkline/v1/Calls/${callSid}/Trace`);
    expect(trace.body).toEqual({
      call_sid: callSid,
      account_sid: api.account.sid,
      steps: [
        { rule: "termination.trunk", input: "demo", verdict: "pass", detail: "The trunk is known.", at_ms: 0 },
        { rule: "termination.caller-id", input: "+1", verdict: "refuse", detail: "Not yours.", at_ms: 0 },
      ],
      url: `${api.origin}/trunkline/v1/Calls/${callSid}/Trace`,
    });
    const quality = await api.request("GET", `/trunkline/v1/Calls/${callSid}/Quality`);
    expect(quality.body["legs"]).toMatchObject([
      {
        leg: "a",
        codec: "PCMU",
        packets_received: 500,
        mos: 4.4,
        round_trip_ms: null,
        srtp: true,
        packets_rejected: 3,
      },
    ]);
    const call = await api.request("GET", `/trunkline/v1/Calls/${callSid}`);
    expect(call.body).toMatchObject({
      sip_status: 403,
      error_code: 32204,
      ended_by: "platform",
      attempts: [{ status: 503 }],
    });
  });

  it("another account's call is 404", async () => {
    const as = await api.addAccount();
    const answer = await api.request("GET", `/trunkline/v1/Calls/${callSid}/Trace`, { as });
    expect(answer.body["message"]).toBe(`The requested resource /Calls/${callSid}/Trace was not found`);
  });
});

describe("live calls (EVD-5)", () => {
  it("are listed oldest first in pages, and hung up by DELETE", async () => {
    for (const n of [3, 1, 2]) {
      live.push({
        sid: `CA${String(n).repeat(32)}`,
        accountSid: api.account.sid,
        trunkSid,
        direction: "trunking-terminating",
        from: "+12025550100",
        to: "+12025550199",
        status: n === 1 ? "in-progress" : "ringing",
        startedAtMs: n * 1000,
        answeredAtMs: n === 1 ? 2000 : null,
      });
    }
    const seen: string[] = [];
    let path: string | null = "/trunkline/v1/LiveCalls?PageSize=2";
    while (path !== null) {
      const page = await api.request("GET", path);
      seen.push(...(page.body["live_calls"] as { sid: string }[]).map((call) => call.sid.slice(2, 3)));
      const { next_page_url: next } = page.body["meta"] as { next_page_url: string | null };
      path = next === null ? null : next.slice(api.origin.length);
    }
    expect(seen).toEqual(["1", "2", "3"]);
    expect((await api.request("DELETE", `/trunkline/v1/LiveCalls/CA${"2".repeat(32)}`)).status).toBe(204);
    expect(live.map((call) => call.startedAtMs)).toEqual([3000, 1000]);
    const as = await api.addAccount();
    expect((await api.request("DELETE", `/trunkline/v1/LiveCalls/CA${"1".repeat(32)}`, { as })).status).toBe(404);
  });
});

describe("simulated calls (interface §3)", () => {
  it("a + that was not encoded in the form is told of", async () => {
    const form = "To=+12025550150&From=+12025550900";
    const response = await api.request("POST", "/trunkline/v1/SimulatedCalls", { form });
    expect(response.status).toBe(400);
    expect(response.body).toMatchObject({ code: 21421, message: expect.stringMatching(/^To .* writes \+ as %2B/) });
  });

  it("an account calls its own number only; the operator any", async () => {
    const form = {
      To: "+12025550150",
      From: "+12025550900",
      Behaviour: '{"audio":"tone","digits":"12#","hangupAfterMs":1500}',
    };
    const path = "/trunkline/v1/SimulatedCalls";
    expect((await api.request("POST", path, { form })).body).toMatchObject({
      code: 21421,
      message: expect.stringMatching(/is not a number of this account/),
    });
    expect((await api.request("POST", path, { form, as: OPERATOR })).status).toBe(201);
    await api.stock("+12025550150");
    await api.sdk().incomingPhoneNumbers.create({ phoneNumber: "+12025550150" });
    const made = await api.request("POST", path, { form });
    expect(made.body).toMatchObject({ to: "+12025550150", status: "calling", call_sid: null });
    expect(placed.at(-1)).toEqual({
      to: "+12025550150",
      from: "+12025550900",
      callerName: null,
      behaviour: { audio: "tone", digits: "12#", hangupAfterMs: 1500, giveUpAfterMs: 60_000 },
    });
    expect((await api.request("GET", `${path}/${String(made.body["sid"])}`)).status).toBe(200);
    const as = await api.addAccount();
    expect((await api.request("GET", `${path}/${String(made.body["sid"])}`, { as })).status).toBe(404);
  });

  it("Behaviour is one word, an object in a JSON body, or left out", async () => {
    const call = { To: "+12025550150", From: "+12025550900" };
    for (const Behaviour of [undefined, "tone", { audio: "none" }]) {
      await api.request("POST", "/trunkline/v1/SimulatedCalls", {
        json: JSON.stringify({ ...call, Behaviour }),
        as: OPERATOR,
      });
    }
    expect(placed.slice(-3).map(({ behaviour }) => behaviour.audio)).toEqual(["echo", "tone", "none"]);
  });

  const refused: [change: Record<string, string>, says: RegExp][] = [
    [{ To: "12025550150" }, /To must be in E\.164 form/],
    [{ From: "anonymous" }, /From must be in E\.164 form/],
    [{ Behaviour: "sing" }, /Behaviour must be silence, tone, echo or none, or a JSON object, not "sing"/],
    [{ Behaviour: '{"audio"' }, /Behaviour must be silence/],
    [{ Behaviour: '["tone"]' }, /Behaviour must be an object/],
    [{ Behaviour: '{"digits":"abc"}' }, /Behaviour digits must be up to 64/],
    [{ Behaviour: '{"giveUpAfterMs":-1}' }, /giveUpAfterMs must be a whole number from 0/],
    [{ Behaviour: '{"colour":"red"}' }, /must be an object of audio, digits/],
  ];
  it.each(refused)("%o is refused", async (change, says) => {
    const form = { To: "+12025550150", From: "+12025550900", ...change };
    const answer = await api.request("POST", "/trunkline/v1/SimulatedCalls", { form, as: OPERATOR });
    expect(answer.status).toBe(400);
    expect(answer.body["message"]).toMatch(says);
  });
});

describe("what Twilio's API lacks of a trunk (interface §3)", () => {
  it("symmetric RTP and failover are set, shown on both surfaces and cleared", async () => {
    const trunk = await api.sdk().trunking.v1.trunks.create();
    const path = `/trunkline/v1/Trunks/${trunk.sid}`;
    expect((await api.request("GET", path)).body).toMatchObject({
      symmetric_rtp_enabled: false,
      failover_codes: null,
      failover_timeout_ms: null,
    });
    const form = "SymmetricRtpEnabled=true&FailoverCodes=486,404&FailoverCodes=404&FailoverTimeoutMs=2500";
    expect((await api.request("POST", path, { form })).body).toMatchObject({
      symmetric_rtp_enabled: true,
      failover_codes: [404, 486],
      failover_timeout_ms: 2500,
    });
    expect((await api.sdk().trunking.v1.trunks(trunk.sid).fetch()).symmetricRtpEnabled).toBe(true);
    const cleared = await api.request("POST", path, { form: "FailoverCodes=&FailoverTimeoutMs=" });
    expect(cleared.body).toMatchObject({
      symmetric_rtp_enabled: true,
      failover_codes: null,
      failover_timeout_ms: null,
    });
    expect((await api.request("POST", path, { form: "FailoverCodes=200" })).body["message"]).toMatch(/from 300 to 699/);
  });
});

describe("the operator's area", () => {
  it("carriers are listed to the operator and nobody else (403)", async () => {
    const sid = `CX${"7".repeat(32)}`;
    await api.store.carriers.create({
      sid,
      friendlyName: "Simulated PSTN",
      enabled: true,
      priority: 1,
      retryStatuses: [503],
      ownNumbersOnly: false,
    });
    const list = await api.request("GET", "/trunkline/v1/Carriers", { as: OPERATOR });
    expect(list.body["carriers"]).toMatchObject([
      { sid, friendly_name: "Simulated PSTN", enabled: true, retry_causes: [503] },
    ]);
    expect((await api.request("GET", "/trunkline/v1/Carriers")).body).toMatchObject({ status: 403, code: 20003 });
  });
});

describe("the OpenAPI document (API-4)", () => {
  it("is served to everyone and describes each request of our own surface", async () => {
    const { status, body } = await api.request("GET", "/trunkline/v1/openapi.json", { as: null });
    expect(status).toBe(200);
    const paths = body["paths"] as Record<string, Record<string, Record<string, unknown>>>;
    expect(body["openapi"]).toBe("3.1.0");
    const described = Object.entries(paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method} ${path}`),
    );
    for (const request of [
      "get /trunkline/v1/Calls",
      "get /trunkline/v1/Calls/{sid}",
      "get /trunkline/v1/Calls.csv",
      "get /trunkline/v1/Calls/{sid}/Trace",
      "get /trunkline/v1/Calls/{sid}/Quality",
      "get /trunkline/v1/Recordings",
      "get /trunkline/v1/Recordings/{sid}",
      "get /trunkline/v1/DebuggerWebhook",
      "post /trunkline/v1/DebuggerWebhook",
      "delete /trunkline/v1/DebuggerWebhook",
      "get /trunkline/v1/ErrorCodes",
      "get /trunkline/v1/ErrorCodes/{code}",
      "get /trunkline/v1/LiveCalls",
      "get /trunkline/v1/LiveCalls/{sid}",
      "delete /trunkline/v1/LiveCalls/{sid}",
      "post /trunkline/v1/SimulatedCalls",
      "get /trunkline/v1/SimulatedCalls/{sid}",
      "get /trunkline/v1/Trunks",
      "get /trunkline/v1/Trunks/{sid}",
      "post /trunkline/v1/Trunks/{sid}",
      "get /trunkline/v1/AccountSettings",
      "post /trunkline/v1/AccountSettings",
      "get /trunkline/v1/GeoPermissions",
      "post /trunkline/v1/GeoPermissions",
      "get /trunkline/v1/GeoPermissions/{sid}",
      "post /trunkline/v1/GeoPermissions/{sid}",
      "delete /trunkline/v1/GeoPermissions/{sid}",
      "get /trunkline/v1/Limits",
      "post /trunkline/v1/Limits",
      "get /trunkline/v1/Limits/{sid}",
      "post /trunkline/v1/Limits/{sid}",
      "delete /trunkline/v1/Limits/{sid}",
      "post /trunkline/v1/Simulations",
      "get /trunkline/v1/Carriers",
      "post /trunkline/v1/Carriers",
      "get /trunkline/v1/Carriers/{sid}",
      "post /trunkline/v1/Carriers/{sid}",
      "delete /trunkline/v1/Carriers/{sid}",
      ...["Targets", "Prefixes", "Sources"].flatMap((part) => [
        `get /trunkline/v1/Carriers/{carrierSid}/${part}`,
        `post /trunkline/v1/Carriers/{carrierSid}/${part}`,
        `get /trunkline/v1/Carriers/{carrierSid}/${part}/{sid}`,
        `post /trunkline/v1/Carriers/{carrierSid}/${part}/{sid}`,
        `delete /trunkline/v1/Carriers/{carrierSid}/${part}/{sid}`,
      ]),
      "get /trunkline/v1/Carriers/{carrierSid}/Status",
      "get /trunkline/v1/Trunks/{trunkSid}/TargetHealth",
    ]) {
      expect(described).toContain(request);
    }
    expect(paths["/trunkline/v1/SimulatedCalls"]?.["post"]).toMatchObject({
      requestBody: {
        content: {
          "application/json": {
            schema: {
              required: ["To", "From"],
              properties: { Behaviour: { properties: { audio: { enum: ["silence", "tone", "echo", "none"] } } } },
            },
          },
        },
      },
    });
  });
});

describe("the check itself", () => {
  const call = { call_sid: callSid, account_sid: `AC${"a".repeat(32)}`, steps: [], url: "http://x/" };
  const wrong: [what: string, status: number, body: unknown, complaint: RegExp][] = [
    ["a missing key", 200, { ...call, url: undefined }, /must have required property 'url'/],
    ["an invented key", 200, { ...call, more: 1 }, /must NOT have additional properties/],
    ["a wrong type", 200, { ...call, steps: "none" }, /\/steps must be array/],
    ["an unknown status", 202, call, /know no such answer/],
    ["an error of another shape", 404, { error: "no" }, /not an error body/],
  ];
  it.each(wrong)("complains of %s", (_what, status, body, complaint) => {
    const path = `/trunkline/v1/Calls/${callSid}/Trace`;
    const plain: unknown = JSON.parse(JSON.stringify(body));
    expect(documents.complaints({ method: "GET", path, status: 200, body: call })).toEqual([]);
    expect(documents.complaints({ method: "GET", path, status, body: plain }).join()).toMatch(complaint);
  });
});

it("every answer above agrees with the document that is served", () => {
  expect(api.complaints).toEqual([]);
  expect(api.failures).toEqual([]);
});
