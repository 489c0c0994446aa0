import type { CallRecord } from "@trunkline/trunking";
import { csvLine } from "./csv.ts";

type Column = readonly [title: string, value: (record: CallRecord) => string | number | null];

/**
 * Titles as in Twilio's call log (contract §11.1), with what that log lacks behind them. Times are ISO 8601 in UTC; `Start time` is when the
 * call came, as `start_time` of the API.
 */
const COLUMNS: readonly Column[] = [
  ["Call SID", (record) => record.sid],
  ["Account SID", (record) => record.accountSid],
  ["Trunk SID", (record) => record.trunkSid],
  ["Direction", (record) => record.direction],
  ["From", (record) => record.from],
  ["To", (record) => record.to],
  ["CNAM", (record) => record.callerName],
  ["Phone number SID", (record) => record.phoneNumberSid],
  ["Status", (record) => record.status],
  ["Start time", (record) => isoTime(record.createdAtMs)],
  ["Answer time", (record) => isoTime(record.answeredAtMs)],
  ["End time", (record) => isoTime(record.endedAtMs)],
  ["Duration", (record) => record.durationSec],
  ["SIP Call ID", (record) => record.sipCallIdA],
  ["SIP Call ID of the other leg", (record) => record.sipCallIdB],
  ["Source", (record) => record.source],
  ["Ended by", (record) => record.endedBy],
  ["SIP status", (record) => record.sipStatus],
  ["Reason", (record) => record.reason],
  ["Error code", (record) => record.errorCode],
];

/** First line of the table (RFC 4180), with its line end. */
export const CALL_CSV_HEADER: string = csvLine(COLUMNS.map(([title]) => title));

/** One call as a line of the table, with its line end. */
export function callCsvLine(record: CallRecord): string {
  return csvLine(COLUMNS.map(([, value]) => value(record)));
}

function isoTime(atMs: number | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString();
}
