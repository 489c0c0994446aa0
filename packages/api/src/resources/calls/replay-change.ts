import type { DialingPermission, OverlayChange } from "@trunkline/trunking";
import { z } from "zod";
import { invalid, Problem } from "../../problem.ts";
import type { Context } from "../../route.ts";

const MOST = 50;
const sid = (letters: string) => z.string().regex(new RegExp(`^${letters}[0-9a-f]{32}$`), `must be a SID ${letters}…`);
const some = <Row extends z.ZodType>(row: Row) => z.array(row).min(1).max(MOST).optional();

/** What may be tried, by the names that the API gives it. */
export const changeShape = z.strictObject({
  trunks: some(
    z.strictObject({ sid: sid("TK"), secure: z.boolean().optional(), domain_name: z.string().max(255).optional() }),
  ),
  origination_urls: some(
    z.strictObject({
      sid: sid("OU"),
      trunk_sid: sid("TK"),
      enabled: z.boolean().optional(),
      priority: z.int().min(0).max(65_535).optional(),
      weight: z.int().min(1).max(65_535).optional(),
      removed: z.literal(true).optional(),
    }),
  ),
  phone_numbers: some(z.strictObject({ sid: sid("PN"), trunk_sid: sid("TK").nullable() })),
  geo_permissions: some(
    z.strictObject({
      destination: z
        .string()
        .regex(/^(\*|[A-Z]{2}|\+\d{1,15})$/, "must be *, a country such as JP, or a prefix such as +44"),
      low_risk_numbers_enabled: z.boolean().optional(),
      high_risk_special_numbers_enabled: z.boolean().optional(),
      high_risk_tollfraud_numbers_enabled: z.boolean().optional(),
    }),
  ),
});
export type ReplayChange = z.infer<typeof changeShape>;

/** The rows as they would be. What is not the account's is not there. */
export async function rowsOf(at: Context, change: ReplayChange): Promise<readonly OverlayChange[] | Problem> {
  const { trunks = [], origination_urls = [], phone_numbers = [], geo_permissions = [] } = change;
  const found = [
    ...(await Promise.all(trunks.map((one) => trunkRow(at, one)))),
    ...(await Promise.all(origination_urls.map((one) => urlRow(at, one)))),
    ...(await Promise.all(phone_numbers.map((one) => numberRow(at, one)))),
    ...(await permissionRows(at, geo_permissions)),
  ];
  if (found.length === 0)
    return invalid(
      "Change: names nothing that changes. Give trunks, origination_urls, phone_numbers or geo_permissions.",
    );
  const rows: OverlayChange[] = [];
  for (const row of found) {
    if (row instanceof Problem) return row;
    rows.push(row);
  }
  return rows;
}

type One<Kind extends keyof ReplayChange> = NonNullable<ReplayChange[Kind]>[number];

const missing = (what: string, which: string): Problem =>
  invalid(`Change: there is no ${what} ${which} in this account.`);

async function trunkRow({ deps, account }: Context, one: One<"trunks">): Promise<OverlayChange | Problem> {
  const row = await deps.store.trunks.fetch(account.sid, one.sid);
  if (!row) return missing("trunk", one.sid);
  const { secure = row.secure, domain_name: domainName = row.domainName } = one;
  return {
    seq: 0,
    entity: "trunk",
    key: one.sid,
    row: { ...row, secure, domainName: domainName?.toLowerCase() ?? null },
  };
}

async function urlRow({ deps, account }: Context, one: One<"origination_urls">): Promise<OverlayChange | Problem> {
  const trunk = await deps.store.trunks.fetch(account.sid, one.trunk_sid);
  const row = trunk && (await deps.store.originationUrls.fetch(trunk.sid, one.sid));
  if (!row) return missing("origination URL", `${one.sid} of a trunk ${one.trunk_sid}`);
  const { enabled = row.enabled, priority = row.priority, weight = row.weight, removed } = one;
  const changed = { ...row, enabled, priority, weight };
  return { seq: 0, entity: "originationUrl", key: one.sid, row: removed ? null : changed };
}

async function numberRow({ deps, account }: Context, one: One<"phone_numbers">): Promise<OverlayChange | Problem> {
  const row = await deps.store.phoneNumbers.fetch(account.sid, one.sid);
  if (!row) return missing("phone number", one.sid);
  const { trunk_sid: trunkSid } = one;
  if (trunkSid !== null && !(await deps.store.trunks.fetch(account.sid, trunkSid))) return missing("trunk", trunkSid);
  return { seq: 0, entity: "phoneNumber", key: one.sid, row: { ...row, trunkSid } };
}

async function permissionRows(
  { deps, account }: Context,
  wanted: readonly One<"geo_permissions">[],
): Promise<readonly OverlayChange[]> {
  if (wanted.length === 0) return [];
  const had = await deps.store.dialingPermissions.list(account.sid);
  return wanted.map((one) => {
    const { destination } = one;
    const row = had.find((permission) => permission.destination === destination) ?? NOTHING_PERMITTED;
    const changed: DialingPermission = {
      accountSid: account.sid,
      destination,
      lowRisk: one.low_risk_numbers_enabled ?? row.lowRisk,
      highRiskSpecial: one.high_risk_special_numbers_enabled ?? row.highRiskSpecial,
      highRiskTollFraud: one.high_risk_tollfraud_numbers_enabled ?? row.highRiskTollFraud,
    };
    return { seq: 0, entity: "dialingPermission", key: `${account.sid}/${destination}`, row: changed };
  });
}

const NOTHING_PERMITTED = { lowRisk: false, highRiskSpecial: false, highRiskTollFraud: false };
