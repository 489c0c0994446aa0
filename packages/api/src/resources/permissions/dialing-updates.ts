import { countryPermission, type DialingPermission, type RiskPermission } from "@trunkline/trunking";
import { z } from "zod";
import { flag, given, jsonList, optional } from "../../form.ts";
import { invalid, Problem } from "../../problem.ts";
import { settle } from "../../resource.ts";
import { accepts, type Context, type Route } from "../../route.ts";
import { settingsOf } from "../accounts/account-settings.ts";
import { dialingCountry, readPermissions, whyNoCountry } from "./dialing-countries.ts";
import { permissionConflicts, whyInherited } from "./geo-permissions.ts";

/** More than there are countries. */
const UPDATES_MAX = 300;

const enabled = flag().schema.optional();
const updateShape = z.object({
  iso_code: z.string().max(64),
  low_risk_numbers_enabled: enabled,
  high_risk_special_numbers_enabled: enabled,
  high_risk_tollfraud_numbers_enabled: enabled,
});
type Update = z.infer<typeof updateShape>;

const bulkUpdate = accepts(
  { UpdateRequest: jsonList(updateShape, UPDATES_MAX, '[{"iso_code":"GB","low_risk_numbers_enabled":"true"}]') },
  async (at: Context, { UpdateRequest: updates }): Promise<number | Problem> => {
    const wrong = await whyInherited(at);
    if (wrong) return wrong;
    const rows = await permissionsAfter(at, updates);
    if (rows instanceof Problem) return rows;
    const stored = settle(at, await at.deps.store.dialingPermissions.set(at.account.sid, rows), permissionConflicts);
    return stored instanceof Problem ? stored : updates.length;
  },
);

const settingsUpdate = accepts(
  { DialingPermissionsInheritance: optional(flag()) },
  async (at: Context, { DialingPermissionsInheritance: dialingPermissionsInherited }): Promise<boolean | Problem> => {
    const outcome = await at.deps.store.accountSettings.change(at.account.sid, given({ dialingPermissionsInherited }));
    const settings = settle(at, outcome);
    return settings instanceof Problem ? settings : settings.dialingPermissionsInherited;
  },
);

/** Voice v1: many countries at once, and whether a subaccount has its parent's permissions (contract §3.2, §4.1). */
export const dialingUpdateRoutes: readonly Route[] = [
  {
    method: "POST",
    product: "voice",
    scope: "account",
    path: "/DialingPermissions/BulkCountryUpdates",
    summary: "Create: dialing permissions for many countries",
    form: bulkUpdate.form,
    success: { status: 201 },
    run: async (at) => {
      const count = await bulkUpdate.run(at, at.body);
      if (count instanceof Problem) return count;
      return { status: 201, body: { update_count: count, update_request: "accepted" } };
    },
  },
  {
    method: "GET",
    product: "voice",
    scope: "account",
    path: "/Settings",
    summary: "Fetch: inheritance of dialing permissions",
    form: {},
    success: { status: 200 },
    run: async (at) => {
      const { dialingPermissionsInherited } = await settingsOf(at);
      return { status: 200, body: viewSettings(at, dialingPermissionsInherited) };
    },
  },
  {
    method: "POST",
    product: "voice",
    scope: "account",
    path: "/Settings",
    summary: "Update: inheritance of dialing permissions",
    form: settingsUpdate.form,
    success: { status: 202 },
    run: async (at) => {
      const inherited = await settingsUpdate.run(at, at.body);
      return inherited instanceof Problem ? inherited : { status: 202, body: viewSettings(at, inherited) };
    },
  },
];

function viewSettings(at: Context, inherited: boolean): object {
  return { dialing_permissions_inheritance: inherited, url: at.links.absolute("voice", "/Settings") };
}

/** The rows that the updates make of what holds now; what an update does not name stays as it is. All or none. */
async function permissionsAfter(
  at: Context,
  updates: readonly Update[],
): Promise<readonly Omit<DialingPermission, "accountSid">[] | Problem> {
  const permissions = await readPermissions(at);
  const after = new Map<string, RiskPermission>();
  for (const update of updates) {
    const change = given({
      lowRisk: update.low_risk_numbers_enabled,
      highRiskSpecial: update.high_risk_special_numbers_enabled,
      highRiskTollFraud: update.high_risk_tollfraud_numbers_enabled,
    });
    const country = dialingCountry(update.iso_code);
    if (country === undefined) return invalid(`UpdateRequest: ${whyNoCountry(update.iso_code)}`);
    if (Object.keys(change).length === 0) {
      return invalid(
        `UpdateRequest: ${update.iso_code} has none of low_risk_numbers_enabled, high_risk_special_numbers_enabled and high_risk_tollfraud_numbers_enabled.`,
      );
    }
    for (const isoCode of country.covers) {
      const before = after.get(isoCode) ?? countryPermission(isoCode, at.account.sid, permissions);
      after.set(isoCode, { ...before, ...change });
    }
  }
  return [...after].map(([destination, { lowRisk, highRiskSpecial, highRiskTollFraud }]) => {
    return { destination, lowRisk, highRiskSpecial, highRiskTollFraud };
  });
}
