import { z } from "zod";
import { about, matching } from "../../form.ts";
import { accepts, type Context, type Route } from "../../route.ts";

const shape = z.strictObject({ currency: z.string(), url: z.string() });
const CURRENCIES = new Set(Intl.supportedValuesOf("currency"));

const currency = matching(/^[A-Z]{3}$/, "an ISO 4217 code such as USD");
const known = {
  ...currency,
  schema: currency.schema.refine((code) => CURRENCIES.has(code), { error: "must be an ISO 4217 code such as USD" }),
};

const change = accepts(
  { Currency: about("What every price is in from now on; the prices themselves stay the same numbers.", known) },
  async (at: Context, { Currency: code }) => {
    await at.deps.store.rates.setCurrency(code);
    return { status: 200 as const, body: await viewCurrency(at) };
  },
);

/** What all amounts of an answer are in: the parent of resources that tell amounts, so that it is asked for once and not for every row. */
export type Priced = { readonly currency: string };

export async function priced({ deps }: Context): Promise<Priced> {
  return { currency: await deps.store.rates.currency() };
}

/** `/trunkline/v1/Currency`: what the prices of the installation are in. */
export const currencyRoutes: readonly Route[] = [
  {
    method: "GET",
    product: "trunkline",
    scope: "anyone",
    path: "/Currency",
    summary: "Fetch: currency of the installation",
    form: {},
    success: { status: 200, schema: shape },
    run: async (at) => ({ status: 200, body: await viewCurrency(at) }),
  },
  {
    method: "POST",
    product: "trunkline",
    scope: "operator",
    path: "/Currency",
    summary: "Update: currency of the installation",
    form: change.form,
    success: { status: 200, schema: shape },
    run: (at) => change.run(at, at.body),
  },
];

async function viewCurrency(at: Context): Promise<z.infer<typeof shape>> {
  return { currency: await at.deps.store.rates.currency(), url: at.links.absolute("trunkline", "/Currency") };
}
