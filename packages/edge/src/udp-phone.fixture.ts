import { createUserAgent, type OutgoingInvite, type Session, type SessionEvent, type UserAgent } from "@trunkline/sip";
import { openSipHost, type SipHost } from "@trunkline/transport";

/** A user agent on a real UDP socket of 127.0.0.1, with what it heard. */
export type UdpPhone = {
  readonly address: string;
  readonly port: number;
  readonly agent: UserAgent;
  readonly host: SipHost;
  readonly incoming: Session[];
  readonly heard: SessionEvent[];
  call(port: number, invite: Partial<OutgoingInvite> & { readonly requestUri: string }): Session;
  close(): Promise<void>;
};

export async function openUdpPhone(
  onInvite: (session: Session) => void = () => undefined,
  address = "127.0.0.1",
): Promise<UdpPhone> {
  const incoming: Session[] = [];
  const heard: SessionEvent[] = [];
  let agent: UserAgent | undefined;
  const host = await openSipHost({
    listen: [{ transport: "udp", address, port: 0 }],
    onMessage: (flow, text) => agent?.receive(flow, text),
    onFlowFailed: (flow, reason) => agent?.flowFailed(flow, reason),
  });
  const port = host.listeners[0]?.port ?? 0;
  const phone = createUserAgent(
    host,
    {
      product: "phone",
      allow: ["INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "UPDATE", "INFO"],
      supported: [],
      advertised: (flow) => ({ host: flow.localAddress, port: flow.localPort }),
    },
    {
      onInvite: (session) => {
        incoming.push(session);
        session.onEvent = (event) => void heard.push(event);
        onInvite(session);
      },
    },
  );
  agent = phone;
  return {
    address,
    port,
    agent: phone,
    host,
    incoming,
    heard,
    call: (to, invite) => {
      const flow = host.flowTo("udp", "127.0.0.1", to);
      if (!flow) throw new Error("no UDP socket");
      return phone.invite({ flow, from: `<sip:a@${address}>`, to: "<sip:b@x>", sdp: "offer", ...invite }, (event) => {
        heard.push(event);
      });
    },
    close: () => host.close(),
  };
}
