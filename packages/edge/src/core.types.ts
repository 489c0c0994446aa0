import type { MediaPlane, RecorderAlarm, RecordingResult } from "@trunkline/media";
import type { Flow, Host, TransportName, UserAgentCounts } from "@trunkline/sip";
import type { HandshakeFailure, TlsFacts, TlsHello, TlsTerms } from "@trunkline/transport";
import type {
  AlertSink,
  CallAudio,
  CallCapture,
  Counters as CallCounters,
  CallerIdSink,
  CaptureSink,
  DirectoryReader,
  Invalid,
  OverlayChange,
  RecordingSink,
  Replayed,
  SimulatedCall,
  Simulation,
} from "@trunkline/trunking";
import type { FlowPeer, Journal } from "./call/parts.ts";
import type { TrunkContactView } from "./contact/contact.types.ts";
import type { EdgeLimits, EdgeMetrics, EdgePorts, LiveCallView } from "./edge.types.ts";
import type { Locator } from "./locate/locator.ts";
import type { OwnSocket } from "./on-net.ts";
import type { Placing, Voice, VoiceNews } from "./own-call/own-call.types.ts";
import type { PeerStatusView } from "./peers/peer-status.types.ts";
import type {
  CallRecorder,
  LiveRecordingView,
  RecordingControl,
  RecordingRequest,
} from "./recording/recording.types.ts";
import type { Prompts } from "./verification/prompts.ts";
import type { VerificationOrder } from "./verification/verification.types.ts";

export type EdgeCoreOptions = {
  readonly edge: string;
  readonly zone: string;
  /** Names and addresses (lower case, IPv6 without brackets) that are this installation's own, apart from trunk domains. */
  readonly ownHosts: ReadonlySet<string>;
  readonly nonceSecret: string;
  /** Private connections (ORIG-13): SID to our address on it. Default: none. */
  readonly interconnects?: ReadonlyMap<string, string>;
  /** The UDP socket at which the edge reaches itself (TERM-12). Absent: no call stays inside. */
  readonly ownSocket?: OwnSocket;
  readonly limits?: Partial<EdgeLimits>;
};

/** The world as the core sees it: no socket, file or clock of its own, so that the simulation runs it in virtual time. */
export type EdgeCorePorts = {
  readonly host: Host;
  readonly locator: Locator;
  readonly media: MediaPlane;
  readonly journal: Journal;
  readonly alerts: AlertSink;
  /** Takes the SIP messages of calls (EVD-2). Absent: none are kept. */
  readonly captures?: CaptureSink;
  /** Absent: calls that are to be recorded go on without, and their accounts are told. */
  readonly recorder?: CallRecorder;
  /** Takes how recordings ended. */
  readonly recordings?: RecordingSink;
  /** Counts calls against limits (LIM-1). Absent: this edge's own calls only. */
  readonly callCounters?: CallCounters;
  /** Opens a voice for a call of the platform's own; rejects when there is no port. Absent: it makes none. */
  openVoice?(news: VoiceNews): Promise<Voice>;
  /** Takes what verification calls have shown, and what is said in them. Absent: there are none. */
  readonly callerIds?: CallerIdSink;
  readonly prompts?: Prompts;
  readonly log: EdgePorts["log"];
  wallClockMs(): number;
  /** Undefined until it was loaded once: new calls get 503. */
  directory(): DirectoryReader | undefined;
  /** Undefined: no listener of that transport and address family, or of the local address if one is given. The peer matters to TLS alone. */
  flowTo(
    transport: TransportName,
    address: string,
    port: number,
    peer?: FlowPeer,
    localAddress?: string,
  ): Flow | undefined;
  advertised(flow: Flow): { readonly host: string; readonly port: number };
  /** Closes the connection of a stream flow. Absent: there are no streams. */
  closeFlow?(flow: Flow): void;
  /** What the handshake of a TLS connection settled. Absent: there is no TLS. */
  tlsOf?(flow: Flow): TlsFacts | undefined;
};

/** Everything about calls; `createEdge` puts sockets, files and DNS around it. */
export interface EdgeCore {
  receive(flow: Flow, text: string): void;
  flowFailed(flow: Flow, reason: string): void;
  /** Asked for each connection a peer opens, before anything is read from it; false: close it. */
  admitConnection(remoteAddress: string): boolean;
  /** Asked for each TLS connection a peer opens, once it has said whom it wants to reach. */
  tlsTerms(hello: TlsHello): TlsTerms;
  /** The handshake of such a connection came to nothing. */
  handshakeFailed(failure: HandshakeFailure, hello: TlsHello): void;
  /** Asked when a stream can no longer be cut into messages and will be closed: whether its peer is told why (RFC 3261 §18.3). */
  answerBrokenStream(flow: Flow): boolean;
  liveCalls(accountSid?: string): readonly LiveCallView[];
  hangUp(accountSid: string, sid: string): boolean;
  /** What is being recorded now. */
  liveRecordings(accountSid?: string): readonly LiveRecordingView[];
  /** Rejects when the recorder is not there to do it. */
  controlRecording(order: RecordingRequest): Promise<RecordingControl>;
  /** The recorder's news (`RecorderOptions`). */
  recordingFinished(result: RecordingResult): Promise<void>;
  recorderAlarmed(alarm: RecorderAlarm): void;
  /** What an operator should look at, in a few words each. */
  troubles(): readonly string[];
  /** How a carrier (`CX…`) or a trunk's PBX (`TK…`) is met now. */
  peerStatus(ownerSid: string): PeerStatusView;
  /** The last that was heard from the PBX behind a trunk (CON-3). */
  trunkContact(trunkSid: string): TrunkContactView;
  /** The SIP messages of a call that runs or has just ended, so far; undefined: nothing is known of it here. */
  capture(accountSid: string, callSid: string): { readonly capture: CallCapture; readonly isOver: boolean } | undefined;
  /** How the audio of a running call is going (EVD-2); undefined: no such call runs here. */
  callAudio(accountSid: string, callSid: string): Promise<CallAudio | undefined>;
  /** What the directory says about a carrier or trunk as a peer has changed (`DirectoryOptions.peerTouched`). */
  peerTouched(ownerSid: string): void;
  /** A dry run by the facts that a live call would meet (EVD-3); undefined until the directory was loaded once. */
  simulate(call: SimulatedCall): Simulation | Invalid | undefined;
  /** The same of calls at once, by the configuration as it is and as these changes would make it; null for what is no call. */
  replay(calls: readonly SimulatedCall[], changes: readonly OverlayChange[]): readonly (Replayed | null)[] | undefined;
  /** Calls a number to verify it as a caller ID (NUM-4). Never rejects. */
  verifyCallerId(order: VerificationOrder): Promise<Placing>;
  metrics(): EdgeMetrics;
  /** What is alive inside; all of it returns to zero when every call is over and every transaction has lingered its time. */
  counts(): UserAgentCounts & { readonly calls: number };
  /** New calls get 503 from here; running ones have `graceMs`, then they are ended, and their BYEs a short while; then the recorder closes. */
  close(graceMs: number): Promise<void>;
}
