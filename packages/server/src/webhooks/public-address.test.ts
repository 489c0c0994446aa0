import { expect, it } from "vitest";
import { isPublicAddress, refusedHost } from "./public-address.ts";

const PRIVATE =
  `0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 127.0.0.1 127.255.255.254 169.254.169.254
  172.16.0.1 172.31.255.255 192.0.0.8 192.0.2.1 192.88.99.1 192.168.0.1 198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.9
  224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255
  :: ::1 ::ffff:127.0.0.1 ::ffff:7f00:1 ::ffff:8.8.8.8 ::127.0.0.1 64:ff9b::a00:1 64:ff9b:1::1 100::1 2001::1 2001:db8::1 2002:7f00:1::
  3fff::1 5f00::1 fc00::1 fd00:ec2::254 fe80::1 fe80::1%lo fec0::1 ff02::1 localhost example.com 1.2.3 256.1.1.1`.split(
    /\s+/,
  );
const PUBLIC =
  `1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.0.0.1 128.0.0.1 169.253.0.1 172.15.255.255 172.32.0.0
  192.0.1.1 192.167.255.255 192.169.0.0 198.17.0.1 198.20.0.1 223.255.255.255
  2001:4860:4860::8888 2606:4700::1111 2a00:1450::1 2003::1 2400:cb00::1`.split(/\s+/);

it.each(PRIVATE)("%s is not an address of the public Internet", (address) => {
  expect(isPublicAddress(address)).toBe(false);
});
it.each(PUBLIC)("%s is one", (address) => {
  expect(isPublicAddress(address)).toBe(true);
});

const urls: [url: string, refused: boolean][] = [
  ["http://127.0.0.1/", true],
  ["http://2130706433/", true],
  ["http://0x7f.1/", true],
  ["http://0177.0.0.1/", true],
  ["http://[::1]/", true],
  ["http://[::ffff:127.0.0.1]/", true],
  ["http://[0:0:0:0:0:ffff:a00:1]/", true],
  ["http://LOCALHOST:80/", true],
  ["http://localhost./", true],
  ["http://app.localhost/", true],
  ["http://notlocalhost/", false],
  ["http://8.8.8.8/", false],
  ["http://[2606:4700::1111]/", false],
  ["https://example.com/", false],
];
it.each(urls)("the host of %s: refused %s", (url, refused) => {
  expect(refusedHost(new URL(url).hostname) !== undefined).toBe(refused);
});
