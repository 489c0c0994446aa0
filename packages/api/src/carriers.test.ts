import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OPERATOR, openTestApi, type RawOptions, type TestApi } from "./api.fixture.ts";

const PATH = "/trunkline/v1/Carriers";
const UNKNOWN = `CX${"0".repeat(32)}`;

let api: TestApi;
let made = 0;
beforeAll(async () => {
  api = await openTestApi();
});
afterAll(async () => {
  await api.close();
});

type Form = string | Record<string, string>;
const send = (method: string, path: string, form?: Form) =>
  api.request(method, path, { as: OPERATOR, ...(form === undefined ? {} : { form }) });
const name = (): string => `Carrier ${++made}`;

/** The path of a new carrier. */
async function newCarrier(form: Record<string, string> = {}): Promise<string> {
  const { status, body } = await send("POST", PATH, { FriendlyName: name(), ...form });
  expect(status).toBe(201);
  return `${PATH}/${String(body["sid"])}`;
}

describe("CAR-1: carriers", () => {
  it("one that is only named has the defaults", async () => {
    const { body } = await send("GET", await newCarrier());
    expect(body).toMatchObject({
      sid: expect.stringMatching(/^CX[0-9a-f]{32}$/),
      enabled: true,
      priority: 10,
      retry_causes: [401, 402, 407, 408, 500, 501, 502, 503, 504, 505, 513, 580],
      max_cps: null,
      max_channels: null,
      caller_id_header: ["P-Asserted-Identity"],
      called_number_form: "e164",
      caller_number_form: "e164",
      called_prefix: "",
      added_headers: [],
      removed_headers: [],
      codecs: null,
      srtp: false,
      username: null,
      registrar_url: null,
      registration_expires: 3600,
      probe_interval: null,
      client_certificate: false,
    });
  });

  it("everything is set, shown, changed one by one and cleared; the password is never shown", async () => {
    const form = new URLSearchParams({
      FriendlyName: name(),
      Enabled: "false",
      Priority: "7",
      RetryCauses: "503,500,503",
      MaxCps: "2.5",
      MaxChannels: "30",
      CallerIdHeader: "remote-party-id",
      CalledNumberForm: "digits",
      CallerNumberForm: "double-zero",
      CalledPrefix: "77#",
      AddedHeaders: "X-Route:  7, 8",
      RemovedHeaders: "Diversion",
      Codecs: "PCMA,pcmu",
      Srtp: "true",
      Username: "trunkline",
      Password: "Sesam-Öffne-Dich-1",
      RegistrarUrl: "sip:4711@registrar.carrier.example;transport=tls",
      RegistrationExpires: "600",
      ProbeInterval: "30",
      ClientCertificate: "true",
    });
    form.append("AddedHeaders", "P-Charge-Info: <sip:1@x>");
    form.append("CallerIdHeader", "P-Asserted-Identity");
    const { body: shown } = await send("POST", PATH, form.toString());
    const path = `${PATH}/${String(shown["sid"])}`;
    expect(shown).toMatchObject({
      enabled: false,
      priority: 7,
      retry_causes: [500, 503],
      max_cps: 2.5,
      max_channels: 30,
      caller_id_header: ["Remote-Party-ID", "P-Asserted-Identity"],
      called_number_form: "digits",
      caller_number_form: "double-zero",
      called_prefix: "77#",
      added_headers: ["X-Route: 7, 8", "P-Charge-Info: <sip:1@x>"],
      removed_headers: ["diversion"],
      codecs: ["pcma", "pcmu"],
      srtp: true,
      username: "trunkline",
      registrar_url: "sip:4711@registrar.carrier.example;transport=tls",
      registration_expires: 600,
      probe_interval: 30,
      client_certificate: true,
      links: { targets: `${api.origin}${path}/Targets` },
    });
    expect(JSON.stringify(shown)).not.toContain("Sesam");
    const stored = await api.store.peerSettings.fetch(String(shown["sid"]));
    expect(stored?.password).toBe("Sesam-Öffne-Dich-1");

    const { body: changed } = await send("POST", path, { CalledPrefix: "", MaxCps: "", Codecs: "", Enabled: "true" });
    expect(changed).toEqual({
      ...shown,
      called_prefix: "",
      max_cps: null,
      codecs: null,
      enabled: true,
      date_updated: expect.any(String),
    });
    const cleared = "RegistrarUrl=&Username=&CallerIdHeader=&AddedHeaders=&RetryCauses=&ProbeInterval=";
    expect((await send("POST", path, cleared)).body).toMatchObject({
      registrar_url: null,
      username: null,
      caller_id_header: [],
      added_headers: [],
      retry_causes: expect.arrayContaining([580]),
      probe_interval: null,
      max_channels: 30,
    });
    expect(await api.store.peerSettings.fetch(String(shown["sid"]))).toMatchObject({ username: null, password: null });
    expect((await send("DELETE", path)).status).toBe(204);
    expect((await send("GET", path)).status).toBe(404);
  });

  it("lists come as JSON lists too, and an empty one of RetryCauses means never", async () => {
    const json = JSON.stringify({
      FriendlyName: name(),
      RetryCauses: [],
      AddedHeaders: ["X-A: 1"],
      Codecs: [],
      MaxCps: 3,
    });
    const { body } = await api.request("POST", PATH, { as: OPERATOR, json });
    expect(body).toMatchObject({ retry_causes: [], added_headers: ["X-A: 1"], codecs: null, max_cps: 3 });
  });

  const refused: [form: Form, says: RegExp][] = [
    [{ FriendlyName: "" }, /^FriendlyName must be text/],
    [{ RetryCauses: "200" }, /^RetryCauses must be up to 100 whole numbers from 300 to 699/],
    [{ MaxCps: "0" }, /^MaxCps must be a number from 0.001 to 100000/],
    [{ MaxCps: "1.00001" }, /at most 3 decimal places/],
    [{ MaxCps: "1e3" }, /^MaxCps must/],
    [{ MaxChannels: "-1" }, /^MaxChannels must/],
    [{ CallerIdHeader: "From" }, /^CallerIdHeader must be some of P-Asserted-Identity, /],
    [{ CalledNumberForm: "E164" }, /^CalledNumberForm must be one of e164, digits/],
    [{ CalledPrefix: "+1" }, /^CalledPrefix must be up to 16 of 0-9/],
    [{ Codecs: "pcmu,mp3" }, /^Codecs must be some of pcmu, pcma/],
    [{ AddedHeaders: "Via: SIP/2.0/UDP x" }, /^AddedHeaders: The header "Via" belongs to the SIP stack/],
    [{ AddedHeaders: "v: SIP/2.0/UDP x" }, /^AddedHeaders: "v" is the short form/],
    [{ AddedHeaders: "X-A: 1\r\nVia: x" }, /^AddedHeaders: The value of "X-A" .* line break/],
    [{ AddedHeaders: "X-A" }, /^AddedHeaders: "X-A" is not a header line\. Write Name: value\./],
    [{ AddedHeaders: "X-Twilio-CallSid: 1" }, /set by the platform/],
    [{ RemovedHeaders: "Contact" }, /^RemovedHeaders: The header "Contact" belongs/],
    [{ RemovedHeaders: "a b" }, /^RemovedHeaders: "a b" is not the name of a header/],
    [Array.from({ length: 21 }, (_, i) => `AddedHeaders=X-${i}:1`).join("&"), /^AddedHeaders must be up to 20 texts/],
    [{ Username: "a:b" }, /^Username must be up to 128 ASCII characters/],
    [{ Username: "us" }, /^Username and Password go together/],
    [{ Password: "only" }, /^Username and Password go together/],
    [{ RegistrarUrl: "sip:carrier.example" }, /RegistrarUrl needs both/],
    [{ RegistrarUrl: "sips:carrier.example" }, /^RegistrarUrl: .*transport=tls/],
    [{ RegistrarUrl: "sip:us@carrier.example?X-A=1" }, /^RegistrarUrl: a REGISTER has no headers of that kind/],
    [{ RegistrationExpires: "59" }, /^RegistrationExpires must be a whole number from 60 to 86400/],
    [{ ProbeInterval: "0" }, /^ProbeInterval must/],
  ];
  it.each(refused)("%j is refused and said", async (form, says) => {
    const text = typeof form === "string" ? form : new URLSearchParams(form).toString();
    const { status, body } = await send("POST", PATH, text.includes("FriendlyName") ? text : `FriendlyName=x&${text}`);
    expect([status, body["message"]]).toEqual([400, expect.stringMatching(says)]);
  });

  it("a refused change changes nothing, a name is taken once, and a password stays out of every message", async () => {
    const path = await newCarrier({ Username: "us", Password: "Correct-Horse-42", RegistrarUrl: "sip:r.example" });
    const before = (await send("GET", path)).body;
    const { body } = await send("POST", path, { Priority: "99", Username: "" });
    expect(body["message"]).toMatch(/RegistrarUrl needs both/);
    expect((await send("GET", path)).body).toEqual(before);
    const twice = await send("POST", PATH, { FriendlyName: String(before["friendly_name"]) });
    expect(twice.body).toMatchObject({ status: 400, message: expect.stringMatching(/^FriendlyName: another carrier/) });
    const long = await send("POST", path, { Password: "Geheim-".repeat(100) });
    expect(long.body["message"]).toMatch(/^Password must be text of 1 to 255/);
    expect(long.body["message"]).not.toContain("Geheim");
  });

  it("pages through all of them", async () => {
    for (let n = 0; n < 3; n++) await newCarrier();
    const seen: unknown[] = [];
    let next: string | null = `${PATH}?PageSize=2`;
    while (next !== null) {
      const { body } = await send("GET", next);
      seen.push(...(body["carriers"] as { sid: string }[]).map(({ sid }) => sid));
      const meta = body["meta"] as { next_page_url: string | null };
      next = meta.next_page_url?.slice(api.origin.length) ?? null;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBe((await api.store.carriers.list({ limit: 1_000 })).rows.length);
  });

  const foreign: [method: string, path: string, options: RawOptions][] = [
    ["GET", PATH, {}],
    ["POST", PATH, { form: { FriendlyName: "mine" } }],
    ["DELETE", `${PATH}/${UNKNOWN}`, {}],
    ["GET", `${PATH}/${UNKNOWN}/Targets`, {}],
    ["POST", `${PATH}/${UNKNOWN}/Sources`, { form: { Cidr: "0.0.0.0/1" } }],
  ];
  it.each(foreign)("%s %s is the operator's alone", async (method, path, options) => {
    expect((await api.request(method, path, options)).body).toMatchObject({ status: 403, code: 20003 });
  });
});

describe("TERM-12: the carrier for own numbers", () => {
  const own = (form: Form = {}): Form => ({ FriendlyName: "On-net", OwnNumbersOnly: "true", ...(form as object) });

  it("is made by its name alone, and there is one", async () => {
    const { body } = await send("POST", PATH, own());
    expect(body).toMatchObject({ own_numbers_only: true, enabled: true, retry_causes: [] });
    const path = `${PATH}/${String(body["sid"])}`;
    const twice = await send("POST", PATH, own({ FriendlyName: name() }));
    expect([twice.status, twice.body["message"]]).toEqual([
      400,
      expect.stringMatching(/^OwnNumbersOnly: there is such/),
    ]);
    expect((await send("POST", path, { RetryCauses: "503", MaxChannels: "9" })).body).toMatchObject({
      retry_causes: [503],
      max_channels: 9,
    });
    expect((await send("POST", path, { RetryCauses: "" })).body).toMatchObject({ retry_causes: [] });
    for (const [collection, form] of [
      ["Targets", { SipUrl: "sip:a.example" }],
      ["Prefixes", { Prefix: "*" }],
      ["Sources", { Cidr: "192.0.2.1" }],
    ] as const) {
      const { status, body: refused } = await send("POST", `${path}/${collection}`, form);
      expect([status, refused["message"]]).toEqual([
        400,
        expect.stringMatching(/needs no targets, prefixes and sources/),
      ]);
    }
    const dressed = await send("POST", path, { CalledPrefix: "77" });
    expect([dressed.status, dressed.body["message"]]).toEqual([
      400,
      "CalledPrefix: a carrier for own numbers has none, its calls stay inside. It takes Enabled, RetryCauses, MaxCps, MaxChannels.",
    ]);
    expect((await send("DELETE", path)).status).toBe(204);
  });

  it.each(["Priority", "RegistrarUrl", "Username", "Srtp", "ProbeInterval"])("it has no %s", async (field) => {
    const value = { Priority: "1", Srtp: "true", ProbeInterval: "30", Username: "us" }[field] ?? "sip:a";
    const { status, body } = await send("POST", PATH, own({ FriendlyName: name(), [field]: value }));
    expect([status, body["message"]]).toEqual([400, expect.stringMatching(new RegExp(`^${field}: a carrier for own`))]);
  });

  it("others are not, and no change makes them one", async () => {
    const path = await newCarrier();
    expect((await send("POST", path, { OwnNumbersOnly: "true" })).body).toMatchObject({ own_numbers_only: false });
  });
});

describe("CAR-1: targets, prefixes and sources of a carrier", () => {
  it("targets are made, changed and deleted below their carrier only", async () => {
    const [path, other] = [await newCarrier(), await newCarrier()];
    const { body: target } = await send("POST", `${path}/Targets`, { SipUrl: "sip:sbc.example:5080;transport=tcp" });
    expect(target).toMatchObject({ sip_url: "sip:sbc.example:5080;transport=tcp", priority: 10, weight: 10 });
    const one = `${path}/Targets/${String(target["sid"])}`;
    expect((await send("POST", one, { Weight: "1", Priority: "0" })).body).toMatchObject({ weight: 1, priority: 0 });
    expect((await send("GET", one.replace(path, other))).status).toBe(404);
    expect((await send("DELETE", one.replace(path, other))).status).toBe(404);
    expect((await send("GET", `${path}/Targets`)).body["targets"]).toHaveLength(1);
    expect((await send("DELETE", one)).status).toBe(204);
    expect((await send("GET", `${path}/Targets`)).body["targets"]).toEqual([]);
    expect((await send("POST", `${PATH}/${UNKNOWN}/Targets`, { SipUrl: "sip:a" })).status).toBe(404);
  });

  it("prefixes are + and digits, or * for all; each once", async () => {
    const path = `${await newCarrier()}/Prefixes`;
    const create = (form: Form) => send("POST", path, form);
    expect((await create({ Prefix: "+81", Cost: "0.0085" })).body).toMatchObject({ prefix: "+81", cost: "0.0085" });
    expect((await create("Prefix=+44")).body).toMatchObject({ prefix: "+44", cost: "0" });
    const { body: all } = await create({ Prefix: "*" });
    expect(all).toMatchObject({ prefix: "*" });
    expect((await create({ Prefix: "81" })).body["message"]).toMatch(/^Prefix: this carrier has it already/);
    const one = `${path}/${String(all["sid"])}`;
    expect((await send("POST", one, { Prefix: "+44" })).body["message"]).toMatch(/has it already/);
    expect((await send("POST", one, { Cost: "1.5" })).body).toMatchObject({ prefix: "*", cost: "1.5" });
    expect((await send("GET", `${path}?PageSize=2`)).body["prefixes"]).toHaveLength(2);
  });

  it("sources are blocks in canonical form with a port or any", async () => {
    const path = `${await newCarrier()}/Sources`;
    const { body } = await send("POST", path, { Cidr: "2001:DB8:0::1/64", Port: "5060" });
    expect(body).toMatchObject({ cidr: "2001:db8::1/64", port: 5060 });
    const one = `${path}/${String(body["sid"])}`;
    expect((await send("POST", one, { Port: "" })).body).toMatchObject({ cidr: "2001:db8::1/64", port: null });
    const twice = await send("POST", path, { Cidr: "2001:db8::1/64" });
    expect(twice.body["message"]).toMatch(/^Cidr: this carrier has that address and port already/);
  });

  const refused: [collection: string, form: Record<string, string>, says: RegExp][] = [
    ["Targets", {}, /^Missing required parameter SipUrl/],
    ["Targets", { SipUrl: "sips:sbc.example" }, /^SipUrl: .*transport=tls/],
    ["Targets", { SipUrl: "sip:gw@sbc.example" }, /^SipUrl: remove "gw@"\. The called number goes there\.$/],
    ["Targets", { SipUrl: "sip:sbc.example?Via=x" }, /^SipUrl: The header "Via" is not allowed/],
    ["Targets", { SipUrl: "sip:sbc.example", Weight: "0" }, /^Weight must be a whole number from 1/],
    ["Prefixes", { Prefix: "+0" }, /^Prefix must be \+ and up to 15 digits, or \* for all numbers/],
    ["Prefixes", { Prefix: "" }, /^Prefix must/],
    ["Prefixes", { Prefix: "+81", Cost: "-1" }, /^Cost must be a number from 0 to 1000/],
    ["Prefixes", { Prefix: "+81", Cost: "0.0000001" }, /at most 6 decimal places/],
    ["Sources", { Cidr: "0.0.0.0/0" }, /^Cidr: A prefix length of 0 would admit every address/],
    ["Sources", { Cidr: "::/0" }, /^Cidr: A prefix length of 0/],
    ["Sources", { Cidr: "carrier.example" }, /^Cidr: "carrier.example" is not an IP address/],
    ["Sources", { Cidr: "192.0.2.1/33" }, /^Cidr: The prefix length 33 is out of range/],
    ["Sources", { Cidr: "192.0.2.1", Port: "65536" }, /^Port must be a whole number from 1 to 65535/],
  ];
  it.each(refused)("%s: %j is refused and said", async (collection, form, says) => {
    const { status, body } = await send("POST", `${await newCarrier()}/${collection}`, form);
    expect([status, body["message"]]).toEqual([400, expect.stringMatching(says)]);
  });
});

it("every answer above agrees with the document that is served", () => {
  expect(api.complaints).toEqual([]);
  expect(api.failures).toEqual([]);
});
