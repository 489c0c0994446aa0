import { type RawBuilder, sql } from "kysely";
import { byCreation, readPage } from "../page.ts";
import { overQuota } from "../quotas.ts";
import { RowForm, type StoredRow } from "../rows.ts";
import type { Secrets } from "../secrets.ts";
import type { Sql } from "../sql/database.ts";
import type { Conflict, Outcome } from "../store.ts";
import * as tables from "../tables.ts";
import type { KnownUser, PasswordLink, SignInFacts, User, UserRepository } from "../users.types.ts";
import { notFound, ok, type StoreContext } from "./context.ts";

const NOUN = "user";
const LINK_PLACE = "users.password_link";
const CHANGEABLE = ["email", "friendlyName", "language", "role", "status"] as const;

const passwordPlace = (sid: string): string => `users.password_hash ${sid}`;
/** Where a user's TOTP secret is sealed. */
export const totpPlace = (sid: string): string => `users.totp_secret ${sid}`;

/** Console users, oldest first (ACC-3). What they know is sealed; what they were given is kept as its MAC. */
export function userRepository(context: StoreContext): UserRepository {
  const { database, changes, secrets, quotas } = context;
  const form = new RowForm(tables.users, secrets);
  const keyset = byCreation(tables.users.name);
  const read = userReader(secrets);
  const one = async (where: RawBuilder<unknown>): Promise<StoredRow | undefined> => {
    const [found] = await database.rows(sql<StoredRow>`select * from users where ${where}`);
    return found;
  };
  return {
    create: (row, link) =>
      changes.change(async (tx) => {
        const quota = { parents: "accounts", max: quotas.usersPerAccount } as const;
        const counted = { table: tables.users.name, parent: "accountSid" };
        const over = row.accountSid === null ? undefined : await overQuota(tx, quota, counted, row.accountSid);
        if (over) return over;
        await tx.rows(form.insert(row));
        return updated(tx, read, row.sid, linkColumns(secrets, link));
      }),

    async fetch(sid) {
      const found = await one(sql`sid = ${sid}`);
      return found && read(found);
    },

    list: ({ accountSid, email }, page) => {
      const ofAccount = accountSid === null ? sql`account_sid is null` : sql`account_sid = ${accountSid}`;
      const source = sql<StoredRow>`
        select * from users
         where ${accountSid === undefined ? sql`true` : ofAccount}
           and ${email === undefined ? sql`true` : sql`email = ${email}`}`;
      return readPage(database, source, keyset, page, read);
    },

    update: (sid, change) =>
      changes.change(async (tx) => {
        const leaves =
          (change.role !== undefined && !["owner", "operator"].includes(change.role)) ||
          (change.status !== undefined && change.status !== "active");
        const last = leaves ? await lastOwner(tx, sid) : undefined;
        if (last) return last;
        if (change.status === "suspended") await tx.rows(sql`delete from user_sessions where user_sid = ${sid}`);
        return updated(tx, read, sid, form.assignments(sid, change, CHANGEABLE));
      }),

    delete: (sid) =>
      changes.change(async (tx): Promise<Outcome<User>> => {
        const last = await lastOwner(tx, sid);
        if (last) return last;
        const [gone] = await tx.rows(sql<StoredRow>`delete from users where sid = ${sid} returning *`);
        return gone === undefined ? notFound(NOUN) : ok(form.read(gone));
      }),

    async signInFacts(by) {
      const found = await one("sid" in by ? sql`sid = ${by.sid}` : sql`email = ${by.email}`);
      return found && readFacts(secrets, read(found), found);
    },

    setPassword: (sid, hash, keepSession = "") =>
      changes.change(async (tx) => {
        await tx.rows(sql`delete from user_sessions where user_sid = ${sid} and sid <> ${keepSession}`);
        return updated(tx, read, sid, passwordColumns(secrets, sid, hash));
      }),

    offerPasswordLink: (sid, link) => changes.change((tx) => updated(tx, read, sid, linkColumns(secrets, link))),

    async ofPasswordLink(token, nowMs) {
      const found = await one(goodLink(secrets, token, nowMs));
      return found && read(found);
    },

    redeemPasswordLink: (token, nowMs, hash) =>
      changes.change(async (tx) => {
        const [found] = await tx.rows(sql<{ sid: string }>`
          select sid from users where ${goodLink(secrets, token, nowMs)} for update`);
        if (found === undefined) return notFound("password link");
        await tx.rows(sql`delete from user_sessions where user_sid = ${found.sid}`);
        return updated(tx, read, found.sid, passwordColumns(secrets, found.sid, hash));
      }),
  };
}

/** A row of `users` as everybody may see it: without its secrets. */
export function userReader(secrets: Secrets): (stored: StoredRow) => KnownUser {
  const form = new RowForm(tables.users, secrets);
  return (stored) => ({ ...form.readDated(stored), hasSecondFactor: stored["totpConfirmedAt"] !== null });
}

/** Sets columns of one user. */
export async function updated(
  tx: Sql,
  read: (stored: StoredRow) => KnownUser,
  sid: string,
  columns: RawBuilder<unknown>,
): Promise<Outcome<KnownUser>> {
  const [row] = await tx.rows(sql<StoredRow>`update users set ${columns} where sid = ${sid} returning *`);
  return row === undefined ? notFound(NOUN) : ok(read(row));
}

function passwordColumns(secrets: Secrets, sid: string, hash: string): RawBuilder<unknown> {
  return sql`password_hash = ${secrets.seal(hash, passwordPlace(sid))}, password_link_mac = null,
    password_link_until = null, updated_at = now(),
    status = case status when 'invited' then 'active' else status end`;
}

function linkColumns(secrets: Secrets, { token, untilMs }: PasswordLink): RawBuilder<unknown> {
  return sql`password_link_mac = ${secrets.mac(token, LINK_PLACE)}, password_link_until = ${new Date(untilMs)}`;
}

function goodLink(secrets: Secrets, token: string, nowMs: number): RawBuilder<unknown> {
  return sql`password_link_mac = ${secrets.mac(token, LINK_PLACE)} and password_link_until > ${new Date(nowMs)}
    and status <> 'suspended'`;
}

function readFacts(secrets: Secrets, user: KnownUser, stored: StoredRow): SignInFacts {
  const opened = (column: string, place: string): string | null => {
    const sealed = stored[column] as Uint8Array | null;
    if (sealed === null) return null;
    const text = secrets.open(sealed, place);
    if (text === undefined) throw new Error(`${place} cannot be decrypted: it was changed outside`);
    return text;
  };
  return {
    user,
    passwordHash: opened("passwordHash", passwordPlace(user.sid)),
    totpSecret: user.hasSecondFactor ? opened("totpSecret", totpPlace(user.sid)) : null,
  };
}

/**
 * Refuses to take the last active owner from an account, or the last operator from the installation. All of them are locked, so that of two who
 * leave at once the second sees that the first has gone.
 */
async function lastOwner(tx: Sql, sid: string): Promise<Conflict | undefined> {
  const owners = await tx.rows(sql<{ sid: string }>`
    select sid from users
     where account_sid is not distinct from (select account_sid from users where sid = ${sid})
       and role in ('owner', 'operator') and status = 'active'
     order by sid for update`);
  return owners.length === 1 && owners[0]?.sid === sid ? { kind: "conflict", which: "last-owner" } : undefined;
}
