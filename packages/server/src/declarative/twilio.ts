import { countryPrefixes } from "@trunkline/trunking";
import { type Client, requireAccount } from "./client.ts";
import type { Row } from "./fields.ts";
import { type Item, quoted } from "./item.ts";
import type { KindName } from "./kinds.ts";
import { withPlaceholders } from "./placeholders.ts";
import type { Declared } from "./read-document.ts";
import { readState } from "./read-state.ts";

/** What a Twilio account has of what this platform can take over. */
const ROOTS: ReadonlySet<KindName> = new Set(["credential-list", "ip-access-control-list", "trunk", "number"]);

export type TakenOver = Declared & {
  /** What cannot be taken over, and what to do about it. */
  readonly notes: readonly string[];
};

/** Reads a Twilio account as what a file would say of it. Passwords are by reference: nobody is ever told them. */
export async function readTwilio(
  client: Client,
  onProgress: (what: string, count: number) => void,
): Promise<TakenOver> {
  await requireAccount(client);
  const state = await readState(client, { roots: ROOTS, twilio: true, onProgress });
  const permissions = await readPermissions(client, onProgress);
  const { items } = withPlaceholders([...permissions.items, ...state.items]);
  const roots = permissions.items.length === 0 ? ROOTS : new Set<KindName>([...ROOTS, "geo-permission"]);
  return { items, roots, notes: [...state.notes, ...permissions.notes, ...(await notesOfCallerIds(client))] };
}

/** Voice v1 dialing permissions. Twilio lists every country; what is forbidden needs no word. */
async function readPermissions(
  client: Client,
  onProgress: (what: string, count: number) => void,
): Promise<{ readonly items: readonly Item[]; readonly notes: readonly string[] }> {
  const known = countryPrefixes();
  const items = new Map<string, Item>();
  const notes: string[] = [];
  for await (const row of client.list("/v1/DialingPermissions/Countries", "content")) {
    const country = String(row["iso_code"]);
    const fields = permissionOf(row);
    if (!Object.values(fields).includes(true)) continue;
    if (!known.has(country)) {
      notes.push(
        `dialing permission ${quoted(country)}: no such country here; permit its prefix instead, if you call there`,
      );
      continue;
    }
    // At Twilio the United States and Canada are one (`US`).
    for (const destination of country === "US" ? ["US", "CA"] : [country]) {
      items.set(destination, { kind: "geo-permission", path: [destination], fields });
    }
    onProgress("dialing permissions", items.size);
  }
  return { items: [...items.values()], notes };
}

function permissionOf(row: Row): Item["fields"] {
  return {
    low_risk: row["low_risk_numbers_enabled"] === true,
    high_risk_special: row["high_risk_special_numbers_enabled"] === true,
    high_risk_tollfraud: row["high_risk_tollfraud_numbers_enabled"] === true,
  };
}

/** Who may show a number has to prove it to each platform. */
async function notesOfCallerIds(client: Client): Promise<readonly string[]> {
  const path = `/2010-04-01/Accounts/${client.accountSid}/OutgoingCallerIds`;
  const notes: string[] = [];
  for await (const row of client.list(path, "outgoing_caller_ids")) {
    notes.push(
      `caller ID ${quoted(String(row["phone_number"]))}: verify it here (OutgoingCallerIds), if calls are to show it`,
    );
  }
  return notes;
}
