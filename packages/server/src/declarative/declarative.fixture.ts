import { randomBytes } from "node:crypto";
import { type ApiDeps, createApi } from "@trunkline/api";
import { openStore, type Store } from "@trunkline/store";
import { type Account, mintSid } from "@trunkline/trunking";
import { type Client, createClient } from "./client.ts";
import type { Terminal } from "./terminal.ts";

const hex = (bytes: number): string => randomBytes(bytes).toString("hex");
const OPERATOR = { sid: `AC${"0".repeat(31)}1`, token: "operator-token-of-the-tests" };

/** The API on a real port over an embedded store in memory. */
export type Ground = {
  readonly origin: string;
  readonly store: Store;
  /** A client with a new account's credentials. */
  newAccount(fields?: Partial<Account>): Promise<Client>;
  /** The operator's client, for an account. */
  asOperator(accountSid: string): Client;
  close(): Promise<void>;
};

export async function openGround(zone: string, deps: Partial<ApiDeps> = {}): Promise<Ground> {
  const store = await openStore({ url: "pglite:memory", encryptionKey: randomBytes(32) });
  const app = createApi({
    store,
    zone,
    digestRealm: `sip.${zone}`,
    operator: OPERATOR,
    randomHex: hex,
    nowMs: () => Date.now(),
    ...deps,
  });
  const origin = await app.listen({ host: "127.0.0.1", port: 0 });
  return {
    origin,
    store,
    newAccount: async (fields = {}) => {
      const authToken = hex(16);
      const sid = mintSid("AC", hex(16));
      const account = { sid, parentSid: null, friendlyName: "Test", status: "active", type: "Full" } as const;
      await store.accounts.create({ ...account, ...fields, authToken });
      return createClient({ baseUrl: origin, username: sid, password: authToken, accountSid: sid });
    },
    asOperator: (accountSid) =>
      createClient({ baseUrl: origin, username: OPERATOR.sid, password: OPERATOR.token, accountSid }),
    close: async () => {
      await app.close();
      await store.close();
    },
  };
}

/** Keeps what it is told, and answers every question alike. */
export function terminalOf(answer: boolean): Terminal & { readonly text: () => string } {
  const said: string[] = [];
  return {
    print: (text) => void said.push(text),
    progress: () => undefined,
    note: (line) => void said.push(`${line}\n`),
    confirm: async () => answer,
    text: () => said.join(""),
  };
}
