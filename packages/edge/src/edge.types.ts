import type { MediaPlane, Recorder, RecorderOptions } from "@trunkline/media";
import type {
  AlertSink,
  CallAudio,
  CallCapture,
  CallerIdSink,
  CallRecordSink,
  CaptureSink,
  DirectorySource,
  Invalid,
  OverlayChange,
  RecordingSink,
  Replayed,
  SimulatedCall,
  Simulation,
} from "@trunkline/trunking";
import type { TrunkContactView } from "./contact/contact.types.ts";
import type { Placing } from "./own-call/own-call.types.ts";
import type { PeerStatusView } from "./peers/peer-status.types.ts";
import type { RecordingControl, RecordingRequest } from "./recording/recording.types.ts";
import type { VerificationOrder } from "./verification/verification.types.ts";

/** A local address to listen on and the address shown to the world for it. */
export type EdgeAddress = { readonly bind: string; readonly advertise: string };

/** A certificate chain (leaf first) with its private key, and the host names it is shown for: `*.` covers one label (RFC 6125 §6.4.3). */
export type EdgeCertificate = {
  readonly names: readonly string[];
  readonly certPem: string;
  readonly keyPem: string;
};

/** What one trunk has of its own (SEC-6): shown by exact name, before anything else. No certificates: nothing any more. */
export type EdgeNamedCertificates = { readonly key: string; readonly certificates: readonly EdgeCertificate[] };

/** What TLS listeners show, and whom TLS clients trust. */
export type EdgeTls = {
  /** In order of preference; the first one also serves peers that name no host (no SNI) or a host that none is for. */
  readonly certificates: readonly EdgeCertificate[];
  /** Root certificates to trust in addition to the system's. */
  readonly caPem: string;
  /** Roots of the certificates of peers that connect to us, where a trunk asks for one. Default `caPem`. */
  readonly clientCaPem?: string;
  /** OpenSSL's names of the suites offered, colons between, in order. Absent: all of SEC-1. Read when the edge opens. */
  readonly ciphers?: string;
  /** Read when the edge opens; afterwards `Edge.setNamedCertificates` keeps them up to date. */
  readonly named?: readonly EdgeNamedCertificates[];
  /**
   * Whose servers must prove their name (RFC 5922) when we call them over TLS. Default `carriers`: a carrier is chosen by the operator, who
   * can give us its root. Customers' PBXs mostly have certificates of their own making, and the contract (§8.6) asks nothing of them, so
   * towards them TLS keeps out who listens, not who diverts the call.
   */
  readonly verify?: "none" | "carriers" | "all";
};

export type EdgeOptions = {
  readonly edge: string;
  readonly zone: string;
  readonly addresses: readonly EdgeAddress[];
  /** UDP and TCP port; 0 for any. */
  readonly sipPort: number;
  /**
   * Private connections (ORIG-13): the SID that a URL's `tnx` names and our address on it, listened on like the others. Requests and media
   * leave from there when the SID is named, and only then.
   */
  readonly interconnects?: readonly { readonly sid: string; readonly address: string }[];
  /** TLS port; 0 for any. Without `tls` nothing listens on it. Default 5061. */
  readonly sipsPort?: number;
  readonly tls?: EdgeTls;
  /** Folder of the journal; made when missing. */
  readonly journalDir: string;
  /** Key of our nonces, 32 bytes hex; stable over restarts so that a nonce outlives them. */
  readonly nonceSecret: string;
  readonly limits?: Partial<EdgeLimits>;
};

/** Every bound of the edge, with its reason in `limits.ts`. */
export type EdgeLimits = {
  readonly maxMessageBytes: number;
  readonly maxCalls: number;
  readonly maxServerTransactions: number;
  readonly requestsPerSourcePerSecond: number;
  readonly connectionsPerSourcePerSecond: number;
  readonly sourcesTracked: number;
  readonly ringTimeoutMs: number;
  readonly mediaSilenceMs: number;
  readonly recordedRefusalsPerMinute: number;
  readonly alertsPerCodePerMinute: number;
};

export type EdgePorts = {
  readonly directory: DirectorySource;
  readonly records: CallRecordSink;
  readonly alerts: AlertSink;
  /** Absent: no SIP messages are kept (EVD-2). */
  readonly captures?: CaptureSink;
  readonly media: MediaPlane;
  /** Absent: calls that are to be recorded go on without, and their accounts are told. */
  readonly recordings?: {
    /** Opens the recorder, which lives as long as the edge. */
    open(news: Pick<RecorderOptions, "onFinished" | "onAlarm">): Promise<Recorder>;
    readonly sink: RecordingSink;
  };
  /** Absent: caller IDs cannot be verified (NUM-4). */
  readonly callerIds?: CallerIdSink;
  /** One structured line about something an operator should know; never per packet or per message. */
  log(level: "info" | "warn" | "error", event: string, fields: Readonly<Record<string, unknown>>): void;
};

export type LiveCallView = {
  readonly sid: string;
  readonly accountSid: string;
  readonly trunkSid: string;
  readonly direction: string;
  readonly from: string;
  readonly to: string;
  readonly status: "ringing" | "in-progress";
  readonly startedAtMs: number;
  readonly answeredAtMs: number | null;
};

/** Our Contact at a carrier's registrar, as it is now. */
export type RegistrationView = {
  readonly carrierSid: string;
  /** Request-URI of the REGISTER. */
  readonly registrar: string;
  readonly state: "registering" | "registered" | "failed" | "closing" | "closed";
  /** Until when the registrar keeps it; null when it does not. */
  readonly expiresAtMs: number | null;
  /** When the next REGISTER goes; null while one is under way. */
  readonly nextAtMs: number | null;
  /** Null before the first one; its status is null when there was no answer, and the reason is ours then. */
  readonly lastAnswer: { readonly status: number | null; readonly reason: string } | null;
};

/** Counters for /metrics; cumulative since start unless named otherwise. */
export type EdgeMetrics = Readonly<Record<string, number>>;

export interface Edge {
  /** SIP listeners really bound, e.g. `udp:127.0.0.1:5060`. */
  readonly listeners: readonly {
    readonly transport: "udp" | "tcp" | "tls";
    readonly address: string;
    readonly port: number;
  }[];
  liveCalls(accountSid?: string): readonly LiveCallView[];
  hangUp(accountSid: string, sid: string): boolean;
  /** Pauses, resumes or stops one (contract §9). Rejects when the recorder is not there to do it. */
  controlRecording(order: RecordingRequest): Promise<RecordingControl>;
  /** Which of these recordings, begun here and never ended by their rows, exist nowhere here (REC-4). */
  lostRecordings(sids: readonly string[]): Promise<readonly string[]>;
  /** What an operator should look at, in a few words each. */
  troubles(): readonly string[];
  /** How a carrier (`CX…`) or a trunk's PBX (`TK…`) is met now: registration, targets, calls (CAR-1, ORIG-12). */
  peerStatus(ownerSid: string): PeerStatusView;
  /** The SIP messages of a call that runs or has just ended, so far; undefined: nothing is known of it here. */
  capture(accountSid: string, callSid: string): { readonly capture: CallCapture; readonly isOver: boolean } | undefined;
  /** How the audio of a running call is going (EVD-2); undefined: no such call runs here. */
  callAudio(accountSid: string, callSid: string): Promise<CallAudio | undefined>;
  /** The last that was heard from the PBX behind a trunk since the edge started (CON-3). */
  trunkContact(trunkSid: string): TrunkContactView;
  /** Calls a number to verify it as a caller ID (NUM-4). */
  verifyCallerId(order: VerificationOrder): Promise<Placing>;
  /** Would this call pass now, and where would it go (EVD-3)? Undefined until the directory was loaded once. */
  simulate(call: SimulatedCall): Simulation | Invalid | undefined;
  /** The same of calls at once, by the configuration as it is and as these changes would make it; null for what is no call. */
  replay(calls: readonly SimulatedCall[], changes: readonly OverlayChange[]): readonly (Replayed | null)[] | undefined;
  /** Shows and trusts other certificates from the next handshake on; throws when one cannot be used, and then nothing changes. */
  setTls(tls: EdgeTls): void;
  /** The same for what single trunks have of their own; trunks not named stay as they are. */
  setNamedCertificates(changes: readonly EdgeNamedCertificates[]): void;
  metrics(): EdgeMetrics;
  /** Refuses new calls (503 with Retry-After), waits for the running ones at most `graceMs`, ends the rest, finishes recordings, flushes the journal, closes. */
  close(graceMs: number): Promise<void>;
}
