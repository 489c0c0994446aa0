import { readSettings } from "../config/read-settings.ts";
import { findRunning, type Running } from "../running.ts";
import { UsageError } from "./usage-error.ts";

/** The asked-about call as it stands on the command line. */
export type SimulateOptions = {
  readonly source: string;
  readonly requestUri: string;
  readonly from: string;
  readonly to?: string;
  readonly at?: string;
  readonly secure: boolean;
  readonly json: boolean;
};

/** The part of the API's answer that people read; `--json` prints all of it. */
type Simulation = {
  readonly verdict: "pass" | "refuse" | "drop";
  readonly sip_status: number | null;
  readonly reason: string | null;
  readonly error_code: number | null;
  readonly detail: string | null;
  readonly retry_after: number | null;
  readonly direction: string | null;
  readonly account_sid: string | null;
  readonly trunk_sid: string | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly max_call_duration: number | null;
  readonly trace: readonly {
    readonly rule: string;
    readonly input: string;
    readonly verdict: string;
    readonly detail: string;
  }[];
  readonly targets: readonly {
    readonly uri: string;
    readonly from_uri: string;
    readonly carrier_sid: string | null;
    readonly origination_url_sid: string | null;
    readonly no_response_ms: number;
    readonly headers: readonly string[];
    readonly srtp: boolean;
    readonly codecs: readonly string[] | null;
  }[];
};

/** A dry run takes milliseconds; a platform that is silent for so long is not well. */
const ANSWER_LIMIT_MS = 10_000;

/**
 * `trunkline simulate`: would this call pass the platform that runs on this data directory, and where would it go (EVD-3)? Exit code 0 when
 * it would pass, 1 when not.
 */
export async function simulateCommand(options: SimulateOptions): Promise<number> {
  const running = findRunning(readSettings(process.env).dataDir);
  if (!running?.api) {
    throw new Error(
      running
        ? "the running platform has no API (its role is edge); ask one in the role all"
        : "no platform runs on this data directory; start one with npm start (or set TRUNKLINE_DATA_DIR to that of a running one)",
    );
  }
  const simulation = await ask(running, options);
  process.stdout.write(options.json ? `${JSON.stringify(simulation)}\n` : describe(simulation));
  return simulation.verdict === "pass" ? 0 : 1;
}

/** Asks as the operator, who may see every account's calls. Rejects with `UsageError` for what is no call. */
async function ask({ api, operator }: Running, call: SimulateOptions): Promise<Simulation> {
  const response = await fetch(`${api}/trunkline/v1/Simulations`, {
    method: "POST",
    headers: {
      authorization: `Basic ${Buffer.from(`${operator.sid}:${operator.token}`).toString("base64")}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({
      Source: call.source,
      RequestUri: call.requestUri,
      From: call.from,
      To: call.to,
      At: call.at,
      Secure: call.secure,
    }),
    signal: AbortSignal.timeout(ANSWER_LIMIT_MS),
  }).catch((cause: unknown) => {
    throw new Error(`the platform does not answer at ${api}`, { cause });
  });
  if (response.ok) return (await response.json()) as Simulation;
  const { message = response.statusText } = (await response.json()) as { readonly message?: string };
  throw response.status === 400 ? new UsageError(message) : new Error(message);
}

function describe(simulation: Simulation): string {
  const { trace, targets } = simulation;
  const width = Math.max(0, ...trace.map(({ rule }) => rule.length));
  const steps = trace.map(({ rule, input, verdict, detail }) => {
    return `  ${verdict.padEnd(6)}  ${rule.padEnd(width)}  ${input === "" ? "" : `${input}: `}${detail}`;
  });
  return [
    ...["", verdictLine(simulation), "", ...facts(simulation), ""],
    ...(trace.length === 0 ? [] : ["What was looked at:", ...steps, ""]),
    ...(targets.length === 0 ? [] : ["Where it would go, in order:", ...targets.flatMap(describeTarget), ""]),
  ].join("\n");
}

function verdictLine({ verdict, sip_status, reason, error_code }: Simulation): string {
  switch (verdict) {
    case "pass":
      return "The call would pass.";
    case "refuse":
      return `The call would be refused: ${sip_status} ${reason}${error_code === null ? "" : ` (${error_code})`}`;
    case "drop":
      return "The call would get no answer.";
    default:
      return verdict satisfies never;
  }
}

function facts(simulation: Simulation): readonly string[] {
  const { detail, retry_after: retryAfter, max_call_duration: limit } = simulation;
  const rows: readonly (readonly [label: string, value: string | null])[] = [
    ["why", detail],
    ["try again in", retryAfter === null ? null : `${retryAfter} s`],
    ["direction", simulation.direction],
    ["account", simulation.account_sid],
    ["trunk", simulation.trunk_sid],
    ["from", simulation.from],
    ["to", simulation.to],
    ["at most", limit === null ? null : `${limit} s`],
  ];
  const known = rows.filter(([, value]) => value !== null);
  const width = Math.max(0, ...known.map(([label]) => label.length));
  return known.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`);
}

function describeTarget(target: Simulation["targets"][number], index: number): readonly string[] {
  const place = target.carrier_sid ?? target.origination_url_sid;
  const media = `${target.srtp ? "SRTP" : "RTP"}${target.codecs ? ` with ${target.codecs.join(", ")}` : ""}`;
  return [
    `  ${index + 1}. ${target.uri}${place === null ? "" : ` (${place})`}`,
    `     from ${target.from_uri}, ${media}, given up after ${target.no_response_ms} ms of silence`,
    ...target.headers.map((line) => `     ${line}`),
  ];
}
