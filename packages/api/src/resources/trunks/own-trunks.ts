import type { Store, TrunkRecordings } from "@trunkline/store";
import { type CallLimit, DEFAULT_TRUNK_TLS, type PeerSettings, type TrunkTls } from "@trunkline/trunking";
import { z } from "zod";
import { isoDate } from "../../dates.ts";
import {
  about,
  clearable,
  decimal,
  type FormValues,
  flag,
  given,
  hostNames,
  optional,
  wholeNumber,
  wholeNumbers,
} from "../../form.ts";
import { Problem } from "../../problem.ts";
import { type At, noParent, type Resource, settle } from "../../resource.ts";
import { accepts, type Context } from "../../route.ts";
import { peerChange, peerConflicts, peerForm, peerShape, viewPeer } from "../carriers/peer-fields.ts";
import {
  trunkRecordingChange,
  trunkRecordingForm,
  trunkRecordingShape,
  viewTrunkRecording,
  whyNotRecording,
} from "./trunk-recording-fields.ts";
import type { TrunkRow } from "./trunks.ts";

/** A trunk with the rows that it has one or none of. */
type OwnTrunkRow = TrunkRow & {
  readonly peer: PeerSettings | undefined;
  readonly tls: TrunkTls | undefined;
  readonly limit: CallLimit | undefined;
  readonly recordings: TrunkRecordings | undefined;
};

/** Long enough for any target that is alive; longer only makes callers wait. */
const FAILOVER_TIMEOUT_MAX_MS = 60_000;
/** What we take from others ourselves (TERM-8). */
const PROBE_MIN_SEC = 10;
/** More machines than a PBX has. */
const CLIENT_NAMES_MAX = 20;

const shape = z.strictObject({
  sid: z.string(),
  account_sid: z.string(),
  symmetric_rtp_enabled: z.boolean(),
  max_cps: z.number().nullable(),
  max_concurrent_calls: z.int().nullable(),
  failover_codes: z.array(z.int()).nullable(),
  failover_timeout_ms: z.int().nullable(),
  ...peerShape,
  own_certificate: z.boolean(),
  client_names: z.array(z.string()),
  ...trunkRecordingShape,
  date_created: z.string(),
  date_updated: z.string(),
  url: z.string(),
  links: z.strictObject({ trunk: z.string(), target_health: z.string() }),
});

const form = {
  SymmetricRtpEnabled: optional(about("Send media back to where it comes from.", flag())),
  MaxCps: clearable(about("Termination calls per second; empty for any.", decimal(0.001, 100_000, 3))),
  MaxConcurrentCalls: clearable(about("Calls at once in both directions; empty for any.", wholeNumber(0, 1_000_000))),
  FailoverCodes: clearable(
    about(
      "Final answers that end the search for an origination target; empty for the default.",
      wholeNumbers(300, 699, 100),
    ),
  ),
  FailoverTimeoutMs: clearable(
    about("How long a target may stay silent; empty for 4000.", wholeNumber(500, FAILOVER_TIMEOUT_MAX_MS)),
  ),
  ...peerForm(PROBE_MIN_SEC),
  OwnCertificate: optional(about("Show a certificate for this trunk's names alone, not the wildcard one.", flag())),
  ClientNames: optional(
    about(
      "Host names, one of which the certificate of a peer that calls over TLS must bear; empty to ask for none.",
      hostNames(CLIENT_NAMES_MAX),
    ),
  ),
  ...trunkRecordingForm,
};

/**
 * `/trunkline/v1/Trunks/{TK}`: the settings of a trunk that Twilio's API lacks (interface §3).
 *
 * `FailoverCodes` are the final answers that end the search for a target (ORIG-4); null there and for the timeout: the platform's own.
 */
export const ownTrunks: Resource<OwnTrunkRow, null> = {
  product: "trunkline",
  noun: "settings of a trunk beyond Twilio's",
  path: "/Trunks",
  key: "trunks",
  parent: noParent,
  shape,
  view: viewOwnTrunk,
  list: accepts({}, async ({ deps: { store }, account }: At<null>) => async (page) => {
    const found = await store.trunks.list(account.sid, page);
    return { ...found, rows: await withSettings(store, found.rows) };
  }),
  fetch: async ({ deps: { store }, account }, sid) => {
    const row = await store.trunks.fetch(account.sid, sid);
    return row && (await withSettings(store, [row]))[0];
  },
  update: accepts(form, async (at: At<null> & { readonly row: OwnTrunkRow }, values) => {
    const { store } = at.deps;
    const wrong = whyNotRecording(at, values);
    if (wrong) return wrong;
    const outcome = await store.trunks.update(at.account.sid, at.row.sid, trunkChange(values), {
      peer: peerChange(values),
      tls: given({ ownCertificate: values.OwnCertificate, clientNames: values.ClientNames }),
      limit: given({ maxCps: values.MaxCps, maxConcurrentCalls: values.MaxConcurrentCalls }),
      recordings: trunkRecordingChange(values),
    });
    const row = settle(at, outcome, peerConflicts);
    if (row instanceof Problem) return row;
    const [whole] = await withSettings(store, [row]);
    return whole ?? at.missing();
  }),
};

function trunkChange(values: FormValues<typeof form>) {
  return given({
    symmetricRtpEnabled: values.SymmetricRtpEnabled,
    failoverFinalStatuses: values.FailoverCodes && [...new Set(values.FailoverCodes)].sort((a, b) => a - b),
    failoverTimeoutMs: values.FailoverTimeoutMs,
  });
}

/** Four queries for a page, however long it is. */
async function withSettings(store: Store, rows: readonly TrunkRow[]): Promise<readonly OwnTrunkRow[]> {
  const sids = rows.map((row) => row.sid);
  const [peers, tls, limits, recordings] = await Promise.all([
    store.peerSettings.fetchAll(sids),
    store.trunkTls.fetchAll(sids),
    store.callLimits.fetchAll(sids),
    store.trunkRecordings.fetchAll(sids),
  ]);
  return rows.map((row) => ({
    ...row,
    peer: peers.get(row.sid),
    tls: tls.get(row.sid),
    limit: limits.get(row.sid),
    recordings: recordings.get(row.sid),
  }));
}

function viewOwnTrunk(row: OwnTrunkRow, at: Context): z.infer<typeof shape> {
  const { ownCertificate, clientNames } = row.tls ?? DEFAULT_TRUNK_TLS;
  const url = at.links.absolute("trunkline", `/Trunks/${row.sid}`);
  return {
    sid: row.sid,
    account_sid: row.accountSid,
    symmetric_rtp_enabled: row.symmetricRtpEnabled,
    max_cps: row.limit?.maxCps ?? null,
    max_concurrent_calls: row.limit?.maxConcurrentCalls ?? null,
    failover_codes: row.failoverFinalStatuses && [...row.failoverFinalStatuses],
    failover_timeout_ms: row.failoverTimeoutMs,
    ...viewPeer(row.peer),
    own_certificate: ownCertificate,
    client_names: [...clientNames],
    ...viewTrunkRecording(row.recordings),
    date_created: isoDate(row.createdAtMs),
    date_updated: isoDate(row.updatedAtMs),
    url,
    links: { trunk: at.links.absolute("trunking", `/Trunks/${row.sid}`), target_health: `${url}/TargetHealth` },
  };
}
