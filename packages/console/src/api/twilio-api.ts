import type { AccountsApi } from "./twilio/accounts.ts";
import type { CallsApi } from "./twilio/calls.ts";
import type { MonitorApi } from "./twilio/monitor.ts";
import type { NumbersApi } from "./twilio/numbers.ts";
import type { TrunkingApi } from "./twilio/trunking.ts";

/** What the console uses of Twilio's surfaces, by hand: their documents are Twilio's. Only the fields that some page shows are named. */
export type TwilioApi = TrunkingApi & NumbersApi & AccountsApi & CallsApi & MonitorApi;
