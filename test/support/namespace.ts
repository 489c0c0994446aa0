import { spawnSync } from "node:child_process";

/** A network namespace with one veth pair to the host: a second machine on this one. Needs root and iproute2. */
export type Namespace = {
  readonly name: string;
  readonly hostAddress: string;
  readonly insideAddress: string;
  remove(): void;
};

const ip = (...args: readonly string[]): boolean => spawnSync("ip", args, { stdio: "ignore" }).status === 0;

let made = 0;

/** Undefined where namespaces may not be made. The addresses are from 198.18.0.0/15, set aside for tests between networks (RFC 2544). */
export function makeNamespace(): Namespace | undefined {
  const id = `${process.pid % 10_000}x${made++}`;
  const name = `tl-${id}`;
  const [outer, inner] = [`tlo${id}`, `tli${id}`];
  const third = process.pid % 250;
  const hostAddress = `198.18.${third}.${made * 4 + 1}`;
  const insideAddress = `198.18.${third}.${made * 4 + 2}`;
  const remove = (): void => {
    ip("netns", "del", name);
    ip("link", "del", outer);
  };
  const steps: readonly (readonly string[])[] = [
    ["netns", "add", name],
    ["link", "add", outer, "type", "veth", "peer", "name", inner],
    ["link", "set", inner, "netns", name],
    ["addr", "add", `${hostAddress}/30`, "dev", outer],
    ["link", "set", outer, "up"],
    ["netns", "exec", name, "ip", "addr", "add", `${insideAddress}/30`, "dev", inner],
    ["netns", "exec", name, "ip", "link", "set", inner, "up"],
    ["netns", "exec", name, "ip", "link", "set", "lo", "up"],
    // Phones take a machine without a default route for one without a network.
    ["netns", "exec", name, "ip", "route", "add", "default", "via", hostAddress],
  ];
  for (const step of steps) {
    if (ip(...step)) continue;
    remove();
    return undefined;
  }
  return { name, hostAddress, insideAddress, remove };
}
