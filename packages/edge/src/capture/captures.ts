import { copyString, type Flow, type Host } from "@trunkline/sip";
import type { CallCapture, CapturedLeg, CapturedMedia, CapturedMessage, CaptureSink } from "@trunkline/trunking";
import { BatchQueue } from "../batch-queue.ts";
import type { EdgeMetrics, EdgePorts } from "../edge.types.ts";
import type { Counters } from "../metrics.ts";
import { LINGER_MS, MAX_CALL_MESSAGES, MAX_CAPTURED_BYTES, MAX_WAITING_BYTES } from "./bounds.ts";
import { callIdOf, fromTagOf, halfOf, isNewInvite, isToSelf } from "./dialog-key.ts";
import { maskSecrets } from "./mask.ts";
import { type Noted, NotedMessages } from "./noted-messages.ts";
import { Unclaimed } from "./unclaimed.ts";

const BATCH = 50;
/** Captures are looked at by people; many are written at once. */
const COLLECT_MS = 1_000;

type CallOfCapture = { readonly sid: string; readonly accountSid: string };

type Capturing = {
  readonly call: CallOfCapture;
  readonly messages: NotedMessages;
  readonly legs: CapturedLeg[];
  readonly keys: string[];
  media: CapturedMedia | undefined;
  isOver: boolean;
  timer: unknown;
};

export type CaptureParts = {
  readonly host: Host;
  wallClockMs(): number;
  readonly counters: Counters;
  readonly log: EdgePorts["log"];
};

/**
 * The SIP messages of every call (EVD-2), as they passed the transaction layer: copies and retransmissions too. A message finds its call by
 * Call-ID; those that come before there is a call wait for it. Nothing is read or masked while a call runs, but for its first lines; secrets
 * are masked before anything leaves.
 */
export class Captures {
  readonly #parts: CaptureParts;
  readonly #queue: BatchQueue<CallCapture>;
  readonly #unclaimed = new Unclaimed();
  readonly #calls = new Map<string, Capturing>();
  readonly #dialogs = new Map<string, { readonly capturing: Capturing; readonly leg: CapturedLeg }>();
  /** From tags of those who began dialogs within the edge, by Call-ID. */
  readonly #callerTags = new Map<string, string>();
  #bytes = 0;

  constructor(sink: CaptureSink, parts: CaptureParts) {
    const { host, counters, log } = parts;
    this.#parts = parts;
    this.#queue = new BatchQueue({
      host,
      save: (captures) => sink.save(captures),
      onRefused: (error) => log("warn", "SIP captures cannot be saved", { error: String(error) }),
      onDropped: () => counters.add("captures_dropped"),
      collectMs: COLLECT_MS,
      most: BATCH,
      maxWaiting: MAX_WAITING_BYTES,
      weigh: ({ messages, media }) =>
        messages.reduce((bytes, { text }) => bytes + text.length + 100, 0) + 100 * (media?.samples.length ?? 0),
    });
  }

  /** What is in memory: of calls, and of dialogs that may become one. */
  metrics(): EdgeMetrics {
    return {
      captured_bytes: this.#bytes,
      captures_waiting: this.#queue.waiting.length,
      dialogs_unclaimed: this.#unclaimed.size,
    };
  }

  /** Every message of the stack passes here. Never throws. */
  note(direction: "in" | "out", flow: Flow, wire: string): void {
    const callId = callIdOf(wire);
    if (callId === undefined) return;
    const begins = isNewInvite(wire);
    const key = isToSelf(flow) ? this.#keyWithin(callId, direction, wire, begins) : callId;
    const dialog = this.#dialogs.get(key);
    if (dialog === undefined && !begins && !this.#unclaimed.has(key)) return;
    const atMs = this.#parts.host.nowMs();
    // A message cut from a stream would keep the whole of what was read with it.
    const text = direction === "in" && flow.transport !== "udp" ? copyString(wire) : wire;
    const message: Noted = { atMs, direction, flow, text, leg: dialog?.leg };
    if (dialog === undefined) this.#unclaimed.note(key, message, begins);
    else this.#keep(dialog.capturing, message);
  }

  /** A stranger's INVITE was dropped in silence. */
  disregard(callId: string): void {
    this.#unclaimed.disregard(callId);
  }

  /** From now on messages of that dialog are the call's, and those that have passed already too. */
  claim(call: CallOfCapture, leg: CapturedLeg, flow: Flow): void {
    const capturing = this.#calls.get(call.sid) ?? this.#begin(call);
    const half = leg.leg === "b" ? "caller" : "callee";
    const key = isToSelf(flow) ? `${leg.sipCallId} ${half}` : leg.sipCallId;
    const had = this.#unclaimed.take(key);
    capturing.legs.push(leg);
    capturing.keys.push(key);
    this.#dialogs.set(key, { capturing, leg });
    for (const message of had?.all() ?? []) this.#keep(capturing, { ...message, leg });
  }

  /** How the audio of a call went, that is about to be over. */
  heard(callSid: string, media: CapturedMedia): void {
    const capturing = this.#calls.get(callSid);
    if (capturing && media.samples.length + media.keyPresses.length > 0) capturing.media = media;
  }

  /** The call is over; its last messages are waited for. */
  over(callSid: string): void {
    const capturing = this.#calls.get(callSid);
    if (!capturing || capturing.isOver) return;
    capturing.isOver = true;
    capturing.timer = this.#parts.host.setTimer(LINGER_MS, () => this.#finish(capturing));
  }

  /** What is known here: of a call that runs or has just ended. */
  fetch(callSid: string): { readonly capture: CallCapture; readonly isOver: boolean } | undefined {
    const capturing = this.#calls.get(callSid);
    if (capturing) return { capture: this.#view(capturing), isOver: capturing.isOver };
    const capture = this.#queue.waiting.findLast((waiting) => waiting.callSid === callSid);
    return capture && { capture, isOver: true };
  }

  /** Hands on what is there, once; what the sink refuses now is lost. */
  async close(): Promise<void> {
    for (const capturing of [...this.#calls.values()]) {
      this.#parts.host.clearTimer(capturing.timer);
      this.#finish(capturing);
    }
    await this.#queue.close();
  }

  #keyWithin(callId: string, direction: "in" | "out", wire: string, begins: boolean): string {
    if (begins && direction === "out" && !this.#callerTags.has(callId)) this.#callerTags.set(callId, fromTagOf(wire));
    return `${callId} ${halfOf(direction, wire, this.#callerTags.get(callId) ?? "")}`;
  }

  #begin(call: CallOfCapture): Capturing {
    const messages = new NotedMessages(MAX_CALL_MESSAGES);
    const capturing: Capturing = {
      ...{ call, messages, legs: [], keys: [] },
      ...{ media: undefined, isOver: false, timer: undefined },
    };
    this.#calls.set(call.sid, capturing);
    return capturing;
  }

  #keep({ messages }: Capturing, message: Noted): void {
    if (this.#bytes + message.text.length > MAX_CAPTURED_BYTES) {
      messages.drop();
      return;
    }
    const before = messages.bytes;
    messages.push(message);
    this.#bytes += messages.bytes - before;
  }

  #finish(capturing: Capturing): void {
    const { call, keys, messages } = capturing;
    this.#calls.delete(call.sid);
    this.#bytes -= messages.bytes;
    for (const key of keys) {
      // A peer that uses a Call-ID twice has a second call under it by now.
      if (this.#dialogs.get(key)?.capturing === capturing) this.#dialogs.delete(key);
      this.#callerTags.delete(key.split(" ", 1)[0] ?? "");
    }
    this.#queue.push(this.#view(capturing));
  }

  #view({ call, messages, legs, media }: Capturing): CallCapture {
    const noted = [...messages.all()].sort((one, other) => one.atMs - other.atMs);
    const beganMs = noted[0]?.atMs ?? this.#parts.host.nowMs();
    const sent = new Set<string>();
    return {
      callSid: call.sid,
      accountSid: call.accountSid,
      startedAtMs: Math.round(this.#parts.wallClockMs() - (this.#parts.host.nowMs() - beganMs)),
      dropped: messages.dropped,
      legs: [...legs],
      messages: noted.flatMap((message) => viewOf(message, beganMs, sent) ?? []),
      ...(media ? { media } : {}),
    };
  }
}

/** @param seen what passed before, to know it again */
function viewOf(
  { leg, direction, flow, text, atMs }: Noted,
  beganMs: number,
  seen: Set<string>,
): CapturedMessage | undefined {
  if (!leg) return undefined;
  const passage = `${direction} ${text}`;
  const isRetransmission = seen.has(passage);
  seen.add(passage);
  return {
    leg: leg.leg,
    attempt: leg.attempt,
    direction: direction === "in" ? "received" : "sent",
    atMs: Math.round((atMs - beganMs) * 1_000) / 1_000,
    transport: flow.transport,
    local: placeOf(flow.localAddress, flow.localPort),
    remote: placeOf(flow.remoteAddress, flow.remotePort),
    isRetransmission,
    text: maskSecrets(text),
  };
}

function placeOf(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}
