import { countryPrefixes, type DialingPermission } from "@trunkline/trunking";
import { z } from "zod";
import { about, flag, given, optional, text } from "../../form.ts";
import { pageOfSorted } from "../../page.ts";
import { invalid, Problem } from "../../problem.ts";
import { type At, noParent, type Resource, settle, settleRemoval } from "../../resource.ts";
import { accepts, type Context } from "../../route.ts";
import { settingsOf } from "../accounts/account-settings.ts";

const ACTION_DISABLED = 20010;
const COUNTRIES = countryPrefixes();

/** What the store refuses of permissions. */
export const permissionConflicts = {
  limit: (most: number) =>
    invalid(
      `This account has ${most} permissions, the most there can be. Delete some first, or permit whole countries.`,
    ),
};

const shape = z.strictObject({
  account_sid: z.string(),
  destination: z.string(),
  low_risk_numbers_enabled: z.boolean(),
  high_risk_special_numbers_enabled: z.boolean(),
  high_risk_tollfraud_numbers_enabled: z.boolean(),
  url: z.string(),
});

const form = {
  LowRiskNumbersEnabled: optional(about("Ordinary numbers.", flag())),
  HighRiskSpecialNumbersEnabled: optional(about("Numbers that are dear by design: premium rate, satellite.", flag())),
  HighRiskTollfraudNumbersEnabled: optional(about("Numbers that fraudsters let others call.", flag())),
};

/**
 * `/trunkline/v1/GeoPermissions`: where an account may call (TERM-13), finer than Twilio's dialing permissions. The longest prefix of the
 * number decides, then its country, then `*`; without any of them an account may call the ordinary numbers of its home country.
 */
export const geoPermissions: Resource<DialingPermission, null> = {
  product: "trunkline",
  noun: "geo permission",
  path: "/GeoPermissions",
  key: "geo_permissions",
  parent: noParent,
  shape,
  view: (row, at): z.infer<typeof shape> => ({
    account_sid: row.accountSid,
    destination: row.destination,
    low_risk_numbers_enabled: row.lowRisk,
    high_risk_special_numbers_enabled: row.highRiskSpecial,
    high_risk_tollfraud_numbers_enabled: row.highRiskTollFraud,
    url: at.links.absolute("trunkline", `/GeoPermissions/${encodeURIComponent(row.destination)}`),
  }),
  list: accepts({}, async (at: At<null>) => {
    const rows = await at.deps.store.dialingPermissions.list(at.account.sid);
    return async (page) => pageOfSorted(rows, (row) => row.destination, page);
  }),
  fetch: async (at, destination) => {
    const rows = await at.deps.store.dialingPermissions.list(at.account.sid);
    return rows.find((row) => row.destination === destination);
  },
  create: accepts(
    {
      Destination: about("A country (ISO 3166-1, such as JP), a prefix such as +8190, or * for everywhere.", text(16)),
      ...form,
    },
    async (at: At<null>, values) => {
      const destination = readDestination(values.Destination);
      if (destination instanceof Problem) return destination;
      return setOne(at, {
        destination,
        lowRisk: values.LowRiskNumbersEnabled ?? false,
        highRiskSpecial: values.HighRiskSpecialNumbersEnabled ?? false,
        highRiskTollFraud: values.HighRiskTollfraudNumbersEnabled ?? false,
      });
    },
  ),
  update: accepts(form, async (at: At<null> & { readonly row: DialingPermission }, values) => {
    const { accountSid: _own, ...row } = at.row;
    const change = given({
      lowRisk: values.LowRiskNumbersEnabled,
      highRiskSpecial: values.HighRiskSpecialNumbersEnabled,
      highRiskTollFraud: values.HighRiskTollfraudNumbersEnabled,
    });
    return setOne(at, { ...row, ...change });
  }),
  remove: async (at, { destination }) =>
    (await whyInherited(at)) ??
    settleRemoval(at, await at.deps.store.dialingPermissions.remove(at.account.sid, destination)),
};

/** Undefined when the account's own permissions count; a change that changed nothing would be worse than none. */
export async function whyInherited(at: Context): Promise<Problem | undefined> {
  if (at.account.parentSid === null || !(await settingsOf(at)).dialingPermissionsInherited) return undefined;
  return invalid(
    "This subaccount inherits the dialing permissions of its parent. To give it its own, set DialingPermissionsInheritance=false in /v1/Settings first.",
    ACTION_DISABLED,
  );
}

async function setOne(
  at: Context,
  permission: Omit<DialingPermission, "accountSid">,
): Promise<DialingPermission | Problem> {
  const wrong = await whyInherited(at);
  if (wrong) return wrong;
  const outcome = await at.deps.store.dialingPermissions.set(at.account.sid, [permission]);
  const rows = settle(at, outcome, permissionConflicts);
  return rows instanceof Problem ? rows : (rows[0] ?? at.missing());
}

/** A blank before digits was a + that nobody encoded: forms write blanks that way. */
function readDestination(given: string): string | Problem {
  const destination = given.replace(/^ (?=\d)/, "+").toUpperCase();
  if (destination === "*" || /^\+[1-9]\d{0,14}$/.test(destination) || COUNTRIES.has(destination)) return destination;
  return invalid(
    `Destination: "${given}" is no place to call. Write the ISO 3166-1 code of a country such as JP, a prefix such as +8190, or * for everywhere.`,
  );
}
