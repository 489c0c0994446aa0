import type { CallCapture, CapturedLeg, CapturedMessage } from "@trunkline/trunking";
import { z } from "zod";
import type { Context, Route } from "../../route.ts";
import { Download } from "../../route.ts";
import { findCapture } from "./call-capture.ts";
import { pcapOf } from "./pcap.ts";

const legShape = z.strictObject({
  leg: z.enum(["a", "b"]),
  attempt: z.int(),
  peer_sid: z.string().nullable(),
  name: z.string().nullable(),
  sip_call_id: z.string(),
  address: z.string().nullable(),
});

const messageShape = z.strictObject({
  index: z.int(),
  leg: z.enum(["a", "b"]),
  attempt: z.int(),
  direction: z.enum(["received", "sent"]),
  at_ms: z.number(),
  date: z.string(),
  transport: z.enum(["udp", "tcp", "tls"]),
  local: z.string(),
  remote: z.string(),
  first_line: z.string(),
  method: z.string().nullable(),
  status: z.int().nullable(),
  reason: z.string().nullable(),
  cseq: z.string(),
  retransmission: z.boolean(),
  has_sdp: z.boolean(),
  text: z.string(),
});

const shape = z.strictObject({
  call_sid: z.string(),
  account_sid: z.string(),
  state: z.enum(["live", "complete", "none"]),
  dropped: z.int(),
  legs: z.array(legShape),
  messages: z.array(messageShape),
  url: z.string(),
});

type Found = { readonly state: "live" | "complete" | "none"; readonly capture: CallCapture };

/** The SIP messages of a call (EVD-2): to look at, and for Wireshark. */
export const ladderRoutes: readonly Route[] = [
  {
    method: "GET",
    product: "trunkline",
    scope: "account",
    path: "/Calls/:sid/Ladder",
    summary: "Fetch: every SIP message of both legs of a call, so far when it runs",
    form: {},
    success: { status: 200, schema: shape },
    run: async (at) => {
      const found = await find(at);
      return found ? { status: 200, body: await viewLadder(at, found) } : at.missing();
    },
  },
  {
    method: "GET",
    product: "trunkline",
    scope: "account",
    path: "/Calls/:sid/Pcap",
    summary: "Download: the SIP messages of a call as a PCAP file",
    form: {},
    success: { status: 200, schema: z.string(), contentType: "application/vnd.tcpdump.pcap" },
    run: async (at) => {
      const found = await find(at);
      if (!found || found.state === "none") return at.missing();
      return new Download("application/vnd.tcpdump.pcap", whole(pcapOf(found.capture)), {
        "Content-Disposition": `attachment; filename="${found.capture.callSid}.pcap"`,
      });
    },
  },
];

/** Undefined: there is no such call. */
async function find(at: Context): Promise<Found | undefined> {
  const { deps, account } = at;
  const sid = at.param("sid");
  const found = await findCapture(at, sid);
  if (found && !found.isStored) return found;
  if ((await deps.store.calls.fetch(account.sid, sid)) === undefined) return undefined;
  if (found) return found;
  const none = { callSid: sid, accountSid: account.sid, startedAtMs: 0, dropped: 0, legs: [], messages: [] };
  return { state: "none", capture: none };
}

async function viewLadder(at: Context, { state, capture }: Found): Promise<z.infer<typeof shape>> {
  const { callSid, accountSid, dropped, legs, messages, startedAtMs } = capture;
  return {
    call_sid: callSid,
    account_sid: accountSid,
    state,
    dropped,
    legs: await Promise.all(legs.map((leg) => viewLeg(at, leg, messages))),
    messages: messages.map((message, index) => viewMessage(message, index, startedAtMs)),
    url: at.links.absolute("trunkline", `/Calls/${callSid}/Ladder`),
  };
}

/** Named when it is a trunk of the account; a carrier is the operator's to name. */
async function viewLeg(
  { deps, account }: Context,
  { leg, attempt, peerSid, sipCallId }: CapturedLeg,
  messages: readonly CapturedMessage[],
): Promise<z.infer<typeof legShape>> {
  const trunk = peerSid.startsWith("TK") ? await deps.store.trunks.fetch(account.sid, peerSid) : undefined;
  const first = messages.find((message) => message.leg === leg && message.attempt === attempt);
  return {
    leg,
    attempt,
    peer_sid: peerSid || null,
    name: trunk?.friendlyName ?? null,
    sip_call_id: sipCallId,
    address: first?.remote ?? null,
  };
}

function viewMessage(message: CapturedMessage, index: number, startedAtMs: number): z.infer<typeof messageShape> {
  const { leg, attempt, direction, atMs, transport, local, remote, isRetransmission, text } = message;
  const [firstLine = ""] = text.split(/\r?\n/, 1);
  const [, status, reason] = /^SIP\/\d\.\d (\d{3}) ?(.*)$/i.exec(firstLine) ?? [];
  return {
    index,
    leg,
    attempt,
    direction,
    at_ms: atMs,
    date: new Date(startedAtMs + atMs).toISOString(),
    transport,
    local,
    remote,
    first_line: readable(firstLine),
    method: status === undefined ? (firstLine.split(" ", 1)[0] ?? null) : null,
    status: status === undefined ? null : Number(status),
    reason: reason === undefined ? null : readable(reason),
    cseq: /^cseq[ \t]*:[ \t]*([^\r\n]*)/im.exec(text)?.[1]?.trim() ?? "",
    retransmission: isRetransmission,
    has_sdp: /^(?:content-type|c)[ \t]*:[ \t]*application\/sdp/im.test(text),
    text: readable(text),
  };
}

/** Octets as the UTF-8 they are meant to be (RFC 3261 §7). */
function readable(octets: string): string {
  return Buffer.from(octets, "latin1").toString("utf8");
}

async function* whole(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
