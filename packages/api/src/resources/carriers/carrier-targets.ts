import type { Dated } from "@trunkline/store";
import { type Carrier, type CarrierTarget, mintSid, parseOriginationSipUrl } from "@trunkline/trunking";
import { z } from "zod";
import { about, given, optional, text, wholeNumber } from "../../form.ts";
import { invalid, type Problem } from "../../problem.ts";
import { type At, type Resource, settle, settleRemoval } from "../../resource.ts";
import { accepts } from "../../route.ts";
import { partShape, viewPart, whyNoPart } from "./carrier-part.ts";
import { carrierOfPath } from "./carriers.ts";

type TargetRow = CarrierTarget & Dated;

const shape = z.strictObject({ ...partShape, sip_url: z.string(), priority: z.int(), weight: z.int() });

const fields = {
  SipUrl: about("Where calls go, such as sip:sbc.carrier.example:5060;transport=tcp.", text(2_048)),
  Priority: about("Lower first.", wholeNumber(0, 65_535)),
  Weight: about("Share of the calls among targets of the same priority.", wholeNumber(1, 65_535)),
};

/** `/trunkline/v1/Carriers/{CX}/Targets`: where calls to a carrier go (CAR-1). */
export const carrierTargets: Resource<TargetRow, Carrier> = {
  product: "trunkline",
  scope: "operator",
  noun: "target of a carrier",
  path: "/Carriers/:carrierSid/Targets",
  key: "targets",
  parent: carrierOfPath,
  shape,
  view: (row, at): z.infer<typeof shape> => ({
    ...viewPart(row, at, "Targets"),
    sip_url: row.sipUrl,
    priority: row.priority,
    weight: row.weight,
  }),
  list: accepts({}, async (at: At<Carrier>) => (page) => at.deps.store.carrierTargets.list(at.parent.sid, page)),
  fetch: (at, sid) => at.deps.store.carrierTargets.fetch(at.parent.sid, sid),
  create: accepts(
    { SipUrl: fields.SipUrl, Priority: optional(fields.Priority), Weight: optional(fields.Weight) },
    async (at: At<Carrier>, values) => {
      const wrong = whyNoPart(at.parent) ?? whyNotTarget(values.SipUrl);
      if (wrong) return wrong;
      const outcome = await at.deps.store.carrierTargets.create({
        sid: mintSid("CT", at.deps.randomHex(16)),
        carrierSid: at.parent.sid,
        sipUrl: values.SipUrl.trim(),
        priority: values.Priority ?? 10,
        weight: values.Weight ?? 10,
      });
      return settle(at, outcome);
    },
  ),
  update: accepts(
    { SipUrl: optional(fields.SipUrl), Priority: optional(fields.Priority), Weight: optional(fields.Weight) },
    async (at: At<Carrier> & { readonly row: TargetRow }, values) => {
      const wrong = values.SipUrl === undefined ? undefined : whyNotTarget(values.SipUrl);
      if (wrong) return wrong;
      const change = given({ sipUrl: values.SipUrl?.trim(), priority: values.Priority, weight: values.Weight });
      return settle(at, await at.deps.store.carrierTargets.update(at.parent.sid, at.row.sid, change));
    },
  ),
  remove: async (at, row) => settleRemoval(at, await at.deps.store.carrierTargets.delete(at.parent.sid, row.sid)),
};

function whyNotTarget(sipUrl: string): Problem | undefined {
  const parsed = parseOriginationSipUrl(sipUrl);
  if (parsed.kind === "invalid") return invalid(`SipUrl: ${parsed.why}`);
  if (parsed.user === null) return undefined;
  return invalid(`SipUrl: remove "${parsed.user}@". The called number goes there.`);
}
