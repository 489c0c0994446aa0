import { freeSipPort } from "./platform.ts";
import { Heard } from "./scripted-dialog.ts";
import { startSipp } from "./sipp.ts";

export type SippCall = {
  readonly transport: "udp" | "tcp";
  /** `address:port` that SIPp calls. */
  readonly target: string;
  /** SIPp's own address. */
  readonly address: string;
  readonly uri: string;
  /** Value of From without tag. */
  readonly from: string;
  readonly forwards?: number;
  /** Header lines. */
  readonly headers?: readonly string[];
  /** Session description; empty for none. */
  readonly body: string;
  readonly login?: { readonly username: string; readonly password: string };
  /** So many calls, one after the other unless more may be up `atOnce`. */
  readonly calls?: number;
  readonly atOnce?: number;
};

export type SippOutcome = {
  /** Every message that came, in order. */
  readonly received: readonly Heard[];
  /** Final answers, challenges included, in order. */
  readonly answers: readonly Heard[];
  /** The connection was closed on it. */
  readonly closed: boolean;
  /** Nothing came for three seconds. */
  readonly silent: boolean;
  readonly errors: string;
};

function offer(profile: string, ...lines: readonly string[]): string {
  const session = ["v=0", "o=pbx 1 1 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0"];
  return [...session, `m=audio 16000 ${profile} 0`, ...lines, ""].join("\r\n");
}

/** What SIPp says of its media; it has none. */
export const PLAIN_OFFER = offer("RTP/AVP");
export const SRTP_OFFER = offer(
  "RTP/SAVP",
  "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz",
);

type Scenario = "refused.xml" | "options.xml" | "register.xml";
const PORT_ATTEMPTS = 3;

/** A message that SIPp logged. */
const RECEIVED = /^(?:UDP|TCP) message received \[\d+\] bytes :\n\n/;

/** Has SIPp call, or ask something else, by a scenario that takes what comes; it is over when that is acknowledged. */
export async function runSipp(scenario: Scenario, call: SippCall): Promise<SippOutcome> {
  for (let attempt = 1; ; attempt++) {
    const outcome = await runOnce(scenario, call);
    // Another program may have taken the port between our look and SIPp's start.
    if (attempt === PORT_ATTEMPTS || !/Address already in use/.test(outcome.errors)) return outcome;
  }
}

async function runOnce(
  scenario: Scenario,
  { transport, target, address, login, headers = [], body, ...call }: SippCall,
): Promise<SippOutcome> {
  const type = body === "" ? [] : ["Content-Type: application/sdp"];
  const { done } = startSipp({
    ...{ scenario, target, address, port: await freeSipPort(address) },
    calls: call.calls ?? 1,
    keys: {
      uri: call.uri,
      from: call.from,
      forwards: String(call.forwards ?? 70),
      headers: [...headers, ...type].map((line) => `\r\n${line}`).join(""),
      body,
    },
    ...(login ? { auth: login } : {}),
    extra: ["-t", transport === "udp" ? "u1" : "t1", "-l", String(call.atOnce ?? 1), "-r", "50"],
    limitSec: 30,
  });
  const { messages, errors, failures } = await done;
  const received = heardIn(messages);
  return {
    received,
    answers: received.filter(({ label }) => /^[2-6]/.test(label)),
    closed: failures.tcpClosed > 0,
    silent: failures.timeout > 0 && received.length === 0,
    errors,
  };
}

/** The messages that came, of what SIPp logged. */
export function heardIn(log: string): readonly Heard[] {
  return log
    .split(/^-{47} [\d: .-]+\n/m)
    .filter((entry) => RECEIVED.test(entry))
    .map((entry) => new Heard(entry.replace(RECEIVED, "").replace(/\n$/, "")));
}
