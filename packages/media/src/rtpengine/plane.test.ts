import { afterAll, describe, expect, it } from "vitest";
import { mediaPlaneContract, type PortRange } from "../plane.contract.ts";
import type { MediaPlane } from "../plane.ts";
import { hasIpv6 } from "../plane-ground.fixture.ts";
import { createRtpenginePlane } from "./plane.ts";
import { Rtpengine, rtpengineMissing } from "./rtpengine.fixture.ts";

const missing = rtpengineMissing();
const started: Rtpengine[] = [];
afterAll(() => Promise.all(started.map((rtpengine) => rtpengine.kill())));

/** A plane on an rtpengine of its own. A narrow range of ports is on an address of its own: other tests have theirs there. */
async function make(range?: PortRange): Promise<MediaPlane> {
  const interfaces = range ? ["127.0.0.9"] : ["127.0.0.1", ...(hasIpv6() ? ["::1"] : [])];
  const rtpengine = await Rtpengine.start({ interfaces, ...range });
  started.push(rtpengine);
  return createRtpenginePlane({ servers: [rtpengine.address] });
}

/** What rtpengine 10.5 does not do as the embedded plane does; docs/media-rtpengine.md says what each means for an operator. */
const DIFFERENCES: Readonly<Record<string, string>> = {
  "MED-1 off: media goes to the SDP address, though it comes from another port":
    "it hears either everybody or the very port of the SDP; the latter is chosen",
  "MED-1 what a stranger sends to a leg is counted as rejected":
    "it relays whatever comes from the right place, RTP or not",
  "MED-6 counts what came from each leg": "loss and jitter are known from the RTCP of the ends alone",
  "MED-6 reads the round trip of a leg from its reports about what it got":
    "it reads reports about streams that it has heard, and these are about none",
  "MED-6 reads the round trip from reports that come enciphered, too":
    "it reads reports about streams that it has heard, and these are about none",
  "SEC-3 relays nothing that does not authenticate, counts it, and goes on (RFC 3711 §3.3)":
    "it counts a forged packet of an unknown payload type twice; it relays none",
  "SEC-3 RFC 3711 §3.3.2 relays no packet twice, and late ones once": "it has no protection against replay",
  "SEC-3 RFC 3711 §3.4 relays no SRTCP packet twice": "it has no protection against replay",
  "SEC-3 hears a sender that is past its first wrap when it joins": "it takes every sender to begin at rollover 0",
  "SEC-3 RFC 4568 §7.1.4 takes a new key with a new offer; what is on its way under the old one is not lost":
    "it forgets the old key at once",
  "SEC-3 whoever takes a new key is never sent to from a rollover counter it cannot know":
    "it goes on counting, as RFC 3711 §3.3.1 says, and never renames a source",
  "SEC-3 a source that begins its sequence anew is enciphered under another name, never twice with one key stream":
    "it never renames a source",
};

if (missing)
  describe.skip(`MediaPlane: rtpengine (${missing})`, () => it("is tried", () => expect(missing).toBe(false)));
else mediaPlaneContract("rtpengine", make, DIFFERENCES);
