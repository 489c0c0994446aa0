import { expect, it } from "vitest";
import { findProduct } from "./product.ts";

const ZONE = "sip.example.com";
const cases: [host: string, path: string, want: string][] = [
  ["127.0.0.1:8080", "/v1/Trunks", "trunking /v1/Trunks"],
  ["localhost", "/v1/Trunks/TK1/OriginationUrls", "trunking /v1/Trunks/TK1/OriginationUrls"],
  ["localhost", "/trunking/v1/Trunks", "trunking /v1/Trunks"],
  ["localhost", "/v1/Settings", "voice /v1/Settings"],
  ["localhost", "/v1/DialingPermissions/Countries/US", "voice /v1/DialingPermissions/Countries/US"],
  ["localhost", "/voice/v1/Settings", "voice /v1/Settings"],
  ["voice.twilio.com", "/v1/Nothing", "voice /v1/Nothing"],
  ["localhost", "/voice/v3/Settings", "none"],
  ["localhost", "/v1/Alerts", "monitor /v1/Alerts"],
  ["localhost", "/monitor/v1/Alerts/NO1", "monitor /v1/Alerts/NO1"],
  ["monitor.twilio.com", "/v1/Alerts", "monitor /v1/Alerts"],
  ["localhost", "/monitor/v3/Alerts", "none"],
  ["localhost", "/v1/Nothing", "none"],
  ["localhost", "/v1", "none"],
  ["trunking.sip.example.com", "/v1/Nothing", "trunking /v1/Nothing"],
  ["TRUNKING.Twilio.com:443", "/v1/Trunks", "trunking /v1/Trunks"],
  ["trunking.dublin.ie1.twilio.com", "/v1/Trunks", "trunking /v1/Trunks"],
  ["api.twilio.com", "/v1/Trunks", "api /v1/Trunks"],
  ["trunking.elsewhere.example", "/v1/Trunks", "trunking /v1/Trunks"],
  ["trunking.twilio.com", "/healthz", "none"],
  ["api.twilio.com", "/2010-04-01/Accounts.json", "api /2010-04-01/Accounts"],
  ["localhost", "/2010-04-01/Accounts/AC1/Calls/CA1.json", "api /2010-04-01/Accounts/AC1/Calls/CA1"],
  ["localhost", "/2010-04-01/Accounts/AC1", "api /2010-04-01/Accounts/AC1"],
  ["localhost", "/api/2010-04-01/Accounts", "api /2010-04-01/Accounts"],
  ["localhost", "/2010-04-01/Accounts/AC1/Recordings/RE1.json", "api /2010-04-01/Accounts/AC1/Recordings/RE1"],
  ["localhost", "/2010-04-01/Accounts/AC1/Recordings/RE1", "api /2010-04-01/Accounts/AC1/Recordings/RE1.wav"],
  ["localhost", "/api/2010-04-01/Accounts/AC1/Recordings/RE1", "api /2010-04-01/Accounts/AC1/Recordings/RE1.wav"],
  ["localhost", "/2010-04-01/Accounts/AC1/Recordings/RE1.mp3", "api /2010-04-01/Accounts/AC1/Recordings/RE1.mp3"],
  ["localhost", "/2010-04-01/Accounts/AC1/Recordings", "api /2010-04-01/Accounts/AC1/Recordings"],
  [
    "localhost",
    "/2010-04-01/Accounts/AC1/Calls/CA1/Recordings/RE1",
    "api /2010-04-01/Accounts/AC1/Calls/CA1/Recordings/RE1",
  ],
  ["localhost", "/v1/Credentials/PublicKeys", "accounts /v1/Credentials/PublicKeys"],
  ["accounts.twilio.com", "/v1/Credentials/PublicKeys/CR1", "accounts /v1/Credentials/PublicKeys/CR1"],
  ["localhost", "/v1/AuthTokens/Secondary", "accounts /v1/AuthTokens/Secondary"],
  ["localhost", "/v1/Events", "monitor /v1/Events"],
  ["localhost", "/v1/Keys", "iam /v1/Keys"],
  ["localhost", "/v2/Trunking/Countries/JP", "pricing /v2/Trunking/Countries/JP"],
  ["localhost", "/pricing/v2/Trunking/Countries", "pricing /v2/Trunking/Countries"],
  ["localhost", "/v2/Trunks/a.pstn.sip.example.com", "routes /v2/Trunks/a.pstn.sip.example.com"],
  ["localhost", "/v2/PhoneNumbers/+12025550100", "lookups /v2/PhoneNumbers/+12025550100"],
  ["localhost", "POST /v2/PhoneNumbers/+12025550100", "routes /v2/PhoneNumbers/+12025550100"],
  ["routes.twilio.com", "/v2/PhoneNumbers/+12025550100", "routes /v2/PhoneNumbers/+12025550100"],
  ["localhost", "/trunkline/v1/LiveCalls", "trunkline /trunkline/v1/LiveCalls"],
  ["trunking.twilio.com", "/trunkline/v1/LiveCalls", "trunkline /trunkline/v1/LiveCalls"],
  ["localhost", "/", "none"],
  ["localhost", "/console/v1/Trunks", "none"],
];
it.each(cases)("API-2, §7.2: %s %s is for %s", (host, request, want) => {
  const [path = "", method] = request.split(" ").reverse();
  const place = findProduct(host, path, ZONE, method);
  expect(place === undefined ? "none" : `${place.product} ${place.path}`).toBe(want);
});
