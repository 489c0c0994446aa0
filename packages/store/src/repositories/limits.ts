import type { CallLimit } from "@trunkline/trunking";
import { type RawBuilder, sql } from "kysely";
import { type Keyset, readPage } from "../page.ts";
import { RowForm, type StoredRow } from "../rows.ts";
import type { CallLimitRepository } from "../store.ts";
import * as tables from "../tables.ts";
import type { StoreContext } from "./context.ts";
import { ownedRowRepository } from "./owned-rows.ts";

const KEYSET: Keyset = { list: "call_limits", order: "asc", columns: [{ field: "ownerSid", kind: "text" }] };

/** Limits of calls (LIM-1), by SID of the owner. */
export function callLimitRepository(context: StoreContext): CallLimitRepository {
  const { database, secrets } = context;
  const form = new RowForm(tables.callLimits, secrets);
  return {
    ...ownedRowRepository(context, "callLimit"),

    list: (accountSid, page) => {
      const source =
        accountSid === null
          ? sql<StoredRow>`select * from call_limits`
          : sql<StoredRow>`select call_limits.* from call_limits join (${ownersOf(accountSid)}) as owners
                             on owners.sid = call_limits.owner_sid`;
      return readPage(database, source, KEYSET, page, (row): CallLimit => form.read(row));
    },

    async accountOf(ownerSid) {
      const [found] = await database.rows(sql<{ accountSid: string | null }>`
        select sid as account_sid from accounts where sid = ${ownerSid}
        union all select account_sid from trunks where sid = ${ownerSid}
        union all select list.account_sid from credentials join credential_lists as list on list.sid = credentials.list_sid
                   where credentials.sid = ${ownerSid}
        union all select list.account_sid from ip_addresses join ip_access_control_lists as list on list.sid = ip_addresses.list_sid
                   where ip_addresses.sid = ${ownerSid}
        union all select null from carriers where sid = ${ownerSid}`);
      return found?.accountSid;
    },
  };
}

/** SIDs of everything in an account that a limit can hang on. */
function ownersOf(accountSid: string): RawBuilder<unknown> {
  return sql`
    select ${accountSid} as sid
    union all select sid from trunks where account_sid = ${accountSid}
    union all select member.sid from credentials as member join credential_lists as list on list.sid = member.list_sid
               where list.account_sid = ${accountSid}
    union all select member.sid from ip_addresses as member join ip_access_control_lists as list on list.sid = member.list_sid
               where list.account_sid = ${accountSid}`;
}
