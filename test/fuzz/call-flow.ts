import { CARRIERS, EDGE, NUMBER, PBXES, TRUNK_DOMAIN, USER } from "../simulation/configuration.ts";
import { Party } from "../simulation/party.ts";
import type { TimedAct } from "../simulation/party-call.ts";
import { World } from "../simulation/world.ts";

const FAIR = { loss: 0, duplication: 0, reordering: 0, reorderMs: 0, delayMs: 10, jitterMs: 0 };
const LIMIT_MS = 600_000;

const ACTS: readonly TimedAct[] = [
  { afterMs: 200, act: "hold" },
  { afterMs: 1_000, act: "hold by UPDATE" },
  { afterMs: 2_000, act: "late offer" },
  { afterMs: 3_000, act: "INFO" },
  { afterMs: 5_000, act: "BYE" },
];

/** Every different message of a challenged termination and of an origination with hold, UPDATE, late offer and INFO, and of a cancelled call. */
export async function recordCallFlow(): Promise<readonly string[]> {
  const world = new World(1, FAIR);
  const wires = new Set<string>();
  world.watch = ({ wire }) => void wires.add(wire);
  const pbx = world.join("pbx", new Party(world.network, PBXES[0]));
  const carrier = world.join("carrier", new Party(world.network, CARRIERS[0]));
  for (const party of [pbx, carrier]) {
    party.answering = { kind: "answer", ringAfterMs: 100, earlyMedia: true, answerAfterMs: 500 };
  }
  const called = "+14155550123";
  const termination = {
    requestUri: `sip:${called}@${TRUNK_DOMAIN}`,
    from: `"Ann \\"A\\" Ünal" <sip:${NUMBER}@${TRUNK_DOMAIN}>`,
    to: `<sip:${called}@${TRUNK_DOMAIN}>`,
    credentials: USER,
  };
  pbx.call(termination, ACTS);
  pbx.call(termination, []).after(300, () => pbx.calls[1]?.cancel());
  const caller = `<sip:${called}@${CARRIERS[0]}>`;
  carrier.call(
    {
      requestUri: `sip:${NUMBER}@${EDGE.address}`,
      from: caller,
      to: `<sip:${NUMBER}@${EDGE.address}>`,
      headers: [
        ["P-Asserted-Identity", caller],
        ["Diversion", `<sip:+12025550199@example.com>;reason=unconditional`],
      ],
    },
    ACTS,
  );
  await world.runUntil(() => Object.keys(world.leftOver()).length === 0, LIMIT_MS);
  return [...wires];
}
