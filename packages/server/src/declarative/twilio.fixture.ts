import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

/** A server with the answers of Twilio's documents (contract §2, §3): every field that they have, two rows a page, busy once. */
export async function openTwilio() {
  const sid = (prefix: string, n: number): string => prefix + String(n).padStart(32, "0");
  const account = sid("AC", 9);
  const dates = { date_created: "2020-01-01T00:00:00Z", date_updated: "2020-01-01T00:00:00Z" };
  const trunk = (n: number, fields: object) => ({
    ...{ sid: sid("TK", n), account_sid: account, domain_name: null, friendly_name: "Office", secure: false },
    ...{ disaster_recovery_url: null, disaster_recovery_method: null, cnam_lookup_enabled: false },
    ...{ recording: { mode: "do-not-record", trim: "do-not-trim" }, transfer_mode: "disable-all" },
    ...{
      transfer_caller_id: "from-transferee",
      auth_type: "",
      auth_type_set: [],
      symmetric_rtp_enabled: null,
      ...dates,
    },
    ...fields,
  });
  const number = (n: number, fields: object) => ({
    ...{ sid: sid("PN", n), account_sid: account, phone_number: `+1202555010${n}`, friendly_name: `(202) 555-010${n}` },
    ...{ voice_url: null, voice_method: null, voice_fallback_url: "", voice_fallback_method: "POST", trunk_sid: null },
    ...{ voice_application_sid: "", voice_caller_id_lookup: false, voice_receive_mode: "voice", status_callback: "" },
    ...{ status_callback_method: "POST", capabilities: { voice: true, sms: true, mms: true, fax: false }, ...fields },
  });
  const country = (iso_code: string, low: boolean) => ({
    ...{ iso_code, name: iso_code, continent: "EUROPE", country_codes: ["+1"], low_risk_numbers_enabled: low },
    ...{ high_risk_special_numbers_enabled: false, high_risk_tollfraud_numbers_enabled: false },
  });
  const base = `/2010-04-01/Accounts/${account}`;
  const lists: Readonly<Record<string, readonly [key: string, rows: readonly object[]]>> = {
    "/v1/Trunks": [
      "trunks",
      [
        trunk(1, {
          domain_name: "acme.pstn.twilio.com",
          disaster_recovery_url: "https://dr.example.com/",
          recording: { mode: "record-from-answer", trim: "do-not-trim" },
        }),
        trunk(2, {}),
      ],
    ],
    [`/v1/Trunks/${sid("TK", 1)}/OriginationUrls`]: [
      "origination_urls",
      [
        {
          sid: sid("OU", 1),
          friendly_name: "first",
          sip_url: "sip:192.0.2.1",
          weight: 10,
          priority: 10,
          enabled: true,
          ...dates,
        },
      ],
    ],
    [`/v1/Trunks/${sid("TK", 1)}/CredentialLists`]: ["credential_lists", [{ sid: sid("CL", 1), friendly_name: "PBX" }]],
    [`${base}/SIP/CredentialLists.json`]: ["credential_lists", [{ sid: sid("CL", 1), friendly_name: "PBX" }]],
    [`${base}/SIP/CredentialLists/${sid("CL", 1)}/Credentials.json`]: [
      "credentials",
      [{ sid: sid("CR", 1), username: "alice" }],
    ],
    [`${base}/IncomingPhoneNumbers.json`]: [
      "incoming_phone_numbers",
      [number(0, { trunk_sid: sid("TK", 1) }), number(1, { voice_application_sid: sid("AP1", 1) })],
    ],
    [`${base}/OutgoingCallerIds.json`]: ["outgoing_caller_ids", [{ sid: sid("PN", 8), phone_number: "+12025550199" }]],
    "/v1/DialingPermissions/Countries": ["content", [country("DE", false), country("US", true), country("XX", true)]],
  };
  const state = { busyAnswers: 0 };
  const answer = (request: IncomingMessage, response: ServerResponse): ServerResponse => {
    const url = new URL(request.url ?? "/", "http://twilio.invalid");
    const send = (status: number, body: object, headers = {}): ServerResponse => {
      return response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
    };
    const expected = `Basic ${Buffer.from(`${account}:token`).toString("base64")}`;
    if (request.headers.authorization !== expected)
      return send(401, { code: 20003, message: "Authenticate", status: 401 });
    if (url.pathname === `${base}.json`) return send(200, { sid: account, status: "active" });
    if (url.pathname === "/v1/Trunks" && state.busyAnswers === 0) {
      state.busyAnswers += 1;
      return send(429, { code: 20429, message: "Too Many Requests", status: 429 }, { "retry-after": "0" });
    }
    const [key = "rows", rows = []] = lists[url.pathname] ?? [];
    const page = Number(url.searchParams.get("Page") ?? 0);
    const more = rows.length > page + 1 ? `${url.pathname}?PageSize=1&Page=${page + 1}` : null;
    const body = { [key]: rows.slice(page, page + 1) };
    // The links of Twilio's v1 hosts name another host than the one that was asked; it must not be followed there.
    const link = more === null ? null : `https://trunking.twilio.invalid${more}`;
    return send(
      200,
      url.pathname.startsWith("/v1/")
        ? { ...body, meta: { key, next_page_url: link } }
        : { ...body, next_page_uri: more },
    );
  };
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  return {
    origin: `http://127.0.0.1:${port}`,
    access: { username: account, password: "token", accountSid: account },
    get busyAnswers() {
      return state.busyAnswers;
    },
    close: () => server.close(),
  };
}
