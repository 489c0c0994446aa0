import { expect, it } from "vitest";
import { hostPort } from "./host-port.ts";

it.each([
  ["an IPv4 address stands as it is", "192.0.2.1", "192.0.2.1:5060"],
  ["an IPv6 address stands in brackets (RFC 3986 §3.2.2)", "2001:db8::1", "[2001:db8::1]:5060"],
])("%s", (_title, host, expected) => expect(hostPort(host, 5060)).toBe(expected));
