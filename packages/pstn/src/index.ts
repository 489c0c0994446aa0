export type { AnsweringCall } from "./answering.ts";
export { type AnsweringBehaviour, type Behaviour, DEFAULT_BEHAVIOUR, parseBehaviour, TONE_HZ } from "./behaviour.ts";
export type { CallScript, CallStatus, OutgoingCall } from "./calling.ts";
export { createPstnCore, type PstnCore, type PstnCoreOptions } from "./core.ts";
export {
  ANSWER_AT_ONCE,
  createPbxCore,
  LISTEN,
  openTestPbx,
  type PbxBehaviour,
  type PbxCall,
  type PbxCore,
  type TestPbx,
  type TestPbxOptions,
} from "./pbx.ts";
export type * from "./pstn.types.ts";
export { openSimulatedPstn } from "./simulated-pstn.ts";
export { placeTestCall } from "./test-call.ts";
