import { type AudioEndpoint, openAudioEndpoint } from "@trunkline/media";
import {
  type ExtraHeader,
  escapeUser,
  type Flow,
  type Host,
  type SipRequest,
  type UserAgentCounts,
} from "@trunkline/sip";
import type { AnsweringCall } from "./answering.ts";
import { type Behaviour, DEFAULT_BEHAVIOUR } from "./behaviour.ts";
import type { CallScript, OutgoingCall } from "./calling.ts";
import { ScriptedAgent } from "./scripted-agent.ts";
import { openSipNode, reach } from "./sip-node.ts";

/** INVITEs remembered; the oldest go first. */
const INVITES_KEPT = 10_000;

/** Rings at once, answers at once, echoes. */
export const ANSWER_AT_ONCE: Behaviour = { ...DEFAULT_BEHAVIOUR, ringAfterMs: 0, answerAfterMs: 0 };

/** Says nothing, hears everything, until the callee hangs up; gives up after half a minute. */
export const LISTEN: CallScript = {
  audio: { kind: "silence" },
  digits: null,
  hangupAfterMs: null,
  giveUpAfterMs: 30_000,
};

/** What a PBX does with calls; the function form chooses by the INVITE alone, as it may be asked twice. */
export type PbxBehaviour = Behaviour | ((invite: SipRequest) => Behaviour);

export type PbxCall = {
  /** Host in Request-URI, From and To: the trunk's domain. */
  readonly domain: string;
  readonly to: string;
  readonly from: string;
  readonly credentials?: { readonly username: string; readonly password: string; readonly realm?: string };
  readonly headers?: readonly ExtraHeader[];
  /** What differs from `LISTEN`. */
  readonly script?: Partial<CallScript>;
};

/** A customer's PBX that follows scripts: takes origination calls, makes termination calls. For tests and the simulation. */
export type PbxCore = {
  receive(flow: Flow, text: string): void;
  flowFailed(flow: Flow, reason: string): void;
  counts(): UserAgentCounts;
  readonly liveCalls: number;
  /** Every INVITE that came, dropped ones included, retransmissions not. */
  readonly invites: readonly SipRequest[];
  /** Every call that was not dropped, in order. */
  readonly calls: readonly AnsweringCall[];
  /** From the next INVITE on. */
  behave(behaviour: PbxBehaviour): void;
  nextInvite(): Promise<SipRequest>;
  nextCall(): Promise<AnsweringCall>;
  call(call: PbxCall, way: () => Promise<Flow | undefined>): OutgoingCall;
  hangUpAll(): void;
};

export function createPbxCore(
  host: Host,
  openAudio: (address: string) => Promise<AudioEndpoint>,
  initial: PbxBehaviour = ANSWER_AT_ONCE,
): PbxCore {
  let behaviour = initial;
  const invites = new Map<string, SipRequest>();
  const calls: AnsweringCall[] = [];
  const inviteWaiters: ((invite: SipRequest) => void)[] = [];
  const callWaiters: ((call: AnsweringCall) => void)[] = [];

  const remember = (invite: SipRequest): void => {
    const key = `${invite.callId} ${invite.via.raw}`;
    if (invites.has(key)) return;
    invites.set(key, invite);
    const [oldest] = invites.keys();
    if (invites.size > INVITES_KEPT && oldest !== undefined) invites.delete(oldest);
    for (const tell of inviteWaiters.splice(0)) tell(invite);
  };

  const agent = new ScriptedAgent({
    host,
    openAudio,
    product: "Trunkline-Test-PBX",
    behaviourOf(invite) {
      remember(invite);
      return typeof behaviour === "function" ? behaviour(invite) : behaviour;
    },
    onCall(call) {
      calls.push(call);
      if (calls.length > INVITES_KEPT) calls.shift();
      for (const tell of callWaiters.splice(0)) tell(call);
    },
  });

  return {
    receive: (flow, text) => agent.receive(flow, text),
    flowFailed: (flow, reason) => agent.flowFailed(flow, reason),
    counts: () => agent.counts(),
    get liveCalls() {
      return agent.liveCalls;
    },
    get invites() {
      return [...invites.values()];
    },
    calls,
    behave(next) {
      behaviour = next;
    },
    nextInvite: () => new Promise((resolve) => inviteWaiters.push(resolve)),
    nextCall: () => new Promise((resolve) => callWaiters.push(resolve)),
    call: ({ domain, to, from, credentials, headers, script }, way) =>
      agent.call({
        reach: way,
        invite: {
          requestUri: `sip:${escapeUser(to)}@${domain}`,
          to: `<sip:${escapeUser(to)}@${domain}>`,
          from: `<sip:${escapeUser(from)}@${domain}>`,
          ...(credentials ? { credentials } : {}),
          ...(headers ? { headers } : {}),
        },
        script: { ...LISTEN, ...script },
      }),
    hangUpAll: () => agent.hangUpAll(),
  };
}

/** A `PbxCore` on a real UDP socket. */
export type TestPbx = Omit<PbxCore, "receive" | "flowFailed" | "call" | "hangUpAll"> & {
  readonly address: string;
  readonly port: number;
  call(call: PbxCall & { readonly target: { readonly host: string; readonly port: number } }): OutgoingCall;
  /** Hangs up everything and closes the socket. */
  close(): Promise<void>;
};

export type TestPbxOptions = {
  readonly address: string;
  /** Default: any. */
  readonly port?: number;
  /** Default: answers at once and echoes. */
  readonly behaviour?: PbxBehaviour;
};

/** Opens a scripted PBX. Rejects with transport's `ListenError`. */
export async function openTestPbx(options: TestPbxOptions): Promise<TestPbx> {
  const { agent, host, address, port } = await openSipNode(options.address, options.port ?? 0, (sipHost) =>
    createPbxCore(
      sipHost,
      (local) => openAudioEndpoint({ address: local, random: () => sipHost.random() }),
      options.behaviour,
    ),
  );
  return {
    address,
    port,
    counts: () => agent.counts(),
    get liveCalls() {
      return agent.liveCalls;
    },
    get invites() {
      return agent.invites;
    },
    calls: agent.calls,
    behave: (behaviour) => agent.behave(behaviour),
    nextInvite: () => agent.nextInvite(),
    nextCall: () => agent.nextCall(),
    call: ({ target, ...call }) => agent.call(call, () => reach(host, target)),
    close() {
      agent.hangUpAll();
      return host.close();
    },
  };
}
