import type { CallerName, Dated } from "@trunkline/store";
import { isE164 } from "@trunkline/trunking";
import { z } from "zod";
import { isoDate } from "../../dates.ts";
import { about, clearable, given, oneOf, optional, text } from "../../form.ts";
import { notE164 } from "../../problem.ts";
import { type At, noParent, type Resource, settle, settleRemoval } from "../../resource.ts";
import { accepts } from "../../route.ts";

type CallerNameRow = CallerName & Dated;

const NUMBER_INVALID = 21211;

const shape = z.strictObject({
  phone_number: z.string(),
  caller_name: z.string(),
  caller_type: z.enum(["BUSINESS", "CONSUMER"]).nullable(),
  date_created: z.string(),
  date_updated: z.string(),
  url: z.string(),
});

const callerName = about("As a telephone shows it.", text(64));
const callerType = clearable(about("Empty when nobody knows.", oneOf("BUSINESS", "CONSUMER")));

/** `/trunkline/v1/CallerNames`: the names that look-ups find, by number (API-1). */
export const callerNames: Resource<CallerNameRow, null> = {
  product: "trunkline",
  scope: "operator",
  noun: "name of a caller",
  path: "/CallerNames",
  key: "caller_names",
  parent: noParent,
  shape,
  view: (row, at): z.infer<typeof shape> => ({
    phone_number: row.e164,
    caller_name: row.callerName,
    caller_type: row.callerType,
    date_created: isoDate(row.createdAtMs),
    date_updated: isoDate(row.updatedAtMs),
    url: at.links.absolute("trunkline", `/CallerNames/${encodeURIComponent(row.e164)}`),
  }),
  list: accepts({}, async (at: At<null>) => (page) => at.deps.store.callerNames.list(page)),
  fetch: (at, number) => at.deps.store.callerNames.fetch(number.replace(/^[+ ]?(?=\d)/, "+")),
  create: accepts(
    {
      PhoneNumber: about("In E.164 form; a name that it has already is replaced.", text(32)),
      CallerName: callerName,
      CallerType: callerType,
    },
    async (at: At<null>, { PhoneNumber: e164, CallerName, CallerType }) => {
      if (!isE164(e164)) return notE164("PhoneNumber", e164, NUMBER_INVALID);
      const row = { e164, callerName: CallerName, callerType: CallerType ?? null };
      return settle(at, await at.deps.store.callerNames.set(row));
    },
  ),
  update: accepts(
    { CallerName: optional(callerName), CallerType: callerType },
    async (at: At<null> & { readonly row: CallerNameRow }, values) => {
      const { e164, callerName: name, callerType: type } = at.row;
      const change = given({ callerName: values.CallerName, callerType: values.CallerType });
      return settle(at, await at.deps.store.callerNames.set({ e164, callerName: name, callerType: type, ...change }));
    },
  ),
  remove: async (at, row) => settleRemoval(at, await at.deps.store.callerNames.remove(row.e164)),
};
