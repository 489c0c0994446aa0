import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { trunkline } from "../support/cli.ts";
import { eventually } from "../support/eventually.ts";
import { type Platform, startPlatform } from "../support/platform.ts";

type Verdict = { readonly verdict: string; readonly sip_status: number | null; readonly error_code: number | null };
type Replay = {
  readonly calls: number;
  readonly unchanged: number;
  readonly unjudged: number;
  readonly changed: readonly {
    readonly call_sid: string;
    readonly to: string;
    readonly before: Verdict;
    readonly after: Verdict;
  }[];
};

let platform: Platform;
let trunkSid: string;

beforeAll(async () => {
  platform = await startPlatform();
  const { trunks } = await platform.get<{ trunks: { sid: string }[] }>("/v1/Trunks");
  trunkSid = trunks[0]?.sid ?? "";
}, 90_000);
afterAll(async () => {
  expect(await platform.stop()).toBe(0);
});

async function post(path: string, form: Readonly<Record<string, string>>): Promise<{ status: number; body: unknown }> {
  const { accountSid, authToken } = platform.demo;
  const answer = await fetch(platform.api + path, {
    method: "POST",
    headers: { authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString("base64")}` },
    body: new URLSearchParams(form),
  });
  return { status: answer.status, body: await answer.json() };
}

async function replay(change: object, more: Readonly<Record<string, string>> = {}): Promise<Replay> {
  const { status, body } = await post("/trunkline/v1/Replays", { Change: JSON.stringify(change), ...more });
  expect(status, JSON.stringify(body)).toBe(201);
  return body as Replay;
}

async function call(number: string): Promise<{ callSid: string; status: number }> {
  const { out } = await trunkline(["call", number, "--seconds", "1", "--json"], {
    TRUNKLINE_DATA_DIR: platform.dataDir,
  });
  return JSON.parse(out) as { callSid: string; status: number };
}

describe("EVD-3: what would change", () => {
  it("says what a change would do to the latest calls, changes nothing, and is right about it", async () => {
    const made = await call("+15005552300");
    expect(made.status).toBe(200);
    await eventually("the call's end in the log", async () => {
      const { date_ended } = await platform.get<{ date_ended: string | null }>(`/trunkline/v1/Calls/${made.callSid}`);
      return date_ended ?? undefined;
    });
    const same = await replay({ trunks: [{ sid: trunkSid, secure: false }] });
    expect(same).toMatchObject({ calls: 1, unchanged: 1, unjudged: 0, changed: [] });
    const secure = await replay({ trunks: [{ sid: trunkSid, secure: true }] }, { TrunkSid: trunkSid });
    expect(secure.changed).toMatchObject([
      {
        call_sid: made.callSid,
        before: { verdict: "pass", sip_status: null },
        after: { verdict: "refuse", sip_status: 488, error_code: 32209 },
      },
    ]);
    const forbidden = await replay({
      geo_permissions: [{ destination: "*", low_risk_numbers_enabled: false }],
    });
    expect(forbidden.changed).toMatchObject([{ after: { verdict: "refuse", sip_status: 403, error_code: 32205 } }]);
    expect((await call("+15005552300")).status).toBe(200);
    expect((await post(`/v1/Trunks/${trunkSid}`, { Secure: "true" })).status).toBe(200);
    expect((await call("+15005552300")).status).toBe(488);
  });

  it.each<[string, Readonly<Record<string, string>>, RegExp]>([
    ["no change", {}, /Change/],
    ["an empty one", { Change: "{}" }, /names nothing that changes/],
    ["what is no JSON", { Change: "secure" }, /Change/],
    ["a field that is none", { Change: '{"trunks":[{"sid":"TK1","colour":"red"}]}' }, /Change.*(sid|colour)/],
    ["a trunk that is none", { Change: `{"trunks":[{"sid":"TK${"0".repeat(32)}"}]}` }, /there is no trunk TK0/],
    ["too many calls", { Change: '{"trunks":[]}', Calls: "5000" }, /Calls|trunks/],
  ])("refuses %s with a word about it", async (_title, form, message) => {
    const { status, body } = await post("/trunkline/v1/Replays", form);
    expect(status).toBe(400);
    expect((body as { message: string }).message).toMatch(message);
  });
});
