import { createSocket } from "node:dgram";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { connect, createServer, isIP } from "node:net";
import { networkInterfaces } from "node:os";
import { hostPort } from "../host-port.ts";
import { type Check, type Finding, fail, ok, warn, whyOf } from "./finding.ts";

const ANSWER_LIMIT_MS = 2_000;
const PORTS_PER_CALL = 4;
const FEW_CALLS = 100;
const LOOPBACK = /^(127\.|::1$)/;
const PRIVATE =
  /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|f[cd]|fe80:)/i;
const WILDCARD: ReadonlySet<string> = new Set(["0.0.0.0", "::"]);

/** The addresses that SIP and media use are this machine's, and others can reach those that are told. */
export const addresses: Check = async ({ settings }) => {
  const own = new Set(Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address)));
  const isOurs = (address: string): boolean => WILDCARD.has(address) || own.has(address) || LOOPBACK.test(address);
  const bound = [...settings.bind, ...settings.interconnects.map(({ address }) => address)];
  const findings = bound.map((address): Finding => {
    if (isOurs(address)) return ok("address", `${address} is an address of this machine`);
    return fail(
      "address",
      `${address} is no address of this machine (${[...own].join(", ")})`,
      "correct TRUNKLINE_BIND",
    );
  });
  const told = settings.advertise.length === 0 ? settings.bind : settings.advertise;
  for (const address of told) {
    if (LOOPBACK.test(address)) {
      const remedy = "enough to try things out; for others, set TRUNKLINE_BIND to an address of the network";
      findings.push(warn("address", `${address} can be reached from this machine alone`, remedy));
    } else if (PRIVATE.test(address)) {
      const remedy =
        "right for PBXs in the same network; for the internet, set TRUNKLINE_ADVERTISE to the public address";
      findings.push(warn("address", `peers are told the private address ${address}`, remedy));
    }
  }
  return findings;
};

/** Listening ports: free before the start, answering while the platform runs. */
export const ports: Check = async ({ settings, running }) => {
  if (running) return Promise.all(listeners(running.api, running.sip).map(answers));
  const { bind, sipPort, sipsPort, http, role } = settings;
  const carriesCalls = role !== "control";
  const wanted: Promise<Finding>[] = [];
  if (role !== "edge") wanted.push(isFree("tcp", http.host, http.port, "API", "TRUNKLINE_HTTP"));
  for (const address of carriesCalls ? bind : []) {
    wanted.push(isFree("udp", address, sipPort, "SIP", "TRUNKLINE_SIP_PORT"));
    wanted.push(isFree("tcp", address, sipPort, "SIP", "TRUNKLINE_SIP_PORT"));
    wanted.push(isFree("tcp", address, sipsPort, "SIP over TLS", "TRUNKLINE_SIPS_PORT"));
  }
  return Promise.all(wanted);
};

type Listener = { readonly name: string; readonly host: string; readonly port: number };

/** Those that a connection can be made to; what a stranger sends over UDP is not answered. */
function listeners(api: string, sip: readonly string[]): readonly Listener[] {
  const url = URL.parse(api);
  const http = url ? [{ name: "API", host: url.hostname.replace(/^\[|\]$/g, ""), port: Number(url.port || 80) }] : [];
  const others = sip.flatMap((text) => {
    const [, transport, host = "", port] = /^(tcp|tls):\[?(.*?)\]?:(\d+)$/.exec(text) ?? [];
    return transport === undefined ? [] : [{ name: `SIP over ${transport}`, host, port: Number(port) }];
  });
  return [...http, ...others];
}

async function answers({ name, host, port }: Listener): Promise<Finding> {
  const where = `${name} at ${hostPort(host, port)}`;
  const socket = connect({ host, port });
  try {
    await once(socket, "connect", { signal: AbortSignal.timeout(ANSWER_LIMIT_MS) });
    return ok("port", `${where} answers`);
  } catch (error) {
    return fail("port", `${where} does not answer (${whyOf(error)})`, "look at the platform's log, and restart it");
  } finally {
    socket.destroy();
  }
}

async function isFree(
  transport: "udp" | "tcp",
  host: string,
  port: number,
  use: string,
  variable: string,
): Promise<Finding> {
  const where = `${transport} ${hostPort(host, port)} for ${use}`;
  try {
    await (transport === "udp" ? bindUdp(host, port) : listenTcp(host, port));
    return ok("port", port === 0 ? `${where}: any that is free` : `${where} is free`);
  } catch (error) {
    return fail("port", `${where}: ${whyOf(error)}`, remedyFor(whyOf(error), port, variable));
  }
}

function remedyFor(why: string, port: number, variable: string): string {
  if (why === "EADDRINUSE") return `stop what uses it (ss -lpn 'sport = :${port}'), or set ${variable} to another port`;
  if (why === "EACCES") return `ports below 1024 need CAP_NET_BIND_SERVICE, or set ${variable} to a higher one`;
  return `correct ${variable} or the address`;
}

async function bindUdp(host: string, port: number): Promise<void> {
  const socket = createSocket(host.includes(":") ? "udp6" : "udp4");
  try {
    socket.bind({ address: host, port, exclusive: true });
    await once(socket, "listening");
  } finally {
    await new Promise<void>((resolve) => socket.close(() => resolve()));
  }
}

async function listenTcp(host: string, port: number): Promise<void> {
  const server = createServer();
  server.listen({ host, port, exclusive: true });
  await once(server, "listening");
  await new Promise<void>((resolve) => server.close(() => resolve()));
}

/** Enough ports for media, which nobody else is given. */
export const mediaPorts: Check = async ({ settings: { rtpPorts, media, bind, sipPort, sipsPort, role }, running }) => {
  if (role === "control") return [];
  if (media.kind === "rtpengine") return Promise.all(media.servers.map(pingRtpengine));
  const { min, max } = rtpPorts;
  const calls = Math.floor((max - min + 1) / PORTS_PER_CALL);
  const range = `${min}-${max}`;
  const findings: Finding[] = [];
  const inside = [sipPort, sipsPort].filter((port) => port >= min && port <= max);
  if (inside.length > 0) {
    findings.push(
      warn("media ports", `port ${inside.join(" and ")} for SIP is in the range ${range}`, "move TRUNKLINE_RTP_PORTS"),
    );
  }
  const detail = `${range}: ${calls} calls at once`;
  if (calls < FEW_CALLS)
    findings.push(warn("media ports", detail, "widen TRUNKLINE_RTP_PORTS; a call takes four ports"));
  else findings.push(ok("media ports", detail));
  const lent = systemPorts();
  if (lent && lent.min <= max && lent.max >= min) {
    const remedy = `sysctl net.ipv4.ip_local_reserved_ports=${range}, or keep TRUNKLINE_RTP_PORTS out of ${lent.min}-${lent.max}`;
    findings.push(
      warn("media ports", `the system gives out ${lent.min}-${lent.max} to other programs' connections`, remedy),
    );
  }
  if (!running && bind[0] !== undefined) findings.push(...(await samplePorts(bind[0], min, max)));
  return findings;
};

/** Ephemeral ports, unless they are reserved for us. */
function systemPorts(): { readonly min: number; readonly max: number } | undefined {
  const path = "/proc/sys/net/ipv4/ip_local_port_range";
  const reserved = "/proc/sys/net/ipv4/ip_local_reserved_ports";
  if (!existsSync(path) || (existsSync(reserved) && readFileSync(reserved, "utf8").trim() !== "")) return undefined;
  const [min = 0, max = 0] = readFileSync(path, "utf8").trim().split(/\s+/).map(Number);
  return { min, max };
}

async function samplePorts(address: string, min: number, max: number): Promise<readonly Finding[]> {
  const sample = [min, Math.floor((min + max) / 2), max];
  const outcomes = await Promise.allSettled(sample.map((port) => bindUdp(address, port)));
  const taken = sample.filter((_port, i) => outcomes[i]?.status === "rejected");
  if (taken.length === 0) return [];
  return [
    warn("media ports", `${taken.join(", ")} of the range cannot be used on ${address}`, "see who has them: ss -ulpn"),
  ];
}

/** rtpengine's control protocol: a cookie, a space, a bencoded dictionary; a ping is answered with a pong. */
async function pingRtpengine({ host, port }: { readonly host: string; readonly port: number }): Promise<Finding> {
  const where = `rtpengine at ${hostPort(host, port)}`;
  const socket = createSocket(isIP(host) === 6 ? "udp6" : "udp4");
  try {
    const answered = once(socket, "message", { signal: AbortSignal.timeout(ANSWER_LIMIT_MS) });
    const refused = once(socket, "error").then(([error]) => Promise.reject(error as Error));
    socket.send("doctor d7:command4:pinge", port, host);
    const [message] = (await Promise.race([answered, refused])) as [Buffer];
    if (message.toString("latin1").includes("4:pong")) return ok("media", `${where} answers`);
    return fail(
      "media",
      `${where} answers something else`,
      "correct TRUNKLINE_MEDIA: the port of --listen-ng is meant",
    );
  } catch (error) {
    return fail("media", `${where} does not answer (${whyOf(error)})`, "start it, or correct TRUNKLINE_MEDIA");
  } finally {
    socket.close();
  }
}
