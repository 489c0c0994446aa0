import type { Store } from "@trunkline/store";
import { z } from "zod";
import { isoDate } from "../../dates.ts";
import { about, oneOf, optional } from "../../form.ts";
import { type Language, preferredLanguage } from "../../language.ts";
import type { TrunkContact } from "../../ports.ts";
import { unavailable } from "../../problem.ts";
import { accepts, type Context, type Route } from "../../route.ts";
import { type Diagnosis, diagnoseInvite, diagnoseOptions } from "../../setup-guides/diagnosis.ts";

const ABSENT = unavailable("This process carries no calls. Ask one in the role `edge` or `all`.");
const STARTING = unavailable("Nothing is known yet: the platform is starting. Try again in a few seconds.");

const problemShape = z.strictObject({ what: z.string(), remedy: z.string() }).nullable();
const seen = {
  date: z.string(),
  source: z.string(),
  transport: z.enum(["udp", "tcp", "tls"]),
  user_agent: z.string().nullable(),
};
const shape = z.strictObject({
  trunk_sid: z.string(),
  last_options: z
    .strictObject({
      ...seen,
      verdict: z.enum(["answered", "early", "blocked", "rate"]),
      answer_status: z.int().nullable(),
      problem: problemShape,
    })
    .nullable(),
  last_invite: z
    .strictObject({
      ...seen,
      from: z.string(),
      to: z.string(),
      status: z.int().nullable(),
      code: z.int().nullable(),
      call_sid: z.string(),
      problem: problemShape,
    })
    .nullable(),
  url: z.string(),
});

const form = {
  Language: optional(about("Language of the problems; default: as Accept-Language prefers.", oneOf("en", "ja"))),
};

const fetchContact = accepts(form, async (at: Context, { Language }) => {
  const { store, trunkContact, nowMs } = at.deps;
  const trunk = await store.trunks.fetch(at.account.sid, at.param("trunkSid"));
  if (trunk === undefined) return at.missing();
  if (trunkContact === undefined) return ABSENT;
  const contact = await trunkContact.fetch(trunk.sid);
  if (contact === undefined) return STARTING;
  const { options, invite } = contact;
  const language = Language ?? preferredLanguage(at.header("accept-language"));
  const setting = { secure: trunk.secure, lists: await listNames(store, trunk.sid), nowMs: nowMs() };
  const body: z.infer<typeof shape> = {
    trunk_sid: trunk.sid,
    last_options: options && {
      ...viewSeen(options),
      verdict: options.verdict,
      answer_status: options.verdict === "answered" ? 200 : null,
      problem: inLanguage(diagnoseOptions(options, setting), language),
    },
    last_invite: invite && {
      ...viewSeen(invite),
      from: invite.from,
      to: invite.to,
      status: invite.status,
      code: invite.code,
      call_sid: invite.callSid,
      problem: inLanguage(diagnoseInvite(invite, setting), language),
    },
    url: at.links.absolute("trunkline", `/Trunks/${trunk.sid}/Contact`),
  };
  return { status: 200 as const, body };
});

/** `/trunkline/v1/Trunks/{TK}/Contact`: the last OPTIONS and INVITE that came to a trunk, and what to change (CON-3). */
export const contactRoutes: readonly Route[] = [
  {
    method: "GET",
    product: "trunkline",
    scope: "account",
    path: "/Trunks/:trunkSid/Contact",
    summary: "Fetch: the last OPTIONS and INVITE of the PBX behind a trunk",
    form,
    success: { status: 200, schema: shape },
    run: (at) => fetchContact.run(at, at.query),
  },
];

function viewSeen({
  atMs,
  sourceAddress,
  sourcePort,
  transport,
  userAgent,
}: NonNullable<TrunkContact["options"] | TrunkContact["invite"]>) {
  const host = sourceAddress.includes(":") ? `[${sourceAddress}]` : sourceAddress;
  return { date: isoDate(atMs), source: `${host}:${sourcePort}`, transport, user_agent: userAgent };
}

function inLanguage(found: Diagnosis | null, language: Language): { what: string; remedy: string } | null {
  return found && { what: found.what[language], remedy: found.remedy[language] };
}

async function listNames(store: Store, trunkSid: string): Promise<string> {
  const { rows } = await store.trunkIpAccessControlLists.list(trunkSid, { limit: 5 });
  return rows.map(({ friendlyName, sid }) => `${friendlyName} (${sid})`).join(", ");
}
