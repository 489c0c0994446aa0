import type { DirectoryReader } from "../directory/directory.types.ts";
import type { DialingPermission } from "../model.ts";
import { countryOf } from "../numbering/countries.ts";
import { type NumberRisk, riskOf } from "../numbering/risk.ts";
import { accountSettings } from "./account-settings.ts";
import { pass, type Ruling, refuse } from "./ruling.ts";

const RISK_NAMES: Readonly<Record<NumberRisk, string>> = {
  low: "low-risk",
  "high-special": "high-risk special",
  "high-toll-fraud": "high-risk toll-fraud",
};

/**
 * TERM-13: whether the account may call there (403, 32205). The longest permitted or forbidden prefix decides, then the country, then `*`;
 * without any of these an account may call the ordinary numbers of its home country and nothing else.
 *
 * @param number E.164; emergency numbers are never asked about
 */
export function checkGeoPermission(number: string, accountSid: string, directory: DirectoryReader): Ruling {
  const country = countryOf(number) ?? "no known country";
  const risk = riskOf(number);
  const input = `${number} in ${country}, ${RISK_NAMES[risk]}`;
  const owner = permissionOwner(accountSid, directory);
  const permission = deciding(number, country, owner, directory);
  if (permission ? permits(permission, risk) : isHome(country, risk, owner, directory)) {
    const by = permission ? `The permission for ${permission.destination}` : "The default for the home country";
    return pass(input, `${by} lets account ${owner} call ${RISK_NAMES[risk]} numbers.`);
  }
  const missing = permission ? `The permission for ${permission.destination} does not include` : "Nothing permits";
  return refuse(32205, input, `${missing} ${RISK_NAMES[risk]} numbers in ${country} for account ${owner}.`);
}

/** What permissions are decided by. */
export type PermissionReader = Pick<DirectoryReader, "account" | "accountSettings" | "dialingPermission">;
/** Which kinds of number may be called. */
export type RiskPermission = Pick<DialingPermission, "lowRisk" | "highRiskSpecial" | "highRiskTollFraud">;

/** What the account may call in a country, as far as no prefix has a permission of its own. */
export function countryPermission(country: string, accountSid: string, directory: PermissionReader): RiskPermission {
  const owner = permissionOwner(accountSid, directory);
  return (
    directory.dialingPermission(owner, country) ??
    directory.dialingPermission(owner, "*") ?? {
      lowRisk: isHome(country, "low", owner, directory),
      highRiskSpecial: false,
      highRiskTollFraud: false,
    }
  );
}

/** The account itself, or the parent whose permissions a subaccount inherits. */
function permissionOwner(accountSid: string, directory: PermissionReader): string {
  const parentSid = directory.account(accountSid)?.parentSid;
  if (parentSid == null || !accountSettings(accountSid, directory).dialingPermissionsInherited) return accountSid;
  return parentSid;
}

function deciding(
  number: string,
  country: string,
  accountSid: string,
  directory: DirectoryReader,
): DialingPermission | undefined {
  for (let end = number.length; end > 1; end--) {
    const permission = directory.dialingPermission(accountSid, number.slice(0, end));
    if (permission) return permission;
  }
  return directory.dialingPermission(accountSid, country) ?? directory.dialingPermission(accountSid, "*");
}

function permits(permission: DialingPermission, risk: NumberRisk): boolean {
  switch (risk) {
    case "low":
      return permission.lowRisk;
    case "high-special":
      return permission.highRiskSpecial;
    case "high-toll-fraud":
      return permission.highRiskTollFraud;
    default:
      return risk satisfies never;
  }
}

function isHome(country: string, risk: NumberRisk, accountSid: string, directory: PermissionReader): boolean {
  return risk === "low" && country === accountSettings(accountSid, directory).homeCountry;
}
