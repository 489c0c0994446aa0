import type { DirectoryReader } from "../directory/directory.types.ts";
import type { AccountSettings } from "../model.ts";

/** ACC-5, contract §8.6: what holds for an account that decided nothing about itself. */
export const DEFAULT_ACCOUNT_SETTINGS: Omit<AccountSettings, "accountSid"> = {
  homeCountry: "US",
  maxCallDurationSec: 4 * 3_600,
  deprecatedTlsAllowed: false,
  dialingPermissionsInherited: true,
  recordingKeySid: null,
  mediaAuthRequired: true,
  secondFactorRequired: false,
};

/** The account's settings, or the defaults. */
export function accountSettings(
  accountSid: string,
  directory: Pick<DirectoryReader, "accountSettings">,
): AccountSettings {
  return directory.accountSettings(accountSid) ?? { accountSid, ...DEFAULT_ACCOUNT_SETTINGS };
}
