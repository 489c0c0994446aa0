import type { AudioEndpoint, AudioSource } from "@trunkline/media";
import {
  encodeUtf8,
  escapeUser,
  type Flow,
  type Host,
  isMalformed,
  parseSipUri,
  parseTelUri,
  quoteString,
  type UserAgentCounts,
  unescapeUser,
} from "@trunkline/sip";
import type { AnsweringCall } from "./answering.ts";
import { parseBehaviour, TONE_HZ } from "./behaviour.ts";
import type { OutgoingCall } from "./calling.ts";
import type { PlaceCall, PlacedCall, SimulatedPstn } from "./pstn.types.ts";
import { ScriptedAgent } from "./scripted-agent.ts";
import { uriHost } from "./stage.ts";

/** A caller that waits for the callee's BYE does not wait longer (interface §3 SimulatedCalls). */
const WAIT_FOR_BYE_MS = 60_000;

/** Placed calls that are over and can still be asked for; some 300 bytes each. */
const FINISHED_KEPT = 1_000;

export type PstnCoreOptions = {
  /** Its own SIP address, shown in the caller's identity. */
  readonly address: string;
  readonly port: number;
  /** Host and port in the Request-URI of its calls. Read for each call, so it may become known later. */
  readonly platform: { readonly host: string; readonly port: number };
  /** The way to the platform, asked for each call; undefined when there is none. */
  reachPlatform(): Promise<Flow | undefined>;
  readonly maxCalls?: number;
};

/** The simulated PSTN without sockets: whoever owns them hands messages in. */
export type PstnCore = Omit<SimulatedPstn, "address" | "port" | "close"> & {
  receive(flow: Flow, text: string): void;
  flowFailed(flow: Flow, reason: string): void;
  counts(): UserAgentCounts;
  /** Ends every call; no new one is taken. */
  hangUpAll(): void;
};

/** The number a Request-URI names: user part of a SIP URI without its parameters, or a tel URI; empty when there is none. */
export function calledNumber(requestUri: string): string {
  const sip = parseSipUri(requestUri);
  if (!isMalformed(sip)) return unescapeUser(sip.user ?? "").split(";")[0] ?? "";
  const tel = parseTelUri(requestUri);
  return isMalformed(tel) ? "" : tel.number;
}

/**
 * The simulated PSTN (interface §4) over any `Host` and audio: real sockets, or a virtual network in virtual time.
 *
 * @param openAudio opens RTP on a local address; a rejection refuses that call with 503
 */
export function createPstnCore(
  host: Host,
  openAudio: (address: string) => Promise<AudioEndpoint>,
  options: PstnCoreOptions,
): PstnCore {
  /** The last call to each number that is being called. */
  const called = new Map<string, AnsweringCall>();
  const agent = new ScriptedAgent({
    host,
    openAudio,
    product: "Trunkline-Simulated-PSTN",
    behaviourOf: (invite) => parseBehaviour(calledNumber(invite.requestUri)),
    ...(options.maxCalls === undefined ? {} : { maxCalls: options.maxCalls }),
    onCall: (call) => {
      const number = calledNumber(call.session.invite.requestUri);
      called.set(number, call);
      void call.over.then(() => called.get(number) === call && called.delete(number));
    },
  });
  const live = new Map<string, () => PlacedCall>();
  const finished = new Map<string, PlacedCall>();

  const finish = (placed: PlacedCall): void => {
    live.delete(placed.sid);
    finished.set(placed.sid, placed);
    const [oldest] = finished.keys();
    if (finished.size > FINISHED_KEPT && oldest !== undefined) finished.delete(oldest);
  };

  return {
    receive: (flow, text) => agent.receive(flow, text),
    flowFailed: (flow, reason) => agent.flowFailed(flow, reason),
    counts: () => agent.counts(),
    hangUpAll: () => agent.hangUpAll(),
    get liveCalls() {
      return agent.liveCalls;
    },
    press(number, digits) {
      const call = called.get(number);
      call?.press(digits);
      return call !== undefined;
    },
    fetch: (sid) => live.get(sid)?.() ?? finished.get(sid),
    place(request) {
      const sid = `SC${host.randomHex(16)}`;
      if (agent.full) {
        const refused = { ...viewOf(sid, request, undefined), reason: "the simulated PSTN is full" };
        finish(refused);
        return refused;
      }
      const call = agent.call({
        reach: () => options.reachPlatform(),
        invite: inviteOf(request, options),
        script: {
          ...request.behaviour,
          audio: sourceOf(request.behaviour.audio),
          hangupAfterMs: request.behaviour.hangupAfterMs ?? WAIT_FOR_BYE_MS,
        },
      });
      const view = (): PlacedCall => viewOf(sid, request, call);
      live.set(sid, view);
      void call.over.then(() => finish(view()));
      return view();
    },
  };
}

function sourceOf(kind: PlaceCall["behaviour"]["audio"]): AudioSource {
  return kind === "tone" ? { kind, hz: TONE_HZ } : { kind };
}

/** As a carrier hands a call over: called number in E.164 in the Request-URI, the caller asserted (RFC 3325 §9.1), its name with it. */
function inviteOf({ to, from, callerName }: PlaceCall, { address, port, platform }: PstnCoreOptions) {
  const called = `sip:${escapeUser(to)}@${uriHost(platform.host)}:${platform.port}`;
  const name = callerName === null ? "" : `${quoteString(encodeUtf8(callerName))} `;
  const caller = `${name}<sip:${escapeUser(from)}@${uriHost(address)}:${port}>`;
  return {
    requestUri: called,
    to: `<${called}>`,
    from: caller,
    headers: [["P-Asserted-Identity", caller]] as const,
  };
}

function viewOf(sid: string, { to, from }: PlaceCall, call: OutgoingCall | undefined): PlacedCall {
  const audio = call?.audio;
  return {
    sid,
    to,
    from,
    status: call?.status ?? "failed",
    sipStatus: call?.sipStatus ?? null,
    reason: call?.reason ?? null,
    callSid: call?.callSid ?? null,
    toneHz: audio?.toneHz ?? null,
    digits: audio?.digits ?? "",
    packetsReceived: audio?.packetsReceived ?? 0,
  };
}
