/** Fixtures that one room lends to the tests of others: no test reaches into another room's files but through here. */

export {
  basic,
  openTestApi,
  randomHex,
  refusal,
  type TestAccount,
  type TestApi,
} from "../../packages/api/src/api.fixture.ts";
export { openDnsServer } from "../../packages/edge/src/dns/dns-server.fixture.ts";
export { FakeRecorder } from "../../packages/edge/src/fake-recorder.fixture.ts";
export { tonePower } from "../../packages/media/src/audio/tone.ts";
export { S3Server } from "../../packages/media/src/recorder/storage/s3-server.fixture.ts";
export { Rtpengine, rtpengineMissing } from "../../packages/media/src/rtpengine/rtpengine.fixture.ts";
export { pebbleMissing, startPebble } from "../../packages/server/src/certificates/acme/pebble.fixture.ts";
export { certificateNames } from "../../packages/server/src/certificates/certificates.ts";
export { openInstallationCertificates } from "../../packages/server/src/certificates/installation-certificates.ts";
export { edgeNames } from "../../packages/server/src/edge-locations.ts";
export { type MessageVector, readVectors } from "../../packages/sip/src/message/vectors.fixture.ts";
export { createPhone, type Phone, type PhoneOptions } from "../../packages/sip/src/session/phone.fixture.ts";
export {
  flowBetween,
  seededRandom,
  type Transit,
  VirtualNetwork,
  type Weather,
} from "../../packages/sip/src/session/virtual-network.fixture.ts";
export { makeCa } from "../../packages/transport/src/tls-material.fixture.ts";
export {
  ACCOUNT,
  account,
  carrier,
  changes,
  originationUrl,
  sid,
  TRUNK,
  trunk,
  type WrittenRow,
} from "../../packages/trunking/src/rows.fixture.ts";
