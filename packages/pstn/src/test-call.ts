import { openAudioEndpoint } from "@trunkline/media";
import { escapeUser } from "@trunkline/sip";
import type { OutgoingCall } from "./calling.ts";
import type { TestCallOptions, TestCallReport, TestCallStep } from "./pstn.types.ts";
import { ScriptedAgent } from "./scripted-agent.ts";
import { openSipNode, reach } from "./sip-node.ts";

/** A callee that only rings is given up after this long. */
const RING_LIMIT_MS = 60_000;

/** How long the answer to our BYE is waited for; without it the platform would be left with a call it believes alive. */
const BYE_LIMIT_MS = 4_000;

const AUDIO_STEP_MS = 1_000;

/**
 * Places one authenticated termination call from a socket of its own, talks for `talkMs`, hangs up and tells what came of it.
 *
 * Never rejects for what a call can meet (refusal, silence, wrong password); rejects with transport's `ListenError` when `bind`
 * cannot be bound.
 */
export async function placeTestCall(options: TestCallOptions): Promise<TestCallReport> {
  const byeAnswered = Promise.withResolvers<void>();
  let startMs = 0;
  const { agent, host } = await openSipNode(options.bind, 0, (sipHost) => {
    startMs = sipHost.nowMs();
    return new ScriptedAgent({
      host: sipHost,
      openAudio: (local) => openAudioEndpoint({ address: local, random: () => sipHost.random() }),
      product: "Trunkline-Test-Call",
      behaviourOf: () => ({ kind: "final", status: 486 }),
      onMessage(direction, _flow, wire) {
        const step = stepOf(direction, wire, sipHost.nowMs() - startMs);
        if (step) options.onStep(step);
        if (direction === "in" && isAnswerToBye(wire)) byeAnswered.resolve();
      },
    });
  });
  const call = agent.call({
    reach: () => reach(host, options.target),
    invite: {
      requestUri: `sip:${escapeUser(options.to)}@${options.domain}`,
      to: `<sip:${escapeUser(options.to)}@${options.domain}>`,
      from: `<sip:${escapeUser(options.from)}@${options.domain}>`,
      credentials: { username: options.username, password: options.password },
    },
    script: {
      audio: { kind: "tone", hz: 1_000 },
      digits: null,
      hangupAfterMs: options.talkMs,
      giveUpAfterMs: RING_LIMIT_MS,
    },
  });
  const tellAudio = (): void => {
    if (call.endedAtMs !== null) return;
    const packets = call.audio?.packetsReceived ?? 0;
    options.onStep({ kind: "audio", atMs: host.nowMs() - startMs, packets });
    host.setTimer(AUDIO_STEP_MS, tellAudio);
  };
  void call.answered.then((answered) => answered && host.setTimer(AUDIO_STEP_MS, tellAudio));
  await call.over;
  if (call.endedBy === "caller") {
    host.setTimer(BYE_LIMIT_MS, byeAnswered.resolve);
    await byeAnswered.promise;
  }
  await host.close();
  return reportOf(call);
}

function stepOf(direction: "in" | "out", wire: string, atMs: number): TestCallStep | undefined {
  const [first = ""] = wire.split("\r\n", 1);
  const response = /^SIP\/2\.0 (\d{3}) ?(.*)$/.exec(first);
  if (direction === "in" && response) {
    return { kind: "received", status: Number(response[1]), reason: response[2] ?? "", atMs };
  }
  const request = /^([A-Z]+) /.exec(first);
  return direction === "out" && request ? { kind: "sent", what: request[1] ?? "", atMs } : undefined;
}

function isAnswerToBye(wire: string): boolean {
  return /^SIP\/2\.0 [2-6]\d\d /.test(wire) && /^CSeq:\s*\d+\s+BYE\s*$/im.test(wire);
}

function outcomeOf(call: OutgoingCall): TestCallReport["outcome"] {
  if (call.answeredAtMs !== null) return "answered";
  switch (call.cause) {
    case "response":
      return "refused";
    case "timeout":
    case "cancelled":
      return "timeout";
    case "transport":
    case null:
      return "failed";
    default:
      return call.cause satisfies never;
  }
}

function reportOf(call: OutgoingCall): TestCallReport {
  const { answeredAtMs, endedAtMs, audio } = call;
  return {
    outcome: outcomeOf(call),
    status: call.sipStatus ?? 0,
    reason: call.reason ?? "",
    error: call.error,
    callSid: call.callSid,
    setupMs: answeredAtMs === null ? null : answeredAtMs - call.startedAtMs,
    talkedMs: answeredAtMs === null || endedAtMs === null ? null : endedAtMs - answeredAtMs,
    packetsSent: audio?.packetsSent ?? 0,
    packetsReceived: audio?.packetsReceived ?? 0,
    mos: audio?.mos ?? null,
    toneHz: audio?.toneHz ?? null,
    digits: audio?.digits ?? "",
    echoDelayMs: audio?.echoDelayMs ?? null,
  };
}
