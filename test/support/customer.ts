import { eventually } from "./eventually.ts";
import type { Platform } from "./platform.ts";
import type { Evidence } from "./script-ground.ts";

type Row = { readonly sid: string };
type Form = Readonly<Record<string, string>>;
type Login = { readonly username: string; readonly password: string };

/** An account of its own with one trunk and one number on it; nobody may call over the trunk yet. Everything is made by API. */
export type Customer = {
  readonly sid: string;
  readonly trunkSid: string;
  readonly domain: string;
  readonly number: string;
  /** The API with its own credentials. */
  get<T>(path: string): Promise<T>;
  post<T = Row>(path: string, form: Form): Promise<T>;
  delete(path: string): Promise<void>;
  /** Lets the address in by an access control list; gives the SID of the entry. */
  listAddress(address: string): Promise<string>;
  /** Asks for user and password by a credential list; gives the SID of the credential. */
  addLogin(login: Login): Promise<string>;
};

let made = 0;

export async function newCustomer(platform: Platform): Promise<Customer> {
  const nth = ++made;
  const account = await platform.post<Row & { auth_token: string }>(
    "/2010-04-01/Accounts.json",
    { FriendlyName: "customer", Type: "Full" },
    "operator",
  );
  const api = apiOf(platform, account.sid, account.auth_token);
  const domain = `customer${nth}.pstn.${platform.zone}`;
  const trunk = await api.post("/v1/Trunks", { FriendlyName: "matrix", DomainName: domain });
  const number = `+1303555${String(nth).padStart(4, "0")}`;
  const own = `/2010-04-01/Accounts/${account.sid}`;
  // Out of no inventory, as the operator may.
  await platform.post(`${own}/IncomingPhoneNumbers.json`, { PhoneNumber: number, TrunkSid: trunk.sid }, "operator");
  return {
    ...{ sid: account.sid, trunkSid: trunk.sid, domain, number, ...api },
    listAddress: async (address) => {
      const list = await api.post(`${own}/SIP/IpAccessControlLists.json`, { FriendlyName: address });
      const entry = { FriendlyName: address, IpAddress: address };
      const { sid } = await api.post(`${own}/SIP/IpAccessControlLists/${list.sid}/IpAddresses.json`, entry);
      await api.post(`/v1/Trunks/${trunk.sid}/IpAccessControlLists`, { IpAccessControlListSid: list.sid });
      return sid;
    },
    addLogin: async ({ username, password }) => {
      const list = await api.post(`${own}/SIP/CredentialLists.json`, { FriendlyName: username });
      const login = { Username: username, Password: password };
      const { sid } = await api.post(`${own}/SIP/CredentialLists/${list.sid}/Credentials.json`, login);
      await api.post(`/v1/Trunks/${trunk.sid}/CredentialLists`, { CredentialListSid: list.sid });
      return sid;
    },
  };
}

function apiOf(platform: Platform, sid: string, token: string): Pick<Customer, "get" | "post" | "delete"> {
  const headers = { authorization: `Basic ${Buffer.from(`${sid}:${token}`).toString("base64")}` };
  const request = async (path: string, init: RequestInit): Promise<Response> => {
    const response = await fetch(platform.api + path, { ...init, headers });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response;
  };
  return {
    get: async <T>(path: string) => (await (await request(path, {})).json()) as T,
    post: async <T>(path: string, form: Form) =>
      (await (await request(path, { method: "POST", body: new URLSearchParams(form) })).json()) as T,
    delete: async (path) => {
      await request(path, { method: "DELETE" });
    },
  };
}

export type Alert = {
  readonly resource_sid: string;
  readonly error_code: string;
  readonly log_level: string;
  readonly alert_text: string;
};

/** What the platform keeps of one call that is over, as the operator sees it for that account, whatever has become of the account. */
export type Kept = Evidence & { readonly source: string; readonly alerts: readonly Alert[] };

/** @param alertCount so many alerts about the call are waited for */
export async function keptOf(
  platform: Platform,
  accountSid: string,
  callSid: string,
  alertCount: number,
): Promise<Kept> {
  const { sid, token } = platform.operator;
  const authorization = `Basic ${Buffer.from(`${sid}:${token}`).toString("base64")}`;
  const get = async <T>(path: string): Promise<T> => {
    const response = await fetch(platform.api + path, {
      headers: { authorization, "x-trunkline-account": accountSid },
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };
  const call = await eventually(`end of ${callSid}`, async () => {
    const record = await get<Kept>(`/trunkline/v1/Calls/${callSid}`);
    return record.date_ended === null ? undefined : record;
  });
  const { steps } = await get<{ steps: Evidence["trace"] }>(`/trunkline/v1/Calls/${callSid}/Trace`);
  const alerts = await eventually(`${alertCount} alerts about ${callSid}`, async () => {
    const found = await get<{ alerts: readonly Alert[] }>("/v1/Alerts?PageSize=100");
    const about = found.alerts.filter((alert) => alert.resource_sid === callSid);
    return about.length >= alertCount ? about : undefined;
  });
  return { ...call, trace: steps, alerts };
}
