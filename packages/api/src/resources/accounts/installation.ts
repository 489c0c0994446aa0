import { trunkDomainSuffix } from "@trunkline/trunking";
import { z } from "zod";
import type { Route } from "../../route.ts";

const shape = z.strictObject({ zone: z.string(), trunk_domain_suffix: z.string() });

/** `/trunkline/v1/Installation`: what a client has to know of the place it talks to, such as what trunk domains end in here (TRK-2). */
export const installationRoutes: readonly Route[] = [
  {
    method: "GET",
    product: "trunkline",
    scope: "anyone",
    path: "/Installation",
    summary: "Fetch: names of this installation",
    form: {},
    success: { status: 200, schema: shape },
    run: async ({ deps: { zone } }) => {
      const body: z.infer<typeof shape> = { zone, trunk_domain_suffix: trunkDomainSuffix(zone) };
      return { status: 200, body };
    },
  },
];
