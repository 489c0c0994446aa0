import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestApi, type TestApi } from "./api.fixture.ts";
import type { NetworkFacts } from "./network-facts.ts";

const FACTS: NetworkFacts = {
  zone: "example.com",
  edge: "tokyo",
  sip: [
    { transport: "udp", address: "203.0.113.5", port: 5060 },
    { transport: "tls", address: "203.0.113.5", port: 5061 },
    { transport: "udp", address: "2001:db8::5", port: 5060 },
  ],
  rtpPorts: { from: 10_000, to: 60_000 },
  caPath: "/ca.pem",
  caFingerprint: "AA:BB",
  httpUrl: "https://trunks.example.com",
};

let api: TestApi;
let bare: TestApi;
beforeAll(async () => {
  api = await openTestApi({ network: FACTS });
  bare = await openTestApi();
  await api.store.edgeLocations.upsert({ name: "osaka", aliases: ["jp1"] });
});
afterAll(() => Promise.all([api.close(), bare.close()]));

describe("NET-3: /trunkline/v1/Network", () => {
  it("tells where signalling and media are, and where the root certificate is", async () => {
    const { status, body } = await api.request("GET", "/trunkline/v1/Network", { as: api.account });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      zone: "example.com",
      edge: "tokyo",
      trunk_domain_suffix: ".pstn.example.com",
      edges: [{ name: "osaka", aliases: ["jp1"], trunk_domain_suffix: ".pstn.osaka.example.com" }],
      signalling: FACTS.sip,
      media: { addresses: ["203.0.113.5", "2001:db8::5"], transport: "udp", port_from: 10_000, port_to: 60_000 },
      ca_certificate_url: "https://trunks.example.com/ca.pem",
      ca_certificate_sha256: "AA:BB",
    });
  });

  it("says 503 where nothing is known", async () => {
    expect(await bare.request("GET", "/trunkline/v1/Network", { as: bare.account })).toMatchObject({ status: 503 });
  });

  it.each([
    ["ConcurrentCalls=30", 200, { kbits_per_second: 3_000, kbits_per_call: 100, concurrent_calls: 30 }],
    ["ConcurrentCalls=0", 400, {}],
    ["ConcurrentCalls=1e3", 400, {}],
    ["", 400, {}],
  ])("bandwidth of %s", async (query, status, body) => {
    const answer = await api.request("GET", `/trunkline/v1/Network/Bandwidth?${query}`, { as: api.account });
    expect(answer).toMatchObject({ status, body });
  });
});
