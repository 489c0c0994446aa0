import { isIPv6 } from "node:net";
import {
  createUserAgent,
  type OutgoingInvite,
  type Session,
  type SessionEvent,
  type TransportName,
  type UserAgent,
  type UserAgentOptions,
} from "@trunkline/sip";
import { openSipHost, type SipHost, type TlsOptions, type TlsPeer } from "@trunkline/transport";

/** A user agent on a real socket, with what it heard. */
export type SocketPhone = {
  readonly transport: TransportName;
  readonly address: string;
  readonly port: number;
  /** `host:port;transport=…` for a SIP URI. */
  readonly place: string;
  readonly agent: UserAgent;
  readonly host: SipHost;
  readonly incoming: Session[];
  readonly heard: SessionEvent[];
  /** Calls that port, over the phone's own transport, at `to` (default 127.0.0.1, or ::1 for an IPv6 phone). */
  call(port: number, invite: Partial<OutgoingInvite> & { readonly requestUri: string }, to?: string): Session;
  close(): Promise<void>;
};

export type SocketPhoneOptions = {
  readonly transport?: TransportName;
  readonly address?: string;
  /** Default: any. */
  readonly port?: number;
  readonly tls?: TlsOptions;
  /** Whom it expects behind its TLS connections. */
  readonly peer?: TlsPeer;
  readonly agent?: Partial<UserAgentOptions>;
  onInvite?(session: Session): void;
  onEvent?(event: SessionEvent, session: Session): void;
};

export async function openSocketPhone(options: SocketPhoneOptions = {}): Promise<SocketPhone> {
  const { transport = "udp", address = "127.0.0.1" } = options;
  const incoming: Session[] = [];
  const heard: SessionEvent[] = [];
  let agent: UserAgent | undefined;
  const host = await openSipHost({
    listen: [{ transport, address, port: options.port ?? 0 }],
    onMessage: (flow, text) => agent?.receive(flow, text),
    onFlowFailed: (flow, reason) => agent?.flowFailed(flow, reason),
    ...(options.tls ? { tls: options.tls } : {}),
  });
  const port = host.listeners[0]?.port ?? 0;
  const hear = (session: Session, event: SessionEvent): void => {
    heard.push(event);
    options.onEvent?.(event, session);
  };
  const phone = createUserAgent(
    host,
    {
      product: "phone",
      allow: ["INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "UPDATE", "INFO"],
      supported: [],
      advertised: (flow) => ({ host: flow.localAddress, port: flow.localPort }),
      ...options.agent,
    },
    {
      onInvite: (session) => {
        incoming.push(session);
        session.onEvent = (event) => hear(session, event);
        options.onInvite?.(session);
      },
    },
  );
  agent = phone;
  const host6 = isIPv6(address);
  return {
    transport,
    address,
    port,
    place: `${host6 ? `[${address}]` : address}:${port}${transport === "udp" ? "" : `;transport=${transport}`}`,
    agent: phone,
    host,
    incoming,
    heard,
    call: (toPort, invite, to = host6 ? "::1" : "127.0.0.1") => {
      const flow = host.flowTo(transport, to, toPort, options.peer);
      if (!flow) throw new Error(`no ${transport} socket`);
      const wanted = { flow, from: "<sip:a@phone.test>", to: "<sip:b@x>", sdp: "offer", ...invite };
      const session: Session = phone.invite(wanted, (event) => hear(session, event));
      return session;
    },
    close: () => host.close(),
  };
}
