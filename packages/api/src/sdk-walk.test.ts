import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestApi, type TestApi } from "./api.fixture.ts";

let api: TestApi;
beforeAll(async () => {
  api = await openTestApi();
});
afterAll(async () => {
  expect(api.complaints).toEqual([]);
  expect(api.failures).toEqual([]);
  await api.close();
});

/** What the other tests reach by other ways, or not in all its requests: one thing of each kind, made, fetched, listed, changed, removed. */
describe("API-1, API-2: the SDK's calls on what an account has", () => {
  it("what hangs on a trunk", async () => {
    const sdk = api.sdk();
    await api.stock("+12025550131");
    const number = await sdk.incomingPhoneNumbers.create({ phoneNumber: "+12025550131" });
    const addresses = await sdk.api.v2010.account.sip.ipAccessControlLists.create({ friendlyName: "office" });
    const users = await sdk.api.v2010.account.sip.credentialLists.create({ friendlyName: "phones" });
    const { sid } = await sdk.trunking.v1.trunks.create({ friendlyName: "walk" });
    const trunk = sdk.trunking.v1.trunks(sid);
    const url = await trunk.originationUrls.create({
      friendlyName: "PBX",
      sipUrl: "sip:192.0.2.7",
      priority: 1,
      weight: 1,
      enabled: true,
    });
    expect((await trunk.originationUrls(url.sid).fetch()).sipUrl).toBe("sip:192.0.2.7");
    await trunk.credentialsLists.create({ credentialListSid: users.sid });
    expect((await trunk.credentialsLists(users.sid).fetch()).friendlyName).toBe("phones");
    expect(await trunk.credentialsLists.list()).toHaveLength(1);
    await trunk.ipAccessControlLists.create({ ipAccessControlListSid: addresses.sid });
    expect((await trunk.ipAccessControlLists(addresses.sid).fetch()).friendlyName).toBe("office");
    await trunk.phoneNumbers.create({ phoneNumberSid: number.sid });
    expect((await trunk.phoneNumbers(number.sid).fetch()).phoneNumber).toBe("+12025550131");
    expect(await trunk.phoneNumbers(number.sid).remove()).toBe(true);
    expect((await sdk.incomingPhoneNumbers(number.sid).fetch()).trunkSid).toBeNull();
  });

  it("SIP lists", async () => {
    const { ipAccessControlLists, credentialLists } = api.sdk().api.v2010.account.sip;
    const list = await ipAccessControlLists.create({ friendlyName: "branch" });
    const at = ipAccessControlLists(list.sid);
    expect((await at.update({ friendlyName: "branches" })).friendlyName).toBe("branches");
    const address = await at.ipAddresses.create({ friendlyName: "one", ipAddress: "192.0.2.1" });
    expect((await at.ipAddresses(address.sid).fetch()).ipAddress).toBe("192.0.2.1");
    expect(await at.ipAddresses.list()).toHaveLength(1);
    expect((await ipAccessControlLists.list()).map((row) => row.friendlyName)).toContain("branches");
    expect((await at.fetch()).friendlyName).toBe("branches");
    expect(await at.remove()).toBe(true);
    const phones = await credentialLists.create({ friendlyName: "desks" });
    const desks = credentialLists(phones.sid);
    const user = await desks.credentials.create({ username: "alice", password: "Correct-Horse-42" });
    expect((await desks.credentials(user.sid).fetch()).username).toBe("alice");
    expect(await desks.credentials.list()).toHaveLength(1);
    expect((await desks.fetch()).friendlyName).toBe("desks");
  });

  it("keys", async () => {
    const { keys, signingKeys, newSigningKeys } = api.sdk().api.v2010.account;
    const made = await newSigningKeys.create({ friendlyName: "signer" });
    expect((await signingKeys(made.sid).update({ friendlyName: "signs" })).friendlyName).toBe("signs");
    expect((await signingKeys.list()).map((row) => row.sid)).toContain(made.sid);
    expect((await api.sdk().iam.v1.apiKey(made.sid).fetch()).friendlyName).toBe("signs");
    expect((await keys(made.sid).fetch()).friendlyName).toBe("signs");
    expect(await signingKeys(made.sid).remove()).toBe(true);
  });

  it("numbers of a kind, and kinds of which there are none", async () => {
    const { incomingPhoneNumbers, availablePhoneNumbers, addresses, outgoingCallerIds } = api.sdk();
    await api.stock("+12025550132");
    const local = await incomingPhoneNumbers.local.create({ phoneNumber: "+12025550132" });
    expect((await incomingPhoneNumbers.local.list()).map((row) => row.sid)).toContain(local.sid);
    expect(await availablePhoneNumbers("US").sharedCost.list()).toEqual([]);
    expect(await availablePhoneNumbers("US").machineToMachine.list()).toEqual([]);
    const office = await addresses.create({
      customerName: "Office",
      street: "1 Main Street",
      city: "Washington",
      region: "DC",
      postalCode: "20001",
      isoCountry: "US",
    });
    expect((await addresses(office.sid).fetch()).city).toBe("Washington");
    await api.store.callerIds.create({
      sid: `PN${"c".repeat(32)}`,
      accountSid: api.account.sid,
      e164: "+14155550177",
      friendlyName: "Reception",
    });
    expect((await outgoingCallerIds(`PN${"c".repeat(32)}`).fetch()).phoneNumber).toBe("+14155550177");
  });

  it("public keys", async () => {
    const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2_048 });
    const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
    const { publicKey: keys } = api.sdk().accounts.v1.credentials;
    const made = await keys.create({ publicKey: pem, friendlyName: "vault" });
    expect((await keys(made.sid).update({ friendlyName: "archive" })).friendlyName).toBe("archive");
    expect((await keys(made.sid).fetch()).friendlyName).toBe("archive");
    expect(await keys.list()).toHaveLength(1);
    expect(await keys(made.sid).remove()).toBe(true);
  });
});
