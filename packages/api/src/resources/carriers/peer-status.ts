import { z } from "zod";
import { isoDate } from "../../dates.ts";
import type { PeerStatus, TargetStatus } from "../../ports.ts";
import { Problem, unavailable } from "../../problem.ts";
import type { Context, Route } from "../../route.ts";
import { carrierOfPath } from "./carriers.ts";

const ABSENT = unavailable("This process carries no calls. Ask one in the role `edge` or `all`.");
const STARTING = unavailable("Nothing is known yet: the platform is starting. Try again in a few seconds.");

const targetShape = z.strictObject({
  sid: z.string(),
  sip_url: z.string(),
  health: z.enum(["up", "down", "probing"]),
  date_down: z.string().nullable(),
  failures: z.int(),
  probed: z.boolean(),
});

const carrierShape = z.strictObject({
  carrier_sid: z.string(),
  live_calls: z.int(),
  registration: z
    .strictObject({
      registrar: z.string(),
      state: z.enum(["registering", "registered", "failed", "closing", "closed"]),
      date_expires: z.string().nullable(),
      date_next: z.string().nullable(),
      last_status: z.int().nullable(),
      last_reason: z.string().nullable(),
    })
    .nullable(),
  targets: z.array(targetShape),
  url: z.string(),
});

const trunkShape = z.strictObject({
  trunk_sid: z.string(),
  live_calls: z.int(),
  targets: z.array(targetShape),
  url: z.string(),
});

/** What this node knows now of carriers, for the operator, and of the PBX behind a trunk, for its account (CAR-1, ORIG-12). */
export const peerStatusRoutes: readonly Route[] = [
  {
    method: "GET",
    product: "trunkline",
    scope: "operator",
    path: "/Carriers/:carrierSid/Status",
    summary: "Fetch: registration and health of a carrier as they are now",
    form: {},
    success: { status: 200, schema: carrierShape },
    run: async (at) => {
      const carrier = await carrierOfPath(at);
      if (carrier === undefined) return at.missing();
      const status = await statusOf(at, carrier.sid);
      if (status instanceof Problem) return status;
      const body: z.infer<typeof carrierShape> = {
        carrier_sid: carrier.sid,
        live_calls: status.liveCalls,
        registration: status.registration && viewRegistration(status.registration),
        targets: status.targets.map(viewTarget),
        url: at.links.absolute("trunkline", `/Carriers/${carrier.sid}/Status`),
      };
      return { status: 200, body };
    },
  },
  {
    method: "GET",
    product: "trunkline",
    scope: "account",
    path: "/Trunks/:trunkSid/TargetHealth",
    summary: "Fetch: health of a trunk's origination targets as it is now",
    form: {},
    success: { status: 200, schema: trunkShape },
    run: async (at) => {
      const trunk = await at.deps.store.trunks.fetch(at.account.sid, at.param("trunkSid"));
      if (trunk === undefined) return at.missing();
      const status = await statusOf(at, trunk.sid);
      if (status instanceof Problem) return status;
      const body: z.infer<typeof trunkShape> = {
        trunk_sid: trunk.sid,
        live_calls: status.liveCalls,
        targets: status.targets.map(viewTarget),
        url: at.links.absolute("trunkline", `/Trunks/${trunk.sid}/TargetHealth`),
      };
      return { status: 200, body };
    },
  },
];

async function statusOf({ deps: { peerStatus } }: Context, ownerSid: string): Promise<PeerStatus | Problem> {
  if (peerStatus === undefined) return ABSENT;
  return (await peerStatus.fetch(ownerSid)) ?? STARTING;
}

function viewTarget(target: TargetStatus): z.infer<typeof targetShape> {
  return {
    sid: target.sid,
    sip_url: target.sipUrl,
    health: target.health,
    date_down: dateOrNull(target.downSinceMs),
    failures: target.failures,
    probed: target.isProbed,
  };
}

function viewRegistration(registration: NonNullable<PeerStatus["registration"]>) {
  const { registrar, state, expiresAtMs, nextAtMs, lastAnswer } = registration;
  return {
    registrar,
    state,
    date_expires: dateOrNull(expiresAtMs),
    date_next: dateOrNull(nextAtMs),
    last_status: lastAnswer?.status ?? null,
    last_reason: lastAnswer?.reason ?? null,
  };
}

function dateOrNull(ms: number | null): string | null {
  return ms === null ? null : isoDate(ms);
}
