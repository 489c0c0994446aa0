import type { KnownUser, PasswordLink } from "@trunkline/store";
import { z } from "zod";
import { isoDate } from "../../dates.ts";
import type { Context } from "../../route.ts";

export const ACCOUNT_ROLES = ["owner", "admin", "developer", "billing", "read-only"] as const;

export const userShape = z.strictObject({
  sid: z.string(),
  account_sid: z.string().nullable(),
  email: z.string(),
  friendly_name: z.string(),
  language: z.enum(["en", "ja"]),
  role: z.enum([...ACCOUNT_ROLES, "operator"]),
  status: z.enum(["invited", "active", "suspended"]),
  second_factor: z.boolean(),
  password_token: z.string().nullable(),
  password_token_expires: z.string().nullable(),
  date_created: z.string(),
  date_updated: z.string(),
  url: z.string(),
});

/** A user with, right after it was made, the link that the first or a new password is chosen by. */
export type ShownUser = KnownUser & { readonly link?: PasswordLink };

/** A user as our own API shows one. The token of a password link is shown once, to who made it. */
export function viewUser(user: ShownUser, at: Pick<Context, "links">): z.infer<typeof userShape> {
  const { link } = user;
  return {
    sid: user.sid,
    account_sid: user.accountSid,
    email: user.email,
    friendly_name: user.friendlyName,
    language: user.language,
    role: user.role,
    status: user.status,
    second_factor: user.hasSecondFactor,
    password_token: link?.token ?? null,
    password_token_expires: link ? isoDate(link.untilMs) : null,
    date_created: isoDate(user.createdAtMs),
    date_updated: isoDate(user.updatedAtMs),
    url: at.links.absolute("trunkline", `/Users/${user.sid}`),
  };
}
