import { type AccountSettings, countryPrefixes, accountSettings as settingsOrDefaults } from "@trunkline/trunking";
import { z } from "zod";
import { about, clearable, flag, given, matching, optional, sid, wholeNumber } from "../../form.ts";
import { invalid, Problem } from "../../problem.ts";
import { settle } from "../../resource.ts";
import { type Answer, accepts, type Context, type Route } from "../../route.ts";

const PATH = "/AccountSettings";
const DAY_SEC = 86_400;

const shape = z.strictObject({
  account_sid: z.string(),
  home_country: z.string(),
  max_call_duration: z.int(),
  deprecated_tls_allowed: z.boolean(),
  dialing_permissions_inherited: z.boolean(),
  recording_public_key_sid: z.string().nullable(),
  media_auth_required: z.boolean(),
  second_factor_required: z.boolean(),
  url: z.string(),
});

const update = accepts(
  {
    HomeCountry: optional(
      about(
        "Country whose ordinary numbers need no permission, ISO 3166-1.",
        matching(/^[A-Za-z]{2}$/, "the two letters of a country (ISO 3166-1), such as JP"),
      ),
    ),
    MaxCallDuration: optional(about("A call is ended after so many seconds; 14400 at first.", wholeNumber(1, DAY_SEC))),
    DeprecatedTlsAllowed: optional(about("Let peers of this account use TLS 1.0 and 1.1.", flag())),
    DialingPermissionsInherited: optional(
      about("Of a subaccount: the dialing permissions of its parent hold, not its own.", flag()),
    ),
    RecordingPublicKeySid: clearable(
      about("Recordings are encrypted at rest to this key; empty for not at all.", sid("CR")),
    ),
    MediaAuthRequired: optional(
      about("False: recordings are given to whoever knows their URL, without credentials.", flag()),
    ),
    SecondFactorRequired: optional(
      about("The account's users can do nothing but set up a second factor until they have one.", flag()),
    ),
  },
  async (at: Context, values): Promise<AccountSettings | Problem> => {
    const homeCountry = values.HomeCountry?.toUpperCase();
    if (homeCountry !== undefined && !countryPrefixes().has(homeCountry))
      return invalid(
        `HomeCountry: "${values.HomeCountry}" is no country with telephone numbers. Write one such as JP.`,
      );
    const keySid = values.RecordingPublicKeySid;
    if (keySid && (await at.deps.store.publicKeys.fetch(at.account.sid, keySid)) === undefined)
      return invalid(`RecordingPublicKeySid: account ${at.account.sid} has no public key ${keySid}.`);
    const change = given({
      homeCountry,
      maxCallDurationSec: values.MaxCallDuration,
      deprecatedTlsAllowed: values.DeprecatedTlsAllowed,
      dialingPermissionsInherited: values.DialingPermissionsInherited,
      recordingKeySid: keySid,
      mediaAuthRequired: values.MediaAuthRequired,
      secondFactorRequired: values.SecondFactorRequired,
    });
    return settle(at, await at.deps.store.accountSettings.change(at.account.sid, change));
  },
);

/** `/trunkline/v1/AccountSettings`: what an account decides about itself (ACC-5); one object without a SID. */
export const accountSettingsRoutes: readonly Route[] = [
  {
    method: "GET",
    product: "trunkline",
    scope: "account",
    path: PATH,
    summary: "Fetch: settings of an account",
    form: {},
    success: { status: 200, schema: shape },
    run: async (at) => shown(at, await settingsOf(at)),
  },
  {
    method: "POST",
    product: "trunkline",
    scope: "account",
    path: PATH,
    summary: "Update: settings of an account",
    form: update.form,
    success: { status: 200, schema: shape },
    run: async (at) => {
      const settings = await update.run(at, at.body);
      return settings instanceof Problem ? settings : shown(at, settings);
    },
  },
];

/** The settings of the account that a request acts for, or the defaults. */
export async function settingsOf({ account, deps: { store } }: Context): Promise<AccountSettings> {
  const settings = await store.accountSettings.fetch(account.sid);
  return settingsOrDefaults(account.sid, { accountSettings: () => settings });
}

function shown(at: Context, settings: AccountSettings): Answer {
  const body: z.infer<typeof shape> = {
    account_sid: settings.accountSid,
    home_country: settings.homeCountry,
    max_call_duration: settings.maxCallDurationSec,
    deprecated_tls_allowed: settings.deprecatedTlsAllowed,
    dialing_permissions_inherited: settings.dialingPermissionsInherited,
    recording_public_key_sid: settings.recordingKeySid,
    media_auth_required: settings.mediaAuthRequired,
    second_factor_required: settings.secondFactorRequired,
    url: at.links.absolute("trunkline", PATH),
  };
  return { status: 200, body };
}
