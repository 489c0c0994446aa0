import type { Dated, PageOf, PageRequest } from "@trunkline/store";
import { type Account, mintSid } from "@trunkline/trunking";
import { isoDate, rfc2822Date } from "../../dates.ts";
import { about, anyText, coded, given, oneOf, optional, text } from "../../form.ts";
import { forbidden, invalid, type Problem } from "../../problem.ts";
import { type At, type Conflicts, noParent, type Resource, settle } from "../../resource.ts";
import { accepts, type Context } from "../../route.ts";
import { seesSecrets } from "../../sessions/roles.ts";

type AccountRow = Account & Dated;

const friendlyName = optional(coded(20002, text(64)));
const type = optional(about("Trial or Full; the operator's to set.", oneOf("Trial", "Full")));
const status = optional(coded(21475, oneOf("active", "suspended", "closed")));

const conflicts: Conflicts = {
  suspended: invalid("Status: the operator has suspended this account, and alone can change that.", 21478),
  limit: (most) => invalid(`The account has reached its maximum of ${most} subaccounts.`, 21480),
};

/** 2010-04-01 Accounts: one's own and its subaccounts; to the operator all of them (contract §3.1, ACC-1). */
export const accounts: Resource<AccountRow, null> = {
  product: "api",
  scope: "anyone",
  noun: "account",
  path: "/Accounts",
  key: "accounts",
  parent: noParent,
  view: viewAccount,
  list: accepts({ FriendlyName: optional(anyText()), Status: status }, async (at: At<null>, filter) => async (page) => {
    const found = at.operator ? await at.deps.store.accounts.list(null, page) : await listOwn(at, page);
    // A page may come out shorter than asked for; its links still lead through everything.
    const rows = found.rows.filter(
      (row) =>
        row.friendlyName === (filter.FriendlyName ?? row.friendlyName) && row.status === (filter.Status ?? row.status),
    );
    return { ...found, rows };
  }),
  fetch: async (at, sid) => {
    const row = await at.deps.store.accounts.fetch(sid);
    const reachable = at.operator || row?.sid === at.account.sid || row?.parentSid === at.account.sid;
    return reachable ? row : undefined;
  },
  create: accepts({ FriendlyName: friendlyName, Type: type }, async (at: At<null>, values) => {
    const { deps, account } = at;
    if (account.parentSid !== null)
      return invalid("A subaccount cannot have subaccounts. Use the parent account.", 21101);
    const parentSid = at.operator && account.sid === deps.operator.sid ? null : account.sid;
    const wrong = whyNotType(at, parentSid, values.Type);
    if (wrong) return wrong;
    const outcome = await deps.store.accounts.create({
      sid: mintSid("AC", deps.randomHex(16)),
      parentSid,
      friendlyName: values.FriendlyName ?? nameAtFirst(deps.nowMs()),
      status: "active",
      type: values.Type ?? account.type,
      authToken: deps.randomHex(16),
    });
    return settle(at, outcome, conflicts);
  }),
  update: accepts(
    { FriendlyName: friendlyName, Status: status, Type: type },
    async (at: At<null> & { readonly row: AccountRow }, values) => {
      const wrong = whyNotStatus(at, at.row, values.Status) ?? whyNotType(at, at.row.parentSid, values.Type);
      if (wrong) return wrong;
      const change = given({ friendlyName: values.FriendlyName, status: values.Status, type: values.Type });
      const by = at.operator ? "operator" : "customer";
      return settle(at, await at.deps.store.accounts.update(at.row.sid, change, by), conflicts);
    },
  ),
};

/** Twilio's name for an account that was given none: `SubAccount Created at 2026-01-31 16:19 pm`, the hours being 24 all the same. */
function nameAtFirst(nowMs: number): string {
  const [day = "", time = ""] = isoDate(nowMs).split("T");
  return `SubAccount Created at ${day} ${time.slice(0, 5)} ${time < "12" ? "am" : "pm"}`;
}

/** The cursor behind oneself, when a page had room for nothing else. */
const AFTER_SELF = "self";

/** Oneself, then the subaccounts: the order that Twilio lists them in. */
async function listOwn(at: Context, page: PageRequest): Promise<PageOf<AccountRow>> {
  const { accounts: repository } = at.deps.store;
  const self = await repository.fetch(at.account.sid);
  const selfRows = self === undefined ? [] : [self];
  if (page.after === AFTER_SELF) return repository.list(at.account.sid, { limit: page.limit });
  if (page.after !== undefined) return repository.list(at.account.sid, page);
  if (page.before === undefined && page.limit === 1) return { rows: selfRows, next: AFTER_SELF, previous: null };
  const rest = await repository.list(at.account.sid, page.before === undefined ? { limit: page.limit - 1 } : page);
  return rest.previous === null ? { ...rest, rows: [...selfRows, ...rest.rows] } : rest;
}

/** ACC-2: the operator upgrades customers; a subaccount is part of one. */
function whyNotType(at: Context, parentSid: string | null, asked: Account["type"] | undefined): Problem | undefined {
  if (asked === undefined) return undefined;
  if (!at.operator) return forbidden("Permission Denied: the Type of an account is set by the operator.");
  if (parentSid === null) return undefined;
  return invalid("Type: a subaccount has the type of its parent account. Set it there.");
}

function whyNotStatus(at: Context, row: AccountRow, asked: Account["status"] | undefined): Problem | undefined {
  if (asked === undefined || row.status === asked) return undefined;
  if (row.status === "closed") return invalid("Status: a closed account stays closed.", 21479);
  if (!at.operator && row.sid === at.account.sid) {
    return invalid("Status: an account cannot change its own. The parent account or the operator can.", 21477);
  }
  return undefined;
}

const SUBRESOURCES = {
  calls: "/Calls",
  incoming_phone_numbers: "/IncomingPhoneNumbers",
  available_phone_numbers: "/AvailablePhoneNumbers",
  outgoing_caller_ids: "/OutgoingCallerIds",
  notifications: "/Notifications",
  recordings: "/Recordings",
  transcriptions: "/Transcriptions",
  conferences: "/Conferences",
  addresses: "/Addresses",
  applications: "/Applications",
  keys: "/Keys",
  signing_keys: "/SigningKeys",
  connect_apps: "/ConnectApps",
  authorized_connect_apps: "/AuthorizedConnectApps",
  messages: "/Messages",
  queues: "/Queues",
  short_codes: "/SMS/ShortCodes",
  sip: "/SIP",
  usage: "/Usage",
  balance: "/Balance",
} as const;

/** ACC-3: a person of a lesser role would otherwise have all rights of the account at hand. */
function seesAuthToken({ signedIn }: Context): boolean {
  return signedIn === undefined || seesSecrets(signedIn.user.role);
}

async function viewAccount(row: AccountRow, at: Context): Promise<object> {
  const path = `/Accounts/${row.sid}`;
  const links = Object.entries(SUBRESOURCES).map(([name, tail]) => [name, at.links.relative(path + tail)] as const);
  return {
    sid: row.sid,
    owner_account_sid: row.parentSid ?? row.sid,
    friendly_name: row.friendlyName,
    status: row.status,
    type: row.type,
    auth_token: seesAuthToken(at) ? ((await at.deps.store.accounts.authToken(row.sid)) ?? null) : null,
    date_created: rfc2822Date(row.createdAtMs),
    date_updated: rfc2822Date(row.updatedAtMs),
    uri: at.links.relative(path),
    subresource_uris: Object.fromEntries(links),
  };
}
