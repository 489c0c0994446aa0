export { answerChallenges, type DigestAnswer, type DigestLogin } from "./digest/answer.ts";
export {
  type DigestChallenge,
  type DigestCredentials,
  parseChallenge,
  parseCredentials,
  writeChallenge,
  writeCredentials,
} from "./digest/auth-params.ts";
export { digestResponse, type Hash, ha1 } from "./digest/digest.ts";
export { NonceMint, type NonceMintOptions } from "./digest/nonce-mint.ts";
export { type DigestCheck, type DigestOutcome, findCredentials, verifyDigest } from "./digest/verify.ts";
export * from "./flow.ts";
export * from "./host.ts";
export type * from "./locate/dns.ts";
export { type LocateOptions, type LocateStep, locate, type SipTarget } from "./locate/locate.ts";
export * from "./malformed.ts";
export { parseCSeq } from "./message/cseq.ts";
export { DEFAULT_READ_LIMITS, type ReadLimits } from "./message/lines.ts";
export type * from "./message/message.ts";
export { parseNameAddr } from "./message/name-addr.ts";
export { canonicalName } from "./message/names.ts";
export { readMessage } from "./message/read.ts";
export { type StreamEvent, StreamFramer, type StreamFramerOptions } from "./message/stream-framer.ts";
export {
  copyString,
  decodeUtf8,
  encodeUtf8,
  isToken,
  quoteString,
  splitList,
  unescapeQuoted,
} from "./message/text.ts";
export { isUnreadable, type ReplyHeaders, Unreadable } from "./message/unreadable.ts";
export {
  escapeUser,
  isHost,
  parseSipUri,
  parseTelUri,
  sameSipUri,
  unescapeUser,
  writeSipUri,
} from "./message/uri.ts";
export type * from "./message/values.ts";
export { parseVia } from "./message/via.ts";
export {
  type HeaderLine,
  type ResponseExtras,
  writeMessage,
  writeRefusal,
  writeResponse,
} from "./message/write.ts";
export * from "./sdp/description.ts";
export { readSdp, writeSdp } from "./sdp/read.ts";
export { relocateSdp, type SdpMediaPlace, type SdpPlace } from "./sdp/relocate.ts";
export { sdpOf } from "./session/body.ts";
export type * from "./session/events.ts";
export type * from "./session/registration.types.ts";
export { createUserAgent } from "./session/user-agent.ts";
export type * from "./session/user-agent.types.ts";
