// Run where *.twilio.com is ours: Twilio's SDK with nothing set but the credentials. Prints what it saw as one JSON line.
import twilio from "twilio";

const client = twilio();
const zone = process.env["ZONE"];
const trunk = await client.trunking.v1.trunks.create({
  friendlyName: "sdk journey",
  domainName: `sdk-journey.pstn.${zone}`,
});
const other = await client.trunking.v1.trunks.create({ friendlyName: "another" });

const regional = twilio(process.env["TWILIO_ACCOUNT_SID"], process.env["TWILIO_AUTH_TOKEN"], {
  region: "ie1",
  edge: "dublin",
});
const again = await regional.trunking.v1.trunks(trunk.sid).fetch();

// Two pages and more: the links have to lead back to where the client came from.
const paged = await client.trunking.v1.trunks.list({ pageSize: 1 });
const numbers = await client.incomingPhoneNumbers.list({ pageSize: 7 });
const calls = await client.calls.list();
const removed = await client.trunking.v1.trunks(trunk.sid).remove();
await client.trunking.v1.trunks(other.sid).remove();

console.log(
  JSON.stringify({
    domain: trunk.domainName,
    regional: again.friendlyName,
    pagedTrunks: paged.length,
    links: new URL(trunk.links.origination_urls).origin,
    numbers: numbers.length,
    calls: calls.length,
    removed,
  }),
);
