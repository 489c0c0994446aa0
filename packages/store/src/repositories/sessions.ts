import { type RawBuilder, sql } from "kysely";
import { byCreation, readPage } from "../page.ts";
import type { StoredRow } from "../rows.ts";
import type { SessionBounds, SessionRepository, UserSession } from "../users.types.ts";
import { notFound, ok, type StoreContext } from "./context.ts";
import { userReader } from "./users.ts";

const NOUN = "session";
const TABLE = "user_sessions";
const TOKEN_PLACE = "user_sessions.token";

/** Sessions of console users, oldest first. A token is 32 random bytes; only its MAC is kept, so that a stolen database lets nobody in. */
export function sessionRepository({ database, changes, secrets }: StoreContext): SessionRepository {
  const readUser = userReader(secrets);
  const keyset = byCreation(TABLE);
  return {
    open: (row, token, bounds, most) =>
      changes.change(async (tx) => {
        const held = await tx.rows(sql`select sid from users where sid = ${row.userSid} for no key update`);
        if (held.length === 0) return notFound("user");
        await tx.rows(sql`
          delete from user_sessions
           where user_sid = ${row.userSid}
             and (not (${lasting(bounds)}) or sid in (
               select sid from user_sessions where user_sid = ${row.userSid} order by ordinal desc offset ${most - 1}))`);
        await tx.rows(sql`
          insert into user_sessions (sid, user_sid, token_mac, source, user_agent, created_at, used_at)
          values (${row.sid}, ${row.userSid}, ${secrets.mac(token, TOKEN_PLACE)}, ${row.source}, ${row.userAgent},
                  ${new Date(row.createdAtMs)}, ${new Date(row.usedAtMs)})`);
        return ok(row);
      }),

    async find(token, bounds) {
      const [found] = await database.rows(sql<StoredRow>`
        select users.*, user_sessions.sid as session_sid, user_sessions.source, user_sessions.user_agent,
               user_sessions.created_at as session_created_at, user_sessions.used_at
          from user_sessions join users on users.sid = user_sessions.user_sid
         where token_mac = ${secrets.mac(token, TOKEN_PLACE)} and users.status = 'active' and ${lasting(bounds)}`);
      if (found === undefined) return undefined;
      const user = readUser(found);
      const place = { sid: found["sessionSid"], userSid: user.sid, createdAt: found["sessionCreatedAt"] };
      return { session: read({ ...found, ...place }), user };
    },

    async noteUse(sid, atMs) {
      await database.rows(sql`update user_sessions set used_at = ${new Date(atMs)} where sid = ${sid}`);
    },

    async fetch(userSid, sid, bounds) {
      const [found] = await database.rows(sql<StoredRow>`
        select * from user_sessions where user_sid = ${userSid} and sid = ${sid} and ${lasting(bounds)}`);
      return found && read(found);
    },

    list: (userSid, bounds, page) => {
      const source = sql<StoredRow>`select * from user_sessions where user_sid = ${userSid} and ${lasting(bounds)}`;
      return readPage(database, source, keyset, page, read);
    },

    end: (userSid, sid) =>
      changes.change(async (tx) => {
        const [ended] = await tx.rows(sql<StoredRow>`
          delete from user_sessions where user_sid = ${userSid} and sid = ${sid} returning *`);
        return ended === undefined ? notFound(NOUN) : ok(read(ended));
      }),

    async endAll(userSid) {
      const ended = await database.rows(sql<StoredRow>`
        delete from user_sessions where user_sid = ${userSid} returning *`);
      return ended.map(read);
    },
  };
}

function lasting({ usedAfterMs, createdAfterMs }: SessionBounds): RawBuilder<unknown> {
  return sql`user_sessions.used_at > ${new Date(usedAfterMs)} and user_sessions.created_at > ${new Date(createdAfterMs)}`;
}

function read(stored: StoredRow): UserSession {
  return {
    sid: stored["sid"] as string,
    userSid: stored["userSid"] as string,
    source: stored["source"] as string,
    userAgent: stored["userAgent"] as string,
    createdAtMs: stored["createdAt"] as number,
    usedAtMs: stored["usedAt"] as number,
  };
}
