import { expect, it } from "vitest";
import { CARRIER, DOMAIN, EdgeWorld, NUMBER, PBX } from "./edge-world.fixture.ts";

const call = {
  source: PBX,
  requestUri: `sip:+15005550001@${DOMAIN}`,
  from: NUMBER,
  to: null,
  atMs: 0,
  secure: false,
};

it("EVD-3: a dry run at the edge routes as a call would, calls nobody and leaves no trace behind", async () => {
  const world = new EdgeWorld();
  const carrier = world.phone(CARRIER);
  const before = world.core.metrics();
  const simulation = world.core.simulate(call);
  expect(simulation).toMatchObject({
    kind: "ok",
    decision: { kind: "dial", attempts: [{ uri: `sip:+15005550001@${CARRIER}` }, {}] },
  });
  await world.pass(1_000);
  expect(carrier.heard).toEqual([]);
  expect(world.events).toEqual([]);
  expect(world.core.metrics()).toEqual(before);
});

it("EVD-3: no dry run before there is a directory", () => {
  expect(new EdgeWorld({ isEmpty: true }).core.simulate(call)).toBeUndefined();
});
