import type { Dated, Store } from "@trunkline/store";
import {
  type CallLimit,
  type Carrier,
  type CarrierDress,
  DEFAULT_CARRIER_DRESS,
  DEFAULT_PEER_SETTINGS,
  mintSid,
  type PeerSettings,
} from "@trunkline/trunking";
import { z } from "zod";
import { isoDate } from "../../dates.ts";
import { about, flag, given, optional } from "../../form.ts";
import { invalid, Problem } from "../../problem.ts";
import { type At, noParent, type Resource, settle, settleRemoval } from "../../resource.ts";
import { accepts, type Context } from "../../route.ts";
import { carrierForm, carrierName, carrierSettings, defaultRetryStatuses, retryStatuses } from "./carrier-form.ts";
import { peerShape, viewPeer } from "./peer-fields.ts";

/** A carrier with the rows that it has one or none of. */
type CarrierRow = Carrier &
  Dated & {
    readonly dress: CarrierDress | undefined;
    readonly peer: PeerSettings | undefined;
    readonly limit: CallLimit | undefined;
  };

/** Where a carrier stands whose priority nobody gave: there is room in front of it and behind it. */
const DEFAULT_PRIORITY = 10;

const conflicts = {
  "friendly-name": invalid("FriendlyName: another carrier has it. Choose another.", 20002),
  "own-numbers": invalid("OwnNumbersOnly: there is such a carrier already. One is enough."),
  credentials: invalid(
    "Username and Password go together, and RegistrarUrl needs both. Give them, or clear RegistrarUrl.",
  ),
};

const shape = z.strictObject({
  sid: z.string(),
  friendly_name: z.string(),
  enabled: z.boolean(),
  priority: z.int(),
  own_numbers_only: z.boolean(),
  retry_causes: z.array(z.int()),
  max_cps: z.number().nullable(),
  max_channels: z.int().nullable(),
  caller_id_header: z.array(z.string()),
  called_number_form: z.string(),
  caller_number_form: z.string(),
  called_prefix: z.string(),
  added_headers: z.array(z.string()),
  removed_headers: z.array(z.string()),
  codecs: z.array(z.string()).nullable(),
  srtp: z.boolean(),
  ...peerShape,
  registrar_url: z.string().nullable(),
  registration_expires: z.int(),
  date_created: z.string(),
  date_updated: z.string(),
  url: z.string(),
  links: z.strictObject({ targets: z.string(), prefixes: z.string(), sources: z.string(), status: z.string() }),
});

const ownNumbersOnly = optional(
  about(
    "True: the platform itself. Calls to numbers on its trunks stay inside, before any carrier is asked. One for ever; at most one.",
    flag(),
  ),
);

/** `/trunkline/v1/Carriers`: the carriers of the installation, for the operator (interface §3, CAR-1). */
export const carriers: Resource<CarrierRow, null> = {
  product: "trunkline",
  scope: "operator",
  noun: "carrier",
  path: "/Carriers",
  key: "carriers",
  parent: noParent,
  shape,
  view: viewCarrier,
  list: accepts({}, async ({ deps: { store } }: At<null>) => async (page) => {
    const found = await store.carriers.list(page);
    return { ...found, rows: await withSettings(store, found.rows) };
  }),
  fetch: async ({ deps: { store } }, sid) => {
    const row = await store.carriers.fetch(sid);
    return row && (await withSettings(store, [row]))[0];
  },
  create: accepts(
    { FriendlyName: carrierName, OwnNumbersOnly: ownNumbersOnly, ...carrierForm },
    async (at: At<null>, values) => {
      const isInside = values.OwnNumbersOnly ?? false;
      const settings = carrierSettings(values, isInside);
      if (settings instanceof Problem) return settings;
      const carrier: Carrier = {
        sid: mintSid("CX", at.deps.randomHex(16)),
        friendlyName: values.FriendlyName,
        enabled: values.Enabled ?? true,
        priority: values.Priority ?? DEFAULT_PRIORITY,
        retryStatuses: retryStatuses(values, isInside) ?? defaultRetryStatuses(isInside),
        ownNumbersOnly: isInside,
      };
      return settledWhole(at, await at.deps.store.carriers.create(carrier, settings));
    },
  ),
  update: accepts(
    { FriendlyName: optional(carrierName), ...carrierForm },
    async (at: At<null> & { readonly row: CarrierRow }, values) => {
      const { ownNumbersOnly: isInside } = at.row;
      const settings = carrierSettings(values, isInside);
      if (settings instanceof Problem) return settings;
      const change = given({
        friendlyName: values.FriendlyName,
        enabled: values.Enabled,
        priority: values.Priority,
        retryStatuses: retryStatuses(values, isInside),
      });
      return settledWhole(at, await at.deps.store.carriers.update(at.row.sid, change, settings));
    },
  ),
  remove: async (at, row) => settleRemoval(at, await at.deps.store.carriers.delete(row.sid)),
};

/** The carrier that a path below `/Carriers/:carrierSid` names. */
export async function carrierOfPath(at: Context): Promise<(Carrier & Dated) | undefined> {
  return at.deps.store.carriers.fetch(at.param("carrierSid"));
}

async function settledWhole(
  at: Context,
  outcome: Awaited<ReturnType<Store["carriers"]["create"]>>,
): Promise<CarrierRow | Problem> {
  const row = settle(at, outcome, conflicts);
  if (row instanceof Problem) return row;
  const [whole] = await withSettings(at.deps.store, [row]);
  return whole ?? at.missing();
}

/** Three queries for a page, however long it is. */
async function withSettings(store: Store, rows: readonly (Carrier & Dated)[]): Promise<readonly CarrierRow[]> {
  const sids = rows.map((row) => row.sid);
  const [dresses, peers, limits] = await Promise.all([
    store.carrierDresses.fetchAll(sids),
    store.peerSettings.fetchAll(sids),
    store.callLimits.fetchAll(sids),
  ]);
  return rows.map((row) => {
    return { ...row, dress: dresses.get(row.sid), peer: peers.get(row.sid), limit: limits.get(row.sid) };
  });
}

function viewCarrier(row: CarrierRow, at: Context): z.infer<typeof shape> {
  const url = at.links.absolute("trunkline", `/Carriers/${row.sid}`);
  const dress = row.dress ?? DEFAULT_CARRIER_DRESS;
  const { registrarUrl, registrationExpiresSec } = row.peer ?? DEFAULT_PEER_SETTINGS;
  return {
    sid: row.sid,
    friendly_name: row.friendlyName,
    enabled: row.enabled,
    priority: row.priority,
    own_numbers_only: row.ownNumbersOnly,
    retry_causes: [...row.retryStatuses],
    max_cps: row.limit?.maxCps ?? null,
    max_channels: row.limit?.maxConcurrentCalls ?? null,
    caller_id_header: [...dress.callerIdHeaders],
    called_number_form: dress.calledNumberForm,
    caller_number_form: dress.callerNumberForm,
    called_prefix: dress.calledPrefix,
    added_headers: [...dress.addedHeaders],
    removed_headers: [...dress.removedHeaders],
    codecs: dress.codecs && [...dress.codecs],
    srtp: dress.srtp,
    ...viewPeer(row.peer),
    registrar_url: registrarUrl,
    registration_expires: registrationExpiresSec,
    date_created: isoDate(row.createdAtMs),
    date_updated: isoDate(row.updatedAtMs),
    url,
    links: {
      targets: `${url}/Targets`,
      prefixes: `${url}/Prefixes`,
      sources: `${url}/Sources`,
      status: `${url}/Status`,
    },
  };
}
