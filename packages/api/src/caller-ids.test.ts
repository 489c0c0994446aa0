import { afterEach, describe, expect, it } from "vitest";
import { OPERATOR, openTestApi, refusal, type TestApi } from "./api.fixture.ts";
import type { ApiDeps } from "./deps.ts";
import type { CallerIdVerification, CallerIdVerificationRequest } from "./ports.ts";

let api: TestApi;
afterEach(async () => {
  expect(api.complaints).toEqual([]);
  expect(api.failures).toEqual([]);
  await api.close();
});

/** The API over an edge that takes down what it is asked, and places every call unless told otherwise. */
async function open(answer: CallerIdVerification = { kind: "placed" }, deps: Partial<ApiDeps> = {}) {
  const asked: CallerIdVerificationRequest[] = [];
  const begin = async (request: CallerIdVerificationRequest): Promise<CallerIdVerification> => {
    asked.push(request);
    return answer;
  };
  api = await openTestApi({ callerIdVerification: { begin }, ...deps });
  return asked;
}

const NUMBER = "+14155550123";
const refused = (code: number, status: number): CallerIdVerification =>
  ({ kind: "refused", rejection: { status, code, detail: "So it is." } }) as CallerIdVerification;

describe("NUM-4: OutgoingCallerIds", () => {
  it("POST asks for a call and gives the code that the callee is to key in", async () => {
    const asked = await open();
    const request = await api.sdk().validationRequests.create({
      phoneNumber: NUMBER,
      friendlyName: "Front desk",
      callDelay: 20,
      extension: "12w34#",
      statusCallback: "https://example.com/verified",
      statusCallbackMethod: "GET",
    });
    expect(request).toMatchObject({
      accountSid: api.account.sid,
      phoneNumber: NUMBER,
      friendlyName: "Front desk",
      callSid: expect.stringMatching(/^CA[0-9a-f]{32}$/),
      validationCode: expect.stringMatching(/^\d{6}$/),
    });
    expect(asked).toEqual([
      {
        callSid: request.callSid,
        accountSid: api.account.sid,
        to: NUMBER,
        code: request.validationCode,
        extension: "12w34#",
        delayMs: 20_000,
        language: "en",
      },
    ]);
    // The caller ID is there when its owner has keyed in the code, and not before.
    expect(await api.sdk().outgoingCallerIds.list()).toEqual([]);
    await api.store.callerIdValidations.succeed(request.callSid);
    expect(await api.sdk().outgoingCallerIds.list()).toMatchObject([
      { phoneNumber: NUMBER, friendlyName: "Front desk" },
    ]);
  });

  it("speaks the language of the number's country, or the one asked for", async () => {
    const asked = await open();
    await api.sdk().validationRequests.create({ phoneNumber: "+81312345678" });
    const path = `/2010-04-01/Accounts/${api.account.sid}/OutgoingCallerIds.json`;
    const { status, body } = await api.request("POST", path, { form: { PhoneNumber: NUMBER, Language: "ja" } });
    expect([status, body["friendly_name"]]).toEqual([200, "(415) 555-0123"]);
    expect(asked.map(({ language }) => language)).toEqual(["ja", "ja"]);
  });

  it("lists by number and name, renames and deletes; another account's are not found", async () => {
    await open();
    const sdk = api.sdk();
    for (const [n, phoneNumber] of ["+14155550001", "+14155550002"].entries())
      await api.request("POST", "/trunkline/v1/CallerIds", {
        as: OPERATOR,
        form: { AccountSid: api.account.sid, PhoneNumber: phoneNumber, FriendlyName: `Desk ${n}` },
      });
    const [first, second] = await sdk.outgoingCallerIds.list();
    expect((await sdk.outgoingCallerIds.list({ phoneNumber: "+14155550002" })).map(({ sid }) => sid)).toEqual([
      second?.sid,
    ]);
    expect((await sdk.outgoingCallerIds.list({ friendlyName: "Desk 0" })).map(({ sid }) => sid)).toEqual([first?.sid]);
    const one = sdk.outgoingCallerIds(first?.sid ?? "");
    expect(await one.update({ friendlyName: "Hall" })).toMatchObject({
      friendlyName: "Hall",
      phoneNumber: "+14155550001",
    });
    expect((await refusal(one.update({ friendlyName: "x".repeat(65) }))).gist).toBe("400 20002");
    const stranger = api.sdk(await api.addAccount());
    expect((await refusal(stranger.outgoingCallerIds(first?.sid ?? "").fetch())).gist).toBe("404 20404");
    expect(await one.remove()).toBe(true);
    expect((await refusal(one.fetch())).gist).toBe("404 20404");
    expect(await sdk.outgoingCallerIds.list()).toHaveLength(1);
  });

  it("contract §5.2: says what is wrong with a request, and calls nobody", async () => {
    const asked = await open(undefined, { refusedHost: (host) => (host === "10.0.0.1" ? "it is private" : undefined) });
    const attempts: readonly [form: Record<string, string>, gist: string][] = [
      [{}, "400 21401"],
      [{ PhoneNumber: "415-555-0123" }, "400 21401"],
      [{ PhoneNumber: "" }, "400 21401"],
      [{ PhoneNumber: NUMBER, CallDelay: "61" }, "400 21454"],
      [{ PhoneNumber: NUMBER, CallDelay: "-1" }, "400 21454"],
      [{ PhoneNumber: NUMBER, CallDelay: "soon" }, "400 21454"],
      [{ PhoneNumber: NUMBER, Extension: "12; drop" }, "400 20422"],
      [{ PhoneNumber: NUMBER, Extension: "1".repeat(33) }, "400 20422"],
      [{ PhoneNumber: NUMBER, StatusCallback: "ftp://example.com" }, "400 21456"],
      [{ PhoneNumber: NUMBER, StatusCallback: "https://u:p@example.com" }, "400 21456"],
      [{ PhoneNumber: NUMBER, StatusCallback: "http://10.0.0.1/" }, "400 21456"],
      [{ PhoneNumber: NUMBER, StatusCallbackMethod: "PUT" }, "400 21403"],
      [{ PhoneNumber: NUMBER, FriendlyName: "x".repeat(65) }, "400 20002"],
      [{ PhoneNumber: NUMBER, Language: "de" }, "400 20422"],
    ];
    for (const [form, gist] of attempts) {
      const { status, body } = await api.request(
        "POST",
        `/2010-04-01/Accounts/${api.account.sid}/OutgoingCallerIds.json`,
        { form },
      );
      expect([form, `${status} ${body["code"]}`]).toEqual([form, gist]);
    }
    expect(asked).toEqual([]);
  });

  it("a number that is one already is not called (21450); another is called once at a time (429)", async () => {
    const asked = await open();
    const validate = (phoneNumber: string) => refusal(api.sdk().validationRequests.create({ phoneNumber }));
    const add = { AccountSid: api.account.sid, PhoneNumber: NUMBER };
    expect((await api.request("POST", "/trunkline/v1/CallerIds", { as: OPERATOR, form: add })).status).toBe(201);
    expect((await api.request("POST", "/trunkline/v1/CallerIds", { as: OPERATOR, form: add })).body["code"]).toBe(
      21450,
    );
    expect((await validate(NUMBER)).gist).toBe("400 21450");
    expect((await validate("+14155550777")).gist).toBe("accepted");
    const again = await validate("+14155550777");
    expect(again.gist).toBe("429 20429");
    expect(again.message).toContain("+14155550777 is being called");
    expect(asked).toHaveLength(1);
  });

  it("only operators vouch for a number without a call, for an account that there is", async () => {
    await open();
    const form = { AccountSid: api.account.sid, PhoneNumber: NUMBER };
    expect((await api.request("POST", "/trunkline/v1/CallerIds", { form })).status).toBe(403);
    const nobody = { ...form, AccountSid: `AC${"9".repeat(32)}` };
    expect((await api.request("POST", "/trunkline/v1/CallerIds", { as: OPERATOR, form: nobody })).body["code"]).toBe(
      20422,
    );
    const noNumber = { ...form, PhoneNumber: "12" };
    expect((await api.request("POST", "/trunkline/v1/CallerIds", { as: OPERATOR, form: noNumber })).body["code"]).toBe(
      21401,
    );
  });

  it.each<[title: string, answer: CallerIdVerification, gist: string]>([
    ["no permission to call there", refused(32205, 403), "400 21215"],
    ["an emergency number", refused(32101, 400), "400 21401"],
    ["no carrier", refused(13224, 404), "400 21214"],
    ["carriers that are full", refused(13224, 503), "503 20503"],
    ["an account at its limit", refused(32012, 503), "429 20429"],
    ["a platform that starts", { kind: "unavailable", why: "The platform is starting" }, "503 20503"],
  ])("a call that cannot be made (%s) is told at once and counts for nothing", async (_title, answer, gist) => {
    await open(answer);
    for (let n = 0; n < 6; n++) {
      const told = await refusal(api.sdk().validationRequests.create({ phoneNumber: NUMBER }));
      expect(told.gist).toBe(gist);
    }
  });

  it("a process without calls says so", async () => {
    api = await openTestApi();
    expect((await refusal(api.sdk().validationRequests.create({ phoneNumber: NUMBER }))).gist).toBe("503 20503");
  });
});

describe("NUM-4: keys pressed at the simulated PSTN", () => {
  const press = (to: string, digits: string, as = api.account) =>
    api.request("POST", "/trunkline/v1/SimulatedKeyPresses", { as, form: { To: to, Digits: digits } });

  it("are the operator's, and an account's where it is calling", async () => {
    const pressed: string[] = [];
    const live = {
      sid: `CA${"1".repeat(32)}`,
      trunkSid: "",
      direction: "outbound-api",
      from: "+12025550119",
      to: NUMBER,
    };
    await open(undefined, {
      simulatedPstn: {
        place: () => Promise.reject(new Error("not here")),
        fetch: async () => undefined,
        press: async (number, digits) => {
          pressed.push(`${number} ${digits}`);
          return number === NUMBER;
        },
      },
      liveCalls: {
        list: async (accountSid) =>
          accountSid === api.account.sid
            ? [{ ...live, accountSid, status: "in-progress", startedAtMs: 1, answeredAtMs: 2 }]
            : [],
        hangUp: async () => false,
      },
    });
    expect(await press(NUMBER, "123456")).toMatchObject({ status: 201, body: { to: NUMBER, digits: "123456" } });
    expect((await press("+14155550999", "1")).status).toBe(404);
    expect((await press("+14155550999", "1", OPERATOR)).status).toBe(404);
    expect((await press(NUMBER, "1", await api.addAccount())).status).toBe(404);
    expect((await press(NUMBER, "hello")).status).toBe(400);
    expect((await press("nobody", "1")).status).toBe(400);
    expect(pressed).toEqual([`${NUMBER} 123456`, "+14155550999 1"]);
    const listed = await api.request("GET", "/trunkline/v1/LiveCalls");
    expect(listed.body["live_calls"]).toMatchObject([{ trunk_sid: null, direction: "outbound-api" }]);
  });
});
