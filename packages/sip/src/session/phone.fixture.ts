import type { Host } from "../host.ts";
import type { SessionEvent } from "./events.ts";
import { createUserAgent } from "./user-agent.ts";
import type { OutgoingInvite, Session, UserAgent, UserAgentHandlers, UserAgentOptions } from "./user-agent.types.ts";
import { flowBetween, type VirtualNetwork } from "./virtual-network.fixture.ts";

/** A user agent at an address of the virtual network, with what its sessions told, in order, as short words. */
export type Phone = {
  readonly address: string;
  readonly port: number;
  readonly agent: UserAgent;
  /** Sessions that came in. */
  readonly incoming: Session[];
  /** `progress 180`, `answer`, `ended bye` ... of all its sessions. */
  readonly heard: string[];
  /** `isLate`: without an offer. */
  call(to: Phone, invite?: Partial<OutgoingInvite>, isLate?: boolean): Session;
  /** The program is killed: it hears, says and does nothing any more, and tells nobody. */
  die(): void;
};

export type PhoneOptions = {
  readonly agent?: Partial<UserAgentOptions>;
  readonly handlers?: Partial<UserAgentHandlers>;
  /** What it does with an INVITE; default: nothing yet. */
  onInvite?(session: Session): void;
  onEvent?(event: SessionEvent, session: Session): void;
};

const ALLOW = ["INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "UPDATE", "PRACK", "INFO"];

export function createPhone(network: VirtualNetwork, address: string, options: PhoneOptions = {}): Phone {
  const port = 5060;
  const incoming: Session[] = [];
  const heard: string[] = [];
  const listen =
    (session: () => Session) =>
    (event: SessionEvent): void => {
      heard.push(inShort(event));
      options.onEvent?.(event, session());
    };
  const { host, kill } = mortal(network.host());
  const agent = createUserAgent(
    host,
    {
      product: "phone",
      allow: ALLOW,
      supported: [],
      advertised: (flow) => ({ host: flow.localAddress, port: flow.localPort }),
      ...options.agent,
    },
    {
      onInvite: (session) => {
        incoming.push(session);
        session.onEvent = listen(() => session);
        options.onInvite?.(session);
      },
      ...options.handlers,
    },
  );
  network.attach(address, port, agent);
  const phone: Phone = {
    address,
    port,
    agent,
    incoming,
    heard,
    call: (to, invite, isLate = false) => {
      const session: Session = agent.invite(
        {
          flow: flowBetween(phone, to),
          requestUri: `sip:bob@${to.address}:${to.port}`,
          from: `<sip:alice@${address}>`,
          to: `<sip:bob@${to.address}>`,
          ...(isLate ? {} : { sdp: "offer" }),
          ...invite,
        },
        listen(() => session),
      );
      return session;
    },
    die: () => {
      kill();
      network.attach(address, port, undefined);
    },
  };
  return phone;
}

/** A host that can be killed: what was to happen later does not, what is sent goes nowhere. */
function mortal(host: Host): { readonly host: Host; kill(): void } {
  let isDead = false;
  const setTimer: Host["setTimer"] = (afterMs, fire) => host.setTimer(afterMs, () => isDead || fire());
  const send: Host["send"] = (flow, wire) => isDead || host.send(flow, wire);
  const kill = (): void => {
    isDead = true;
  };
  return { host: { ...host, setTimer, send }, kill };
}

/** An event as one short word or two. */
function inShort(event: SessionEvent): string {
  switch (event.kind) {
    case "progress":
      return `progress ${event.status}`;
    case "fail":
      return `fail ${event.cause} ${event.status}`;
    case "offer":
      return `offer ${event.method} ${event.sdp ?? "-"}`;
    case "offer-answered":
      return `offer-answered ${event.status} ${event.sdp ?? "-"}`;
    case "request":
      return `request ${event.request.method}`;
    case "ended":
      return `ended ${event.cause}`;
    default:
      return event.kind;
  }
}
