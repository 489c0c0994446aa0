import type { Route } from "../../route.ts";

/**
 * 2010-04-01 Balance. Nothing is paid in advance here, so there is no amount that could run out: it is null, which the contract allows, and
 * not a "0" that would look like money spent.
 */
export const balanceRoute: Route = {
  method: "GET",
  product: "api",
  path: "/Accounts/:accountSid/Balance",
  scope: "account",
  summary: "Fetch: balance",
  form: {},
  success: { status: 200 },
  run: async (at) => ({
    status: 200,
    body: { account_sid: at.account.sid, balance: null, currency: await at.deps.store.rates.currency() },
  }),
};
