import type {
  EdgeMetrics,
  EdgeNamedCertificates,
  EdgeOptions,
  EdgeTls,
  LiveCallView,
  PeerStatusView,
  Placing,
  RecordingControl,
  RecordingRequest,
  TrunkContactView,
  VerificationOrder,
} from "@trunkline/edge";
import type {
  Alert,
  CallAudio,
  CallCapture,
  CallRecord,
  DirectoryChange,
  Invalid,
  OverlayChange,
  RecordingOutcome,
  Replayed,
  SimulatedCall,
  Simulation,
} from "@trunkline/trunking";
import type { RecordingsPlace } from "../config/recordings-place.ts";
import type { MediaSetting } from "../config/settings.ts";

/** What the edge thread is started with. */
export type EdgeThreadData = {
  readonly options: EdgeOptions;
  readonly rtpPorts: { readonly min: number; readonly max: number };
  readonly media: MediaSetting;
  readonly mediaWorkers: number;
  readonly recordings: RecordingsPlace;
  /** Whether SIP messages of calls are kept. */
  readonly captures: boolean;
};

export type ListenerView = { readonly transport: string; readonly address: string; readonly port: number };

/** Offered by the edge thread to the control thread. */
export type EdgeOffer = {
  changes(changes: readonly DirectoryChange[]): void;
  liveCalls(accountSid: string | undefined): readonly LiveCallView[];
  hangUp(accountSid: string, sid: string): boolean;
  controlRecording(request: RecordingRequest): Promise<RecordingControl>;
  lostRecordings(sids: readonly string[]): Promise<readonly string[]>;
  peerStatus(ownerSid: string): PeerStatusView;
  trunkContact(trunkSid: string): TrunkContactView;
  capture(accountSid: string, callSid: string): { readonly capture: CallCapture; readonly isOver: boolean } | undefined;
  callAudio(accountSid: string, callSid: string): Promise<CallAudio | undefined>;
  verifyCallerId(order: VerificationOrder): Promise<Placing>;
  simulate(call: SimulatedCall): Simulation | Invalid | undefined;
  replay(calls: readonly SimulatedCall[], changes: readonly OverlayChange[]): readonly (Replayed | null)[] | undefined;
  setTls(tls: EdgeTls): void;
  setNamedCertificates(changes: readonly EdgeNamedCertificates[]): void;
  metrics(): EdgeMetrics;
  /** What an operator should look at. */
  troubles(): readonly string[];
  close(graceMs: number): Promise<void>;
};

/** Offered by the control thread to the edge thread. */
export type ControlOffer = {
  /** Sends the whole directory through `changes`, then every later change; resolves when the first load was sent. */
  subscribe(): Promise<void>;
  saveRecords(records: readonly CallRecord[]): Promise<void>;
  saveRecording(outcome: RecordingOutcome): Promise<void>;
  callerIdVerified(callSid: string): Promise<boolean>;
  saveAlerts(alerts: readonly Alert[]): Promise<void>;
  saveCaptures(captures: readonly CallCapture[]): Promise<void>;
  log(level: "info" | "warn" | "error", event: string, fields: Readonly<Record<string, unknown>>): void;
  /** The edge listens and knows the directory. */
  ready(listeners: readonly ListenerView[]): void;
};
