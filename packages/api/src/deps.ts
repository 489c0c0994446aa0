import type { Store } from "@trunkline/store";
import type { NetworkFacts } from "./network-facts.ts";
import type {
  CallAudioPort,
  CallCapturePort,
  CallerIdVerificationPort,
  CallerNamePort,
  LiveCallsPort,
  PeerStatusPort,
  RecordingControlPort,
  RecordingMediaPort,
  ReplayPort,
  RequestLimit,
  SimulatedPstnPort,
  SimulationPort,
  TrunkContactPort,
} from "./ports.ts";

/** Everything the API works with; it opens no socket, file or database of its own. */
export type ApiDeps = {
  readonly store: Store;
  /** Base domain of the installation; trunk domains end in `.pstn.{zone}`. */
  readonly zone: string;
  /** Digest realm of the installation, which stored password hashes depend on. */
  readonly digestRealm: string;
  /** The operator's credentials: good for every account and for `/trunkline/v1`. */
  readonly operator: { readonly sid: string; readonly token: string };
  /** `bytes` of unpredictable randomness as lower-case hex; SIDs and tokens come from it. */
  readonly randomHex: (bytes: number) => string;
  /** Wall clock, epoch milliseconds. */
  readonly nowMs: () => number;
  /** Absent: the names that the operator has given to numbers (`/trunkline/v1/CallerNames`). */
  readonly callerNames?: CallerNamePort;
  /** Absent: nothing is known of the network, and what asks for it is answered 503. */
  readonly network?: NetworkFacts;
  /** Absent where no simulated PSTN runs. */
  readonly simulatedPstn?: SimulatedPstnPort;
  /** Absent in a role that carries no calls. */
  readonly liveCalls?: LiveCallsPort;
  /** Absent in a role that carries no calls. */
  readonly peerStatus?: PeerStatusPort;
  /** Absent in a role that carries no calls: captures of ended calls are in the store. */
  readonly callCaptures?: CallCapturePort;
  readonly callAudio?: CallAudioPort;
  /** Absent in a role that carries no calls. */
  readonly trunkContact?: TrunkContactPort;
  /** Absent in a role that carries no calls. */
  readonly simulations?: SimulationPort;
  /** Absent in a role that carries no calls. */
  readonly replays?: ReplayPort;
  /** Absent in a role that carries no calls. */
  readonly recordingControl?: RecordingControlPort;
  /** Absent in a role that carries no calls. */
  readonly callerIdVerification?: CallerIdVerificationPort;
  /** Absent: recordings can be neither listened to nor deleted here. */
  readonly recordingMedia?: RecordingMediaPort;
  /** Why requests of ours never go to a host (as a URL writes it), undefined when they may; absent: they go anywhere. */
  readonly refusedHost?: (host: string) => string | undefined;
  /** Absent: no limit. */
  readonly requestLimit?: RequestLimit;
  /**
   * Proxies whose X-Forwarded-Proto and X-Forwarded-Host are believed (addresses or CIDR); absent: none, so that a client cannot
   * choose the links it gets.
   */
  readonly trustedProxies?: readonly string[];
  /** Resolves when every change written so far is what the next call meets: a write is answered only then. Never rejects. */
  readonly changesApplied?: () => Promise<void>;
  /** Told of every failure of ours (answered 500 or 503), with the request id that the client saw. */
  readonly onFailure?: (error: unknown, requestId: string) => void;
};
