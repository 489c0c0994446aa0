import { type RawOptions, randomHex, type TestAccount, type TestApi } from "./api.fixture.ts";

export const PASSWORD = "violet tractor onion";
const OWN = "/trunkline/v1";

/** A browser with the console in it: keeps the cookie, and says with each change what the page was told. */
export class Browser {
  readonly #api: TestApi;
  cookie = "";
  csrf = "";

  constructor(api: TestApi) {
    this.#api = api;
  }

  /** With `headers` in place of what a page of ours sends. */
  async request(method: string, path: string, options: RawOptions = {}): ReturnType<TestApi["request"]> {
    const csrf: Record<string, string> = method === "GET" ? {} : { "x-trunkline-csrf": this.csrf };
    const cookie: Record<string, string> = this.cookie === "" ? {} : { cookie: this.cookie };
    const headers = { ...cookie, ...csrf, ...options.headers };
    return this.#api.request(method, path, { as: null, ...options, headers });
  }

  async signIn(email: string, more: Readonly<Record<string, string>> = {}): ReturnType<TestApi["request"]> {
    const form = { Email: email, Password: PASSWORD, ...more };
    const answer = await this.#api.request("POST", `${OWN}/Sessions`, { as: null, form });
    if (answer.status === 201) {
      this.cookie = answer.headers.get("set-cookie")?.split(";")[0] ?? "";
      this.csrf = String(answer.body["csrf_token"]);
    }
    return answer;
  }
}

export type Person = { readonly sid: string; readonly email: string };

/** A user with a password, as an invitation leads to one. */
export async function addPerson(api: TestApi, role: string, as: RawOptions = {}): Promise<Person> {
  const email = `${role}-${randomHex(4)}@example.com`;
  const invited = await api.request("POST", `${OWN}/Users`, { form: { Email: email, Role: role }, ...as });
  if (invited.status !== 201) throw new Error(JSON.stringify(invited.body));
  const form = { Token: String(invited.body["password_token"]), Password: PASSWORD };
  await api.request("POST", `${OWN}/Passwords`, { as: null, form });
  return { sid: String(invited.body["sid"]), email };
}

/** A person of an account of its own, signed in. */
export async function signedIn(
  api: TestApi,
  role: string,
  account?: TestAccount,
): Promise<{ readonly browser: Browser; readonly person: Person; readonly account: TestAccount }> {
  const as = account ?? (await api.addAccount());
  const person = await addPerson(api, role, { as });
  const browser = new Browser(api);
  const answer = await browser.signIn(person.email);
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
  return { browser, person, account: as };
}
