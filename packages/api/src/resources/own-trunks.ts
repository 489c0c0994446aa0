import { z } from "zod";
import { isoDate } from "../dates.ts";
import { about, clearable, flag, given, optional, wholeNumber, wholeNumbers } from "../form.ts";
import { type At, noParent, type Resource, settle } from "../resource.ts";
import { accepts } from "../route.ts";
import type { TrunkRow } from "./trunks.ts";

/** Long enough for any target that is alive; longer only makes callers wait. */
const FAILOVER_TIMEOUT_MAX_MS = 60_000;

const shape = z.strictObject({
  sid: z.string(),
  account_sid: z.string(),
  symmetric_rtp_enabled: z.boolean(),
  failover_codes: z.array(z.int()).nullable(),
  failover_timeout_ms: z.int().nullable(),
  date_created: z.string(),
  date_updated: z.string(),
  url: z.string(),
  links: z.strictObject({ trunk: z.string() }),
});

/**
 * `/trunkline/v1/Trunks/{TK}`: the settings of a trunk that Twilio's API lacks (interface §3).
 *
 * `FailoverCodes` are the final answers that end the search for a target (ORIG-4); null there and for the timeout: the platform's own.
 */
export const ownTrunks: Resource<TrunkRow, null> = {
  product: "trunkline",
  noun: "settings of a trunk beyond Twilio's",
  path: "/Trunks",
  key: "trunks",
  parent: noParent,
  shape,
  view: (row, at): z.infer<typeof shape> => ({
    sid: row.sid,
    account_sid: row.accountSid,
    symmetric_rtp_enabled: row.symmetricRtpEnabled,
    failover_codes: row.failoverFinalStatuses && [...row.failoverFinalStatuses],
    failover_timeout_ms: row.failoverTimeoutMs,
    date_created: isoDate(row.createdAtMs),
    date_updated: isoDate(row.updatedAtMs),
    url: at.links.absolute("trunkline", `/Trunks/${row.sid}`),
    links: { trunk: at.links.absolute("trunking", `/Trunks/${row.sid}`) },
  }),
  list: accepts({}, async (at: At<null>) => (page) => at.deps.store.trunks.list(at.account.sid, page)),
  fetch: (at, sid) => at.deps.store.trunks.fetch(at.account.sid, sid),
  update: accepts(
    {
      SymmetricRtpEnabled: optional(about("Send media back to where it comes from.", flag())),
      FailoverCodes: clearable(
        about(
          "Final answers that end the search for an origination target; empty for the default.",
          wholeNumbers(300, 699, 100),
        ),
      ),
      FailoverTimeoutMs: clearable(
        about("How long a target may stay silent; empty for 4000.", wholeNumber(500, FAILOVER_TIMEOUT_MAX_MS)),
      ),
    },
    async (at: At<null> & { readonly row: TrunkRow }, values) => {
      const change = given({
        symmetricRtpEnabled: values.SymmetricRtpEnabled,
        failoverFinalStatuses: values.FailoverCodes && [...new Set(values.FailoverCodes)].sort((a, b) => a - b),
        failoverTimeoutMs: values.FailoverTimeoutMs,
      });
      return settle(at, await at.deps.store.trunks.update(at.account.sid, at.row.sid, change));
    },
  ),
};
