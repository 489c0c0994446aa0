// A trunk for one PBX, made with Twilio's SDK: calls out from its address and with a password, calls in to port 5060 there.
//
//   ACCOUNT_SID=AC... AUTH_TOKEN=... NUMBER=+12025550115 PBX=192.0.2.10 npx node examples/trunk.mjs
//
// API is where the platform's API is; the trunk's domain is {NAME}.pstn.{ZONE}.
import twilio from "twilio";

const { ACCOUNT_SID, AUTH_TOKEN, NUMBER, PBX } = process.env;
const { API = "http://127.0.0.1:8080", NAME = "office", ZONE = "trunkline.localhost" } = process.env;
const { PASSWORD = "Correct-Horse-9" } = process.env;

const client = twilio(ACCOUNT_SID, AUTH_TOKEN);
client.api.baseUrl = client.trunking.baseUrl = API;

const domainName = `${NAME}.pstn.${ZONE}`;
const trunk = await client.trunking.v1.trunks.create({ friendlyName: NAME, domainName });
const made = client.trunking.v1.trunks(trunk.sid);

const addresses = await client.sip.ipAccessControlLists.create({ friendlyName: `${NAME} PBX` });
await client.sip.ipAccessControlLists(addresses.sid).ipAddresses.create({ friendlyName: "PBX", ipAddress: PBX });
await made.ipAccessControlLists.create({ ipAccessControlListSid: addresses.sid });

const users = await client.sip.credentialLists.create({ friendlyName: `${NAME} users` });
await client.sip.credentialLists(users.sid).credentials.create({ username: "pbx", password: PASSWORD });
await made.credentialsLists.create({ credentialListSid: users.sid });

const [number] = await client.incomingPhoneNumbers.list({ phoneNumber: NUMBER });
if (!number) throw new Error(`${NUMBER} is not a number of ${ACCOUNT_SID}`);
await made.phoneNumbers.create({ phoneNumberSid: number.sid });
const pbx = { friendlyName: "PBX", sipUrl: `sip:${PBX}:5060`, priority: 10, weight: 10, enabled: true };
await made.originationUrls.create(pbx);

console.log(`${trunk.sid}: call sip:+...@${domainName} from ${PBX} as pbx; ${NUMBER} rings at ${pbx.sipUrl}`);
