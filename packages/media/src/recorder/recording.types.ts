import type { Leg } from "../plane.ts";

/** What is to be recorded, and how. */
export type RecordingOrder = {
  /** `RE…`; names the files. */
  readonly sid: string;
  readonly callSid: string;
  readonly accountSid: string;
  /** 1: both legs mixed. 2: channel 1 is leg A (the caller), channel 2 leg B. */
  readonly channels: 1 | 2;
  /** Cut silence at the beginning and at the end (see `silence.ts` for what counts as silence). */
  readonly trim: boolean;
  /** The account's public key; the file at rest is then ciphertext that only its owner can read (contract §9). */
  readonly encryptTo?: RecipientKey;
};

export type RecipientKey = {
  /** `CR…` */
  readonly keySid: string;
  /** RSA, PEM (SPKI or PKCS#1), 2048 bits or more. */
  readonly publicKey: string;
};

/** Why a stretch of a recording is silence though there was, or may have been, sound. */
export type GapCause =
  /** No room on the disk. */
  | "disk-full"
  /** The disk refused for another reason. */
  | "disk-failed"
  /** The disk was so slow that packets found no room in memory. */
  | "overrun"
  /** A codec we do not decode. */
  | "codec"
  /** A WAV file cannot be longer. */
  | "too-long"
  /** The recorder itself failed and was started again. */
  | "fault";

/** Times are milliseconds into the file. `leg` is null when both are concerned. */
export type Gap = {
  readonly cause: GapCause;
  readonly leg: Leg | null;
  readonly fromMs: number;
  readonly toMs: number;
};

/** Why there is nothing to listen to. */
export type Absence =
  /** It ended before a single sample (Twilio 16101). */
  | "too-short"
  /** Nothing but silence, and trimming took it all (Twilio 16102). */
  | "silent"
  /** Not one packet of speech came from either leg. */
  | "no-media"
  /** Its file is gone. */
  | "lost";

/** How the account's key opens the file: AES-256-GCM, the tag in the last 16 bytes, the key wrapped by RSA-OAEP with SHA-256; base64. */
export type EncryptionDetails = { readonly keySid: string; readonly cek: string; readonly iv: string };

export type StoredFile = {
  /** Key in the storage, e.g. `AC…/2026-11/RE….wav`; encrypted files end in `.enc`. */
  readonly name: string;
  readonly bytes: number;
  /** Of the stored bytes, hexadecimal. */
  readonly sha256: string;
  readonly encryption: EncryptionDetails | null;
};

type Outcome = Pick<RecordingOrder, "sid" | "callSid" | "accountSid" | "channels"> & {
  /** Wall clock, ms since 1970. */
  readonly startedAtMs: number;
  readonly durationMs: number;
  /** The process or the machine went down during the recording: it ends where the disk's knowledge ended. */
  readonly interrupted: boolean;
};

/** How a recording ended. `damaged` is `completed` with gaps; both can be listened to. */
export type RecordingResult =
  | (Outcome & { readonly state: "completed"; readonly file: StoredFile })
  | (Outcome & { readonly state: "damaged"; readonly file: StoredFile; readonly gaps: readonly Gap[] })
  | (Outcome & { readonly state: "absent"; readonly why: Absence; readonly gaps: readonly Gap[] });

/** What a recording stopped just now is known to be, before its file is hashed, encrypted and stored. */
export type StoppedRecording = { readonly sid: string; readonly durationMs: number };

/** A live recording, for sweeps and displays. */
export type LiveRecording = {
  readonly sid: string;
  readonly callSid: string;
  readonly accountSid: string;
  readonly durationMs: number;
  /** Packets of decodable speech so far. */
  readonly heard: Readonly<Record<Leg, number>>;
};

export type AlarmName = GapCause | "disk-slow" | "no-media" | "encryption-failed" | "storage-failed" | "unreadable";

/** Something the operator, or the account whose recording it is, has to hear of. At most one of a name per recording. */
export type RecorderAlarm = {
  readonly name: AlarmName;
  /** Null when it concerns the recorder as a whole. */
  readonly sid: string | null;
  /** Whose recording it is; null too when its order is unreadable. */
  readonly call: Pick<RecordingOrder, "callSid" | "accountSid"> | null;
  /** For a person. */
  readonly why: string;
};
