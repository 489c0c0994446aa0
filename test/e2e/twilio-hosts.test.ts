import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Platform, startPlatform } from "../support/platform.ts";
import { installTwilioCli } from "../support/twilio-cli.ts";
import { openTwilioHosts, type TwilioHosts } from "../support/twilio-hosts.ts";

const NODE = fileURLToPath(new URL("../../node_modules/.bin/node", import.meta.url));
const SDK_SCRIPT = fileURLToPath(new URL("../support/sdk-journey.mjs", import.meta.url));
const INSTALL_LIMIT_MS = 180_000;

let platform: Platform;
let hosts: TwilioHosts;
let cli: string;
let credentials: Record<string, string>;

beforeAll(async () => {
  platform = await startPlatform({ env: { TRUNKLINE_TRUSTED_PROXIES: "127.0.0.1" } });
  hosts = await openTwilioHosts(platform.api);
  cli = await installTwilioCli();
  const { accountSid, authToken } = platform.demo;
  credentials = { TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authToken };
}, INSTALL_LIMIT_MS);
afterAll(async () => {
  await hosts?.close();
  expect(await platform?.stop()).toBe(0);
});

type Row = Readonly<Record<string, unknown>>;

async function twilio(topic: string, ...flags: readonly string[]): Promise<readonly Row[]> {
  const said = await hosts.run([NODE, cli, topic, ...flags, "-o", "json", "-l", "none"], credentials);
  return said.trim() === "" ? [] : JSON.parse(said);
}

describe("API-2: clients that know no host but Twilio's", () => {
  it("the SDK, as it is", async () => {
    const said = await hosts.run([NODE, SDK_SCRIPT], { ...credentials, ZONE: platform.zone });
    expect(JSON.parse(said)).toEqual({
      domain: `sdk-journey.pstn.${platform.zone}`,
      regional: "sdk journey",
      pagedTrunks: 3,
      links: "https://trunking.twilio.com",
      numbers: 20,
      calls: 0,
      removed: true,
    });
  });

  it("twilio-cli lists, creates, changes and removes a trunk with what hangs on it", async () => {
    const [created] = await twilio(
      "api:trunking:v1:trunks:create",
      "--friendly-name=by the command line",
      `--domain-name=command-line.pstn.${platform.zone}`,
    );
    expect(created).toMatchObject({ friendlyName: "by the command line" });
    const sid = String(created?.["sid"]);
    const trunk = `--trunk-sid=${sid}`;
    await twilio(
      "api:trunking:v1:trunks:origination-urls:create",
      trunk,
      "--friendly-name=PBX",
      "--sip-url=sip:192.0.2.7",
      "--priority=10",
      "--weight=20",
      "--enabled",
    );
    expect(await twilio("api:trunking:v1:trunks:origination-urls:list", trunk)).toMatchObject([
      { sipUrl: "sip:192.0.2.7", priority: 10, weight: 20, enabled: true },
    ]);
    await twilio("api:trunking:v1:trunks:update", `--sid=${sid}`, "--secure");
    const listed = await twilio("api:trunking:v1:trunks:list");
    expect(listed).toContainEqual(expect.objectContaining({ sid, friendlyName: "by the command line", secure: true }));
    await twilio("api:trunking:v1:trunks:remove", `--sid=${sid}`);
    const left = await twilio("api:trunking:v1:trunks:list");
    expect(left.map((row) => row["sid"])).not.toContain(sid);
  }, 60_000);

  it("twilio-cli makes credential lists, and lists numbers, calls and alerts", async () => {
    const account = `--account-sid=${platform.demo.accountSid}`;
    const [list] = await twilio("api:core:sip:credential-lists:create", account, "--friendly-name=phones");
    await twilio(
      "api:core:sip:credential-lists:credentials:create",
      account,
      `--credential-list-sid=${String(list?.["sid"])}`,
      "--username=alice",
      "--password=Correct-horse-7",
    );
    expect(await twilio("phone-numbers:list")).toHaveLength(platform.demo.numbers.length);
    expect(await twilio("api:core:calls:list", account)).toEqual([]);
    expect(await twilio("api:monitor:v1:alerts:list")).toEqual([]);
  }, 60_000);

  it("twilio-cli says our words when a request is refused", async () => {
    const refused = hosts.run(
      [NODE, cli, "api:trunking:v1:trunks:create", "--domain-name=elsewhere.example.com"],
      credentials,
    );
    await expect(refused).rejects.toThrow(/pstn/);
  });
});
