import type { CallRecord } from "@trunkline/trunking";
import { isoDate } from "../dates.ts";
import type { Context, Route } from "../route.ts";

/** What the records know beyond Twilio's Calls, below `/trunkline/v1/Calls/{CA}`: evidence of one call (EVD-1). */
export const ownCallRoutes: readonly Route[] = [
  evidence("", "Fetch: a call with its SIP side and the targets tried", (record) => ({
    trunk_sid: record.trunkSid,
    direction: record.direction,
    from: record.from,
    to: record.to,
    status: record.status,
    source: record.source,
    sip_call_id_a: record.sipCallIdA,
    sip_call_id_b: record.sipCallIdB,
    sip_status: record.sipStatus,
    reason: record.reason,
    error_code: record.errorCode,
    ended_by: record.endedBy,
    duration_sec: record.durationSec,
    date_created: isoDate(record.createdAtMs),
    date_answered: record.answeredAtMs === null ? null : isoDate(record.answeredAtMs),
    date_ended: record.endedAtMs === null ? null : isoDate(record.endedAtMs),
    attempts: record.attempts.map((attempt) => ({
      uri: attempt.uri,
      carrier_sid: attempt.carrierSid,
      origination_url_sid: attempt.originationUrlSid,
      date_started: isoDate(attempt.startedAtMs),
      status: attempt.status,
      reason: attempt.reason,
    })),
  })),
  evidence("/Trace", "Fetch: the decision trace of a call", (record) => ({
    steps: record.trace.map((step) => ({
      rule: step.rule,
      input: step.input,
      verdict: step.verdict,
      detail: step.detail,
      at_ms: step.atMs,
    })),
  })),
  evidence("/Quality", "Fetch: what arrived from each leg of a call", (record) => ({
    legs: record.quality.map((leg) => ({
      leg: leg.leg,
      codec: leg.codec,
      packets_received: leg.packetsReceived,
      bytes_received: leg.bytesReceived,
      packets_lost: leg.packetsLost,
      jitter_ms: leg.jitterMs,
      round_trip_ms: leg.roundTripMs,
      mos: leg.mos,
      source_changes: leg.sourceChanges,
    })),
  })),
];

function evidence(tail: string, summary: string, show: (record: CallRecord) => object): Route {
  return {
    method: "GET",
    product: "trunkline",
    scope: "account",
    path: `/Calls/:sid${tail}`,
    summary,
    form: {},
    run: async (at: Context) => {
      const record = await at.deps.store.calls.fetch(at.account.sid, at.param("sid"));
      if (record === undefined) return at.missing();
      const url = at.links.absolute("trunkline", `/Calls/${record.sid}${tail}`);
      return { status: 200, body: { call_sid: record.sid, account_sid: record.accountSid, ...show(record), url } };
    },
  };
}
