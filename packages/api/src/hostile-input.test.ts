import { createDirectory, simulate } from "@trunkline/trunking";
import { afterAll, beforeAll, expect, it } from "vitest";
import { OPERATOR, openTestApi, type TestAccount, type TestApi, ZONE } from "./api.fixture.ts";
import { VERSION_PREFIX } from "./product.ts";
import { routes } from "./resources/index.ts";
import type { Route } from "./route.ts";

const TRUNK = `TK${"a".repeat(32)}`;
const CARRIER = `CX${"a".repeat(32)}`;

let api: TestApi;
beforeAll(async () => {
  const facts = { random: () => 0, zone: ZONE, edge: "local", ownHosts: new Set<string>() };
  api = await openTestApi({ simulations: { run: async (call) => simulate(call, createDirectory(), facts) } }, false);
  await api.store.carriers.create({
    sid: CARRIER,
    friendlyName: "Carrier",
    enabled: true,
    priority: 1,
    retryStatuses: [503],
    ownNumbersOnly: false,
  });
  const { body } = await api.request("POST", "/v1/Trunks");
  trunkSid = String(body["sid"]);
  other = await api.addAccount();
});
afterAll(async () => {
  await api.close();
});
let trunkSid = TRUNK;
let other: TestAccount;

/** What nobody should send: wrong types, lists where one is meant and the other way round, nests, what SQL, SIP and HTTP are injected with. */
const hostile: readonly unknown[] = [
  null,
  true,
  -1,
  1e308,
  {},
  [[["a"]]],
  ["a", "b"],
  Array.from({ length: 5_000 }, () => "a"),
  "'; drop table accounts; --",
  "a\r\nVia: SIP/2.0/UDP evil",
  "\0\ud800",
  "__proto__",
  "9".repeat(400),
  "x".repeat(20_000),
];

/** Values that fit, so that one hostile parameter meets the code behind the form. */
const FITTING: Readonly<Record<string, unknown>> = {
  FriendlyName: "name",
  SipUrl: "sip:pbx.example.com",
  Priority: 1,
  Weight: 1,
  Enabled: true,
  Prefix: "*",
  Cidr: "192.0.2.0/24",
  OwnerSid: TRUNK,
  Destination: "JP",
  Source: "192.0.2.1",
  RequestUri: "sip:+14155550100@example.com",
  From: "+12025550100",
  To: "+12025550100",
  IpAddress: "192.0.2.1",
  Username: "user",
  Password: "Correct-Horse-42",
};

const posts = routes().filter(({ method }) => method === "POST");
it.each(posts.map((route) => [`${route.product} ${route.path}`, route] as const))(
  "%s takes or refuses whatever comes in each of its parameters, and never fails",
  async (_name, route) => {
    const required = Object.entries(route.form).filter(([, { schema }]) => !schema.safeParse(undefined).success);
    const rest = Object.fromEntries(required.map(([name]) => [name, FITTING[name]]));
    for (const name of Object.keys(route.form)) {
      for (const value of hostile) {
        const answer = await send(route, JSON.stringify({ ...rest, [name]: value }));
        expect([answer.status, name, value], JSON.stringify(answer.body)).toEqual([
          expect.toSatisfy((status: number) => status < 500 || status === 503),
          name,
          value,
        ]);
      }
    }
    for (const body of ["null", "[]", '"text"', "{", '{"__proto__":{"a":1}}', `${"[".repeat(5_000)}`])
      expect((await send(route, body)).status).toBeLessThan(504);
  },
);

/** Routes v2 has a path in common with Lookups, which tells of anything whether it is a number. */
const pathOf = ({ product, path }: Route): string =>
  `${product === "routes" ? "/routes" : ""}${VERSION_PREFIX[product]}${path}`;
const named = routes().filter(({ product, path }) => product !== "lookups" && /:(?!accountSid)/.test(path));
const paths = [...new Set(named.map(pathOf))];
it.each(paths)("%s: a name that is none is 404 (or not allowed), whoever asks", async (path) => {
  for (const name of ["'%20or%201=1", "%00", "..%2f..", "__proto__", "%F0%9F%92%A5", "x".repeat(200), "*", "+"]) {
    const filled = path.replace(":accountSid", api.account.sid).replace(/:\w+/g, name);
    for (const as of [api.account, OPERATOR])
      expect([400, 403, 404, 405], filled).toContain((await api.request("GET", filled, { as })).status);
  }
});

it.each([{}, { "Idempotency-Key": "deep" }])(
  "JSON nested thousands of levels deep is refused, with %j",
  async (headers) => {
    const json = `{"FriendlyName":${"[".repeat(30_000)}${"]".repeat(30_000)}}`;
    expect(await api.request("POST", "/v1/Trunks", { json, headers })).toMatchObject({
      status: 400,
      body: { code: 20422, message: expect.stringMatching(/nested too deeply/) },
    });
  },
);

it("no failure of ours was seen, and every answer had the right shape", () => {
  expect(api.failures).toEqual([]);
  expect(api.complaints).toEqual([]);
});

function send({ product, path }: Route, json: string) {
  const filled = path
    .replace(":accountSid", api.account.sid)
    .replace(":trunkSid", trunkSid)
    .replace(":carrierSid", CARRIER)
    .replace(/:\w+/g, path.startsWith("/Carriers") ? CARRIER : trunkSid);
  // As the operator for another account: its own auth token would be gone with the first promotion.
  if (path.startsWith("/AuthTokens")) {
    const headers = { "x-trunkline-account": other.sid };
    return api.request("POST", VERSION_PREFIX[product] + path, { as: OPERATOR, headers, json });
  }
  const as = path.startsWith("/Carriers") ? OPERATOR : api.account;
  return api.request("POST", VERSION_PREFIX[product] + filled, { as, json });
}
