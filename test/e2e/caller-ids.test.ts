import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { placeTestCall, type TestCallReport } from "@trunkline/pstn";
import twilio from "twilio";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { type Platform, startPlatform } from "../support/platform.ts";
import { twilioClient } from "../support/twilio-sdk.ts";
import { openWebReceiver, type Received, type WebReceiver } from "../support/web-receiver.ts";

/** Somebody's telephone at the simulated PSTN, which answers and waits for what is keyed in. */
const PHONE = "+12125550142";
const LIMIT_MS = 90_000;

let platform: Platform;
let web: WebReceiver;
beforeAll(async () => {
  platform = await startPlatform();
  web = await openWebReceiver();
});
afterAll(async () => {
  expect(await platform.stop()).toBe(0);
  await web.close();
});

const sdk = (on = platform): twilio.Twilio => twilioClient(on.api, on.demo.accountSid, on.demo.authToken);

function validate(phoneNumber: string, on = platform) {
  return sdk(on).validationRequests.create({ phoneNumber, statusCallback: `${web.url}/verified` });
}

/** Keys in digits as soon as the telephone is being called. */
async function press(to: string, digits: string): Promise<void> {
  await eventually("a telephone that is called", () =>
    platform.post("/trunkline/v1/SimulatedKeyPresses", { To: to, Digits: digits }).catch(() => undefined),
  );
}

/** What the callback said of that call. */
function callbackOf(callSid: string): Promise<Received> {
  const find = async () => web.received.find(({ params }) => params["CallSid"] === callSid);
  return eventually("the status callback", find, LIMIT_MS);
}

/** A termination call of the demo user that shows that number. */
function callFrom(from: string): Promise<TestCallReport> {
  const { domain, username, password } = platform.demo;
  return placeTestCall({
    ...{ bind: "127.0.0.1", domain, username, password, from },
    to: "+15005552300",
    target: { host: platform.sipHost, port: platform.sipPort },
    talkMs: 200,
    onStep: () => undefined,
  });
}

describe("NUM-4: a caller ID is verified by a real call", { timeout: 2 * LIMIT_MS }, () => {
  it("TERM-5: the number that was refused is shown once its owner has keyed in the code, and is refused again when deleted", async () => {
    expect(await callFrom(PHONE)).toMatchObject({
      outcome: "refused",
      status: 403,
      error: expect.stringMatching(/^32204 /),
    });
    const { callSid, validationCode } = await validate(PHONE);
    await press(PHONE, validationCode);
    const callback = await callbackOf(callSid);
    const { params, headers, url } = callback;
    expect(twilio.validateRequest(platform.demo.authToken, headers["x-twilio-signature"] ?? "", url, params)).toBe(
      true,
    );
    const [callerId] = await sdk().outgoingCallerIds.list({ phoneNumber: PHONE });
    expect(params).toEqual({
      AccountSid: platform.demo.accountSid,
      ApiVersion: "2010-04-01",
      CallSid: callSid,
      To: PHONE,
      Called: PHONE,
      Direction: "outbound-api",
      VerificationStatus: "success",
      OutgoingCallerIdSid: callerId?.sid,
    });
    expect(callerId?.friendlyName).toBe("(212) 555-0142");
    expect(await callFrom(PHONE)).toMatchObject({ outcome: "answered" });

    // It says so and hangs up by itself; its call is in the log like any other.
    const call = await eventually("the call's end", async () => {
      const found = await sdk().calls(callSid).fetch();
      return found.status === "completed" ? found : undefined;
    });
    expect(call).toMatchObject({ direction: "outbound-api", to: PHONE, from: "+12025550119" });
    type Leg = { readonly leg: string; readonly codec: string; readonly packets_received: number };
    const { legs } = await platform.get<{ legs: readonly Leg[] }>(`/trunkline/v1/Calls/${callSid}/Quality`);
    // Our voice is leg a; five seconds of prompt are 250 packets, whether or not the first one was cut short.
    for (const leg of legs) expect(leg).toMatchObject({ codec: "PCMU", packets_received: expect.any(Number) });
    expect(Math.min(...legs.map((leg) => leg.packets_received))).toBeGreaterThan(100);
    const { steps } = await platform.get<{ steps: { rule: string }[] }>(`/trunkline/v1/Calls/${callSid}/Trace`);
    expect(steps.map(({ rule }) => rule)).toContain("own-call.carrier");

    expect(
      await sdk()
        .outgoingCallerIds(callerId?.sid ?? "")
        .remove(),
    ).toBe(true);
    expect(await callFrom(PHONE)).toMatchObject({ outcome: "refused", status: 403 });
  });

  it("three wrong codes, a telephone that is busy and one that hangs up have failed, and their caller IDs are not there", async () => {
    const [wrong, hasty] = ["+12125550143", "+15005552701"];
    const first = await validate(wrong);
    const bad = first.validationCode === "000000" ? "111111" : "000000";
    await press(wrong, bad.repeat(3));
    const others = await Promise.all([validate("+15005551486"), validate(hasty)]);
    for (const { callSid } of [first, ...others]) {
      expect((await callbackOf(callSid)).params).toMatchObject({ VerificationStatus: "failed" });
    }
    expect(web.received.at(-1)?.params).not.toHaveProperty("OutgoingCallerIdSid");
    expect(await sdk().outgoingCallerIds.list()).toEqual([]);
    expect((await sdk().calls(others[0].callSid).fetch()).status).toBe("busy");
  });

  it("of two that ask for one number at once, one is called", async () => {
    const number = "+15005552702";
    const asked = await Promise.allSettled([validate(number), validate(number)]);
    expect(asked.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const refused = asked.find((one) => one.status === "rejected");
    expect(refused?.reason).toMatchObject({ status: 429, code: 20429 });
  });
});

it("NUM-4, OPS-2: a kill -9 amid the call fails the verification, and the customer is told", {
  timeout: 2 * LIMIT_MS,
}, async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "trunkline-caller-ids-"));
  const number = "+12125550144";
  let again: Platform | undefined;
  try {
    const first = await startPlatform({ dataDir });
    const { callSid } = await validate(number, first);
    await eventually("the answer", async () => {
      const { live_calls: live } = await first.get<{ live_calls: { status: string }[] }>("/trunkline/v1/LiveCalls");
      return live.some(({ status }) => status === "in-progress") || undefined;
    });
    await first.crash();
    again = await startPlatform({ dataDir });
    expect((await callbackOf(callSid)).params).toMatchObject({ VerificationStatus: "failed", To: number });
    expect(await sdk(again).outgoingCallerIds.list()).toEqual([]);
  } finally {
    await again?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
});
