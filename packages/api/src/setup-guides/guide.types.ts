import type { Bilingual } from "@trunkline/trunking";
import type { SipPlace } from "../network-facts.ts";

/** What a guide is written from. Texts of people are as they wrote them: every guide quotes them for its own format. */
export type GuideFacts = {
  readonly trunkName: string;
  /** First label of the domain: lower-case letters, digits and hyphens. */
  readonly label: string;
  readonly domain: string;
  /** Of the digest challenge. */
  readonly realm: string;
  /** The domain's names at single edges. */
  readonly localizedDomains: readonly string[];
  /** TLS for a secure trunk, whose media is SRTP then; else UDP. */
  readonly transport: "udp" | "tls";
  /** Where SIP of that transport is taken and comes from; at least one. */
  readonly places: readonly SipPlace[];
  readonly rtpPorts: { readonly from: number; readonly to: number };
  /** Null: the trunk's IP access control lists alone let the PBX in. */
  readonly username: string | null;
  /** E.164, the first of them. */
  readonly numbers: readonly string[];
  readonly originationUrls: readonly string[];
  readonly symmetricRtp: boolean;
  /** Of the root certificate; null: the operator's certificate is signed by a public one. */
  readonly caUrl: string | null;
};

type GuideFile = {
  /** Where it goes on the PBX; `steps` for what is typed into a page. */
  readonly path: string;
  readonly language: "ini" | "xml" | "kamailio" | "opensips" | "ios" | "text";
  readonly text: string;
};

/** How one kind of PBX is set up for one trunk (CON-3). */
export type SetupGuide = {
  readonly files: readonly GuideFile[];
  readonly steps: readonly Bilingual[];
  readonly notes: readonly Bilingual[];
};

/** Pure: the same facts, the same texts. */
export type WriteGuide = (facts: GuideFacts) => SetupGuide;
