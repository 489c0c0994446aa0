import { given, oneOf, optional } from "../../form.ts";
import { Problem } from "../../problem.ts";
import { settle } from "../../resource.ts";
import { type Answer, accepts, type Context, type Route } from "../../route.ts";
import { type TrunkRow, trunkOfPath } from "./trunks.ts";

const PATH = "/Trunks/:trunkSid/Recording";

const update = accepts(
  {
    Mode: optional(
      oneOf(
        "do-not-record",
        "record-from-ringing",
        "record-from-answer",
        "record-from-ringing-dual",
        "record-from-answer-dual",
      ),
    ),
    Trim: optional(oneOf("trim-silence", "do-not-trim")),
  },
  async (at: Context & { readonly trunk: TrunkRow }, { Mode: recordingMode, Trim: recordingTrim }) => {
    const change = given({ recordingMode, recordingTrim });
    return settle(at, await at.deps.store.trunks.update(at.account.sid, at.trunk.sid, change));
  },
);

/** Trunking v1 Recording of a trunk: one object without a SID (contract §2.2, REC-1). */
export const trunkRecordingRoutes: readonly Route[] = [
  {
    method: "GET",
    product: "trunking",
    scope: "account",
    path: PATH,
    summary: "Fetch: recording settings of a trunk",
    form: {},
    success: { status: 200 },
    run: async (at) => {
      const trunk = await trunkOfPath(at);
      return trunk === undefined ? at.missing() : shown(trunk);
    },
  },
  {
    method: "POST",
    product: "trunking",
    scope: "account",
    path: PATH,
    summary: "Update: recording settings of a trunk",
    form: update.form,
    success: { status: 200 },
    run: async (at) => {
      const trunk = await trunkOfPath(at);
      if (trunk === undefined) return at.missing();
      const row = await update.run({ ...at, trunk }, at.body);
      return row instanceof Problem ? row : shown(row);
    },
  },
];

function shown(trunk: TrunkRow): Answer {
  return { status: 200, body: { mode: trunk.recordingMode, trim: trunk.recordingTrim } };
}
