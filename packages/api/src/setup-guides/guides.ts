import { asteriskPjsip } from "./asterisk-pjsip.ts";
import { asteriskSip } from "./asterisk-sip.ts";
import { freeswitch } from "./freeswitch.ts";
import type { WriteGuide } from "./guide.types.ts";
import { kamailio } from "./kamailio.ts";
import { opensips } from "./opensips.ts";
import { freepbx, fusionpbx, threeCx } from "./pages.ts";
import { audiocodes, ciscoCube } from "./session-borders.ts";

/** Every PBX that a trunk can be set up on by a guide. */
export const GUIDES: readonly { readonly name: string; readonly title: string; readonly write: WriteGuide }[] = [
  { name: "asterisk-pjsip", title: "Asterisk (chan_pjsip)", write: asteriskPjsip },
  { name: "asterisk-sip", title: "Asterisk (chan_sip)", write: asteriskSip },
  { name: "freepbx", title: "FreePBX", write: freepbx },
  { name: "freeswitch", title: "FreeSWITCH", write: freeswitch },
  { name: "fusionpbx", title: "FusionPBX", write: fusionpbx },
  { name: "kamailio", title: "Kamailio", write: kamailio },
  { name: "opensips", title: "OpenSIPS", write: opensips },
  { name: "3cx", title: "3CX", write: threeCx },
  { name: "cisco-cube", title: "Cisco CUBE", write: ciscoCube },
  { name: "audiocodes", title: "AudioCodes", write: audiocodes },
];
