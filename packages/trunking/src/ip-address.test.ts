import { describe, expect, it } from "vitest";
import { canonicalIpAddress, checkCidr } from "./ip-address.ts";

describe("checkCidr", () => {
  it.each<[text: string, length: number | undefined, want: string]>([
    ["203.0.113.7", undefined, "203.0.113.7/32"],
    ["203.0.113.7", 24, "203.0.113.7/24"],
    ["203.0.113.0/24", undefined, "203.0.113.0/24"],
    ["203.0.113.0/24", 24, "203.0.113.0/24"],
    [" 10.0.0.0/8 ", undefined, "10.0.0.0/8"],
    ["2001:DB8:0::1", undefined, "2001:db8::1/128"],
    ["[2001:db8::]", 32, "2001:db8::/32"],
    ["::ffff:203.0.113.7", undefined, "203.0.113.7/32"],
    ["::ffff:203.0.113.0/120", undefined, "203.0.113.0/24"],
  ])("%j with length %s is %s", (text, length, want) => {
    expect(checkCidr(text, length)).toMatchObject({ kind: "ok", cidr: want });
  });

  it.each<[text: string, length: number | undefined, why: RegExp]>([
    ["0.0.0.0/0", undefined, /would admit every address/],
    ["::/0", undefined, /would admit every address/],
    ["10.0.0.0", 0, /would admit every address/],
    ["10.0.0.0", 33, /out of range.*1 to 32/],
    ["2001:db8::", 129, /out of range.*1 to 128/],
    ["::ffff:10.0.0.0", 95, /out of range.*1 to 128/],
    ["10.0.0.0", 8.5, /out of range/],
    ["10.0.0.0/-1", undefined, /"-1" is not a prefix length/],
    ["10.0.0.0/", undefined, /"" is not a prefix length/],
    ["10.0.0.0/8/8", undefined, /more than one "\/"/],
    ["10.0.0.0/8", 16, /contradict each other/],
    ["10.1", undefined, /"10.1" is not an IP address/],
    ["0x7f.0.0.1", undefined, /is not an IP address/],
    ["010.0.0.1", undefined, /is not an IP address/],
    ["300.0.0.1", undefined, /is not an IP address/],
    ["fe80::1%eth0", undefined, /is not an IP address/],
    ["pbx.example.com", undefined, /is not an IP address/],
    ["", undefined, /is not an IP address/],
  ])("%j with length %s is refused: %s", (text, length, why) => {
    expect(checkCidr(text, length)).toMatchObject({ kind: "invalid", why: expect.stringMatching(why) });
  });
});

it.each([
  ["203.0.113.7", "203.0.113.7"],
  ["::ffff:203.0.113.7", "203.0.113.7"],
  ["[2001:0DB8::0001]", "2001:db8::1"],
  ["fe80::1%eth0", "fe80::1"],
  ["1234", undefined],
  ["pbx", undefined],
])("the canonical form of %j is %j", (text, want) => {
  expect(canonicalIpAddress(text)).toBe(want);
});
