import { describe, expect, it } from "vitest";
import type { Flow } from "../flow.ts";
import { Malformed } from "../malformed.ts";
import type { SipRequest, SipResponse } from "../message/message.ts";
import { readMessage } from "../message/read.ts";
import { Unreadable } from "../message/unreadable.ts";
import { writeMessage } from "../message/write.ts";
import { acceptCSeq, belongsTo, type Dialog, dialogFromRequest, dialogFromResponse, refreshTarget } from "./dialog.ts";
import { nextHopFlow, pathWithin } from "./path.ts";

const HEADERS = [
  ["Via", "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1"],
  ["From", '"A" <sip:a@192.0.2.1>;tag=from'],
  ["To", "<sip:b@192.0.2.2>"],
  ["Call-ID", "c1"],
  ["CSeq", "7 INVITE"],
  ["Record-Route", "<sip:p1.example.com;lr>, <sip:p2.example.com;lr>"],
  ["Record-Route", "<sip:p3.example.com;lr>"],
] as const;

function request(contact?: string): SipRequest {
  const message = readMessage(
    writeMessage(
      "INVITE sip:b@192.0.2.2 SIP/2.0",
      contact === undefined ? HEADERS : [...HEADERS, ["Contact", contact]],
    ),
  );
  if (message instanceof Unreadable || message.kind !== "request") throw new Error("bad test");
  return message;
}

function response(contact: string | undefined): SipResponse {
  const headers = HEADERS.map(([name, value]) => [name, name === "To" ? `${value};tag=to` : value] as const);
  const message = readMessage(
    writeMessage("SIP/2.0 200 OK", contact === undefined ? headers : [...headers, ["Contact", contact]]),
  );
  if (message instanceof Unreadable || message.kind !== "response") throw new Error("bad test");
  return message;
}

function made(dialog: Dialog | Malformed): Dialog {
  if (dialog instanceof Malformed) throw new Error(dialog.what);
  return dialog;
}

describe("making", () => {
  it("§12.1.1: a UAS takes the route set in order, the Contact as target and From as remote", () => {
    expect(dialogFromRequest(request("<sip:a@192.0.2.9:5080>"), "ours")).toEqual({
      callId: "c1",
      local: "<sip:b@192.0.2.2>;tag=ours",
      remote: '"A" <sip:a@192.0.2.1>;tag=from',
      localTag: "ours",
      remoteTag: "from",
      routes: ["<sip:p1.example.com;lr>", "<sip:p2.example.com;lr>", "<sip:p3.example.com;lr>"],
      target: "sip:a@192.0.2.9:5080",
      localCSeq: 0,
      remoteCSeq: 7,
    });
  });

  it("§12.1.2: a UAC takes the route set in reverse order", () => {
    const dialog = dialogFromResponse(response("<sip:b@192.0.2.8>"), "sip:b@192.0.2.2");
    expect(dialog.routes).toEqual(["<sip:p3.example.com;lr>", "<sip:p2.example.com;lr>", "<sip:p1.example.com;lr>"]);
    expect([dialog.target, dialog.localTag, dialog.remoteTag]).toEqual(["sip:b@192.0.2.8", "from", "to"]);
    expect([dialog.localCSeq, dialog.remoteCSeq]).toEqual([7, undefined]);
  });

  it.each([undefined, "*", "<tel:+1555>", "<sip:@>"])(
    "a request with Contact %s makes none, a response falls back",
    (contact) => {
      expect(dialogFromRequest(request(contact), "ours")).toBeInstanceOf(Malformed);
      expect(dialogFromResponse(response(contact), "sip:b@192.0.2.2").target).toBe("sip:b@192.0.2.2");
    },
  );
});

describe("keeping", () => {
  const dialog = made(dialogFromRequest(request("<sip:a@192.0.2.9>"), "ours"));

  it("§12.2.2: the remote CSeq only rises", () => {
    expect(acceptCSeq(dialog, 6)).toBeUndefined();
    expect(acceptCSeq(dialog, 7)).toBeUndefined();
    expect(acceptCSeq(dialog, 20)?.remoteCSeq).toBe(20);
    expect(acceptCSeq({ ...dialog, remoteCSeq: undefined }, 1)?.remoteCSeq).toBe(1);
  });

  it("§12.2: a target refresh replaces the target, a broken Contact does not", () => {
    expect(refreshTarget(dialog, request("<sip:a@192.0.2.77>")).target).toBe("sip:a@192.0.2.77");
    expect(refreshTarget(dialog, request("<sip:@>"))).toBe(dialog);
  });

  it("§12: Call-ID and tags together name it; a peer without tag has the empty one", () => {
    expect(belongsTo(dialog, "c1", "from")).toBe(true);
    expect(belongsTo(dialog, "c1", "other")).toBe(false);
    expect(belongsTo({ ...dialog, remoteTag: "" }, "c1", undefined)).toBe(true);
  });
});

const udp: Flow = {
  transport: "udp",
  localAddress: "192.0.2.2",
  localPort: 5060,
  remoteAddress: "192.0.2.1",
  remotePort: 5062,
};

describe("the way of a request", () => {
  const dialog = made(dialogFromRequest(request("<sip:a@192.0.2.9:5080>"), "ours"));

  it("§12.2.1.1: loose routing keeps the target in the Request-URI", () => {
    const routes = ["<sip:192.0.2.50;lr>", "<sip:192.0.2.51;lr>"];
    const path = pathWithin({ ...dialog, routes }, udp);
    expect([path.requestUri, path.routes]).toEqual(["sip:a@192.0.2.9:5080", routes]);
    expect([path.flow.remoteAddress, path.flow.remotePort]).toEqual(["192.0.2.50", 5060]);
  });

  it("§12.2.1.1: a strict router goes into the Request-URI, the target to the end of Route", () => {
    const path = pathWithin({ ...dialog, routes: ["<sip:192.0.2.50>", "<sip:192.0.2.51;lr>"] }, udp);
    expect(path.requestUri).toBe("sip:192.0.2.50");
    expect(path.routes).toEqual(["<sip:192.0.2.51;lr>", "<sip:a@192.0.2.9:5080>"]);
    expect(path.flow.remoteAddress).toBe("192.0.2.50");
  });

  it("§12.2.1.1: without routes it goes to the target", () => {
    const path = pathWithin({ ...dialog, routes: [] }, udp);
    expect([path.requestUri, path.routes]).toEqual(["sip:a@192.0.2.9:5080", []]);
    expect([path.flow.remoteAddress, path.flow.remotePort]).toEqual(["192.0.2.9", 5080]);
  });
});

const hops: [title: string, uri: string, flow: Flow, want: string][] = [
  ["a numeric host is obeyed", "sip:a@198.51.100.7:5070", udp, "198.51.100.7:5070"],
  ["a name stays on the flow", "sip:a@example.com", udp, "192.0.2.1:5062"],
  ["a private Contact behind a public source stays on the flow", "sip:a@10.1.2.3:5060", udp, "192.0.2.1:5062"],
  [
    "inside one private network a Contact is obeyed",
    "sip:a@10.1.2.3",
    { ...udp, remoteAddress: "10.9.9.9" },
    "10.1.2.3:5060",
  ],
  ["0.0.0.0 is nowhere", "sip:a@0.0.0.0", { ...udp, remoteAddress: "127.0.0.1" }, "127.0.0.1:5062"],
  ["the other address family stays on the flow", "sip:a@[2001:db8::1]", udp, "192.0.2.1:5062"],
  ["IPv6 loses its brackets", "sip:a@[2001:db8::7]:5070", { ...udp, remoteAddress: "2001:db8::1" }, "2001:db8::7:5070"],
  ["another transport stays on the flow", "sip:a@198.51.100.7;transport=tcp", udp, "192.0.2.1:5062"],
  ["a connection is kept", "sip:a@198.51.100.7", { ...udp, transport: "tcp", connection: 3 }, "192.0.2.1:5062"],
];

it.each(hops)("next hop: %s", (_title, uri, flow, want) => {
  const { remoteAddress, remotePort } = nextHopFlow(flow, uri);
  expect(`${remoteAddress}:${remotePort}`).toBe(want);
});
