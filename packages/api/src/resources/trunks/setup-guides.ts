import { z } from "zod";
import { about, oneOf, optional } from "../../form.ts";
import { preferredLanguage } from "../../language.ts";
import { Problem } from "../../problem.ts";
import { accepts, type Context, type Route } from "../../route.ts";
import { guideFacts } from "../../setup-guides/facts.ts";
import { GUIDES } from "../../setup-guides/guides.ts";

const listedShape = z.strictObject({ name: z.string(), title: z.string(), url: z.string() });
const shape = z.strictObject({
  ...listedShape.shape,
  trunk_sid: z.string(),
  language: z.enum(["en", "ja"]),
  files: z.array(z.strictObject({ path: z.string(), language: z.string(), text: z.string() })),
  steps: z.array(z.string()),
  notes: z.array(z.string()),
});

const form = {
  Language: optional(about("Language of steps and notes; default: as Accept-Language prefers.", oneOf("en", "ja"))),
};

const one = accepts(form, async (at: Context, { Language }) => {
  const trunk = await at.deps.store.trunks.fetch(at.account.sid, at.param("trunkSid"));
  const guide = GUIDES.find(({ name }) => name === at.param("name"));
  if (trunk === undefined || guide === undefined) return at.missing();
  const facts = await guideFacts(at.deps, trunk, new URL(at.links.absolute("trunkline", "/")).origin);
  if (facts instanceof Problem) return facts;
  const language = Language ?? preferredLanguage(at.header("accept-language"));
  const { files, steps, notes } = guide.write(facts);
  const body: z.infer<typeof shape> = {
    ...viewListed(at, trunk.sid, guide),
    trunk_sid: trunk.sid,
    language,
    files: [...files],
    steps: steps.map((text) => text[language]),
    notes: notes.map((text) => text[language]),
  };
  return { status: 200 as const, body };
});

/** `/trunkline/v1/Trunks/{TK}/SetupGuides`: how PBXs are set up for a trunk, with everything of the trunk written in (CON-3). */
export const setupGuideRoutes: readonly Route[] = [
  {
    method: "GET",
    product: "trunkline",
    scope: "account",
    path: "/Trunks/:trunkSid/SetupGuides",
    summary: "List: setup guides of a trunk",
    form: {},
    success: { status: 200, schema: z.strictObject({ setup_guides: z.array(listedShape) }) },
    run: async (at) => {
      const trunk = await at.deps.store.trunks.fetch(at.account.sid, at.param("trunkSid"));
      if (trunk === undefined) return at.missing();
      return { status: 200, body: { setup_guides: GUIDES.map((guide) => viewListed(at, trunk.sid, guide)) } };
    },
  },
  {
    method: "GET",
    product: "trunkline",
    scope: "account",
    path: "/Trunks/:trunkSid/SetupGuides/:name",
    summary: "Fetch: setup guide of a trunk for one PBX",
    form,
    success: { status: 200, schema: shape },
    run: (at) => one.run(at, at.query),
  },
];

function viewListed(at: Context, trunkSid: string, { name, title }: { readonly name: string; readonly title: string }) {
  return { name, title, url: at.links.absolute("trunkline", `/Trunks/${trunkSid}/SetupGuides/${name}`) };
}
