import type { Attempt, CallIdentity, Decision, Rejection, Simulation, TraceStep } from "@trunkline/trunking";
import { z } from "zod";
import { about, date, flag, optional, text } from "../../form.ts";
import { invalid, Problem, unavailable } from "../../problem.ts";
import { accepts, type Context, type Route } from "../../route.ts";
import { ownsNumber } from "../numbers/phone-number-row.ts";

const ABSENT = unavailable("This process carries no calls. Ask one in the role `edge` or `all`.");
const STARTING = unavailable("Calls cannot be routed yet: the platform is starting. Try again in a few seconds.");

const shape = z.strictObject({
  account_sid: z.string().nullable(),
  verdict: z.enum(["pass", "refuse", "drop"]),
  sip_status: z.int().nullable(),
  reason: z.string().nullable(),
  error_code: z.int().nullable(),
  detail: z.string().nullable(),
  retry_after: z.int().nullable(),
  direction: z.string().nullable(),
  trunk_sid: z.string().nullable(),
  from: z.string().nullable(),
  to: z.string().nullable(),
  max_call_duration: z.int().nullable(),
  trace: z.array(z.strictObject({ rule: z.string(), input: z.string(), verdict: z.string(), detail: z.string() })),
  targets: z.array(
    z.strictObject({
      uri: z.string(),
      from_uri: z.string(),
      carrier_sid: z.string().nullable(),
      origination_url_sid: z.string().nullable(),
      no_response_ms: z.int(),
      headers: z.array(z.string()),
      srtp: z.boolean(),
      codecs: z.array(z.string()).nullable(),
    }),
  ),
});
type Shown = z.infer<typeof shape>;

const create = accepts(
  {
    Source: about("Address that the call comes from, with or without a port.", text(64)),
    RequestUri: about("What is called, such as sip:+14155550100@acme.pstn.example.com.", text(2_048)),
    From: about("A number or a SIP URI.", text(2_048)),
    To: optional(about("As From; by default the called URI.", text(2_048))),
    At: optional(about("When; by default now.", date())),
    Secure: optional(about("Over TLS and with SRTP.", flag())),
  },
  async (at: Context, values): Promise<Shown | Problem> => {
    const { simulations, nowMs } = at.deps;
    if (simulations === undefined) return ABSENT;
    const simulation = await simulations.run({
      source: values.Source,
      requestUri: withPlus(values.RequestUri),
      from: withPlus(values.From),
      to: values.To === undefined ? null : withPlus(values.To),
      atMs: values.At?.fromMs ?? nowMs(),
      secure: values.Secure ?? false,
    });
    if (simulation === undefined) return STARTING;
    if (simulation.kind === "invalid") return invalid(simulation.why);
    return (await concerns(at, simulation)) ? viewDecision(simulation.decision) : NOT_THEIRS;
  },
);

/** `/trunkline/v1/Simulations`: would this call pass now, and where would it go (EVD-3)? Nothing is counted and nobody is called. */
export const simulationRoute: Route = {
  method: "POST",
  product: "trunkline",
  scope: "anyone",
  path: "/Simulations",
  summary: "Create: a dry run of a call",
  form: create.form,
  success: { status: 201, schema: shape },
  run: async (at) => {
    const shown = await create.run(at, at.body);
    return shown instanceof Problem ? shown : { status: 201, body: shown };
  },
};

/** A blank before digits was a + that nobody encoded: forms write blanks that way. */
function withPlus(text: string): string {
  return text.replace(/(^|sips?:|tel:) (?=\d)/i, "$1+");
}

/** The operator may see every call; an account those over its trunks and to its numbers, so that nobody learns how others are set up. */
async function concerns(at: Context, { request, decision }: Simulation): Promise<boolean> {
  if (at.operator) return true;
  switch (decision.kind) {
    case "dial":
      return decision.call.accountSid === at.account.sid;
    case "refuse":
      if (decision.call !== null) return decision.call.accountSid === at.account.sid;
      return ownsNumber(at, request.requestUri.user ?? "");
    case "challenge":
      return (await at.deps.store.trunks.fetch(at.account.sid, decision.trunkSid)) !== undefined;
    case "drop":
      return false;
    default:
      return decision satisfies never;
  }
}

/** What everything is that was not found out. */
const UNKNOWN: Omit<Shown, "verdict" | "detail"> = {
  account_sid: null,
  sip_status: null,
  reason: null,
  error_code: null,
  retry_after: null,
  direction: null,
  trunk_sid: null,
  from: null,
  to: null,
  max_call_duration: null,
  trace: [],
  targets: [],
};

/** Another account's trunk must look like one that does not exist. */
const NOT_THEIRS: Shown = {
  ...UNKNOWN,
  verdict: "drop",
  detail: "The call is for no trunk and no number of this account, or comes from a place that is not let in.",
};

function viewDecision(decision: Decision): Shown {
  switch (decision.kind) {
    case "dial":
      return {
        ...UNKNOWN,
        ...viewIdentity(decision.call),
        verdict: "pass",
        detail: null,
        max_call_duration: decision.maxCallDurationSec,
        trace: decision.trace.map(viewStep),
        targets: decision.attempts.map(viewTarget),
      };
    case "refuse":
      return {
        ...UNKNOWN,
        ...(decision.call && viewIdentity(decision.call)),
        ...viewRejection(decision.rejection),
        verdict: "refuse",
        trace: decision.trace.map(viewStep),
      };
    case "challenge":
      return {
        ...UNKNOWN,
        verdict: "refuse",
        sip_status: 407,
        reason: "Proxy Authentication required",
        trunk_sid: decision.trunkSid,
        detail: "The caller is asked for its password.",
        trace: decision.trace.map(viewStep),
      };
    case "drop":
      return { ...UNKNOWN, verdict: "drop", detail: decision.why };
    default:
      return decision satisfies never;
  }
}

function viewIdentity({ accountSid, direction, trunkSid, from, to }: CallIdentity) {
  return { account_sid: accountSid, direction, trunk_sid: trunkSid, from, to };
}

function viewRejection({ status, phrase, code, detail, retryAfterSec }: Rejection) {
  return { sip_status: status, reason: phrase, error_code: code, detail, retry_after: retryAfterSec ?? null };
}

function viewStep({ rule, input, verdict, detail }: TraceStep) {
  return { rule, input, verdict, detail };
}

function viewTarget(attempt: Attempt): Shown["targets"][number] {
  return {
    uri: attempt.uri,
    from_uri: attempt.fromUri,
    carrier_sid: attempt.carrierSid,
    origination_url_sid: attempt.originationUrlSid,
    no_response_ms: attempt.noResponseMs,
    headers: attempt.headers.map(([name, value]) => `${name}: ${value}`),
    srtp: attempt.srtp,
    codecs: attempt.codecs && [...attempt.codecs],
  };
}
