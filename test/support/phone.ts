import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "./eventually.ts";
import type { Namespace } from "./namespace.ts";
import type { Platform } from "./platform.ts";

const has = (program: string): boolean => spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;
const isRoot = process.getuid?.() === 0;

/** Both phones live behind a network of their own, which takes root to make; baresip refuses a loopback interface. */
export const haveBaresip = isRoot && has("baresip") && has("ip");
export const haveLinphone = isRoot && has("linphonec") && has("ip");

/** What the phones say into the call. */
export const PHONE_TONE_HZ = 660;
/** 16-bit samples at 8 kHz. */
const BYTES_PER_SEC = 16_000;
const WAV_HEADER_BYTES = 44;

export type PhoneOptions = {
  readonly namespace: Namespace;
  readonly platform: Platform;
  readonly transport: "udp" | "tcp" | "tls";
  /** Where it listens; TLS of baresip one above. */
  readonly port: number;
  /** The account's number it calls from. */
  readonly number: string;
  /** The platform's authority, which a TLS phone trusts and nothing else. */
  readonly caPem: string;
  /** Called as soon as the phone is up; absent: it takes the calls that come. */
  readonly dial?: string;
  /** Its media is SRTP with keys in the SDP, and nothing else. Default: plain RTP. */
  readonly srtp?: boolean;
};

/** A real phone with a sine for a microphone and a file for an ear. */
export type Phone = {
  /** Where calls to it go. */
  readonly uri: string;
  /** Resolves when it has heard that much; rejects with what it wrote. */
  heardFor(seconds: number): Promise<void>;
  /** The middle half of what it heard. */
  heard(): Int16Array;
  output(): string;
  /** Hangs up and ends. */
  stop(): Promise<void>;
};

type Running = {
  readonly child: ChildProcess;
  readonly dir: string;
  output(): string;
  recording(): string | undefined;
};

/** baresip, a small phone of its own stack (libre). */
export function startBaresip(options: PhoneOptions): Promise<Phone> {
  const dir = newHome("baresip");
  configureBaresip(dir, options);
  const dial = options.dial ? ["-e", `d sip:${options.dial}@${options.platform.demo.domain}`] : [];
  const running = run(options, dir, ["baresip", "-f", dir, "-t", "30", ...dial], () => {
    const name = readdirSync(dir).find((file) => file.endsWith("-dec.wav"));
    return name === undefined ? undefined : join(dir, name);
  });
  const port = options.transport === "tls" ? options.port + 1 : options.port;
  return phoneOf({ ...options, port }, running, /baresip is ready/, () => void running.child.kill("SIGTERM"));
}

/** Linphone's console phone (belle-sip and mediastreamer). */
export async function startLinphone(options: PhoneOptions): Promise<Phone> {
  const dir = newHome("linphone");
  mkdirSync(join(dir, ".local/share/linphone"), { recursive: true });
  const recording = join(dir, "heard.wav");
  const log = join(dir, "log.txt");
  writeFileSync(join(dir, "linphonerc"), linphoneConfig(dir, options));
  const flags = ["-c", join(dir, "linphonerc"), "-d", "5", "-l", log, ...(options.dial ? [] : ["-a"])];
  const running = run(options, dir, ["linphonec", ...flags], () => (existsSync(recording) ? recording : undefined));
  const say = (...commands: readonly string[]): void => void running.child.stdin?.write(`${commands.join("\n")}\n`);
  const isUp = async (): Promise<true | undefined> =>
    existsSync(log) && readFileSync(log, "utf8").includes("SIP network reachability state is now [UP]")
      ? true
      : undefined;
  await eventually("Linphone to be up", isUp, 15_000);
  say("soundcard use files", `record ${recording}`, `play ${join(dir, "tone.wav")}`);
  if (options.dial) say(`call sip:${options.dial}@${options.platform.demo.domain}`);
  return phoneOf(options, running, /linphonec>/, () => say("terminate", "quit"));
}

async function phoneOf(options: PhoneOptions, running: Running, ready: RegExp, leave: () => void): Promise<Phone> {
  const { child, dir, output } = running;
  const fails = (what: string) => (cause: unknown) => {
    throw new Error(`${what}; the phone wrote:\n${output()}`, { cause });
  };
  await eventually("the phone to be ready", async () => ready.test(output()) || undefined, 15_000).catch(
    fails("not ready"),
  );
  const { namespace, transport, port } = options;
  return {
    uri: `sip:${namespace.insideAddress}:${port};transport=${transport}`,
    heardFor: async (seconds) => {
      const wanted = WAV_HEADER_BYTES + seconds * BYTES_PER_SEC;
      const enough = async (): Promise<true | undefined> => {
        const path = running.recording();
        return path !== undefined && statSync(path).size >= wanted ? true : undefined;
      };
      await eventually(`${seconds} s of audio`, enough, 15_000).catch(fails("it heard too little"));
    },
    heard: () => middleOf(running.recording() ?? ""),
    output,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        const exited = once(child, "exit");
        leave();
        const patience = setTimeout(() => child.kill("SIGKILL"), 5_000);
        await exited;
        clearTimeout(patience);
      }
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function run(
  { namespace }: PhoneOptions,
  dir: string,
  command: readonly string[],
  recording: () => string | undefined,
): Running {
  const child = spawn("ip", ["netns", "exec", namespace.name, ...command], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, HOME: dir },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  child.stdin.on("error", () => undefined);
  return { child, dir, output: () => output, recording };
}

function newHome(name: string): string {
  const dir = mkdtempSync(join(tmpdir(), `trunkline-${name}-`));
  writeFileSync(join(dir, "tone.wav"), toneFile());
  return dir;
}

function configureBaresip(dir: string, options: PhoneOptions): void {
  const { namespace, platform, transport, port, number, caPem, srtp = false } = options;
  const modules = ["/usr/lib/baresip/modules", "/usr/lib/x86_64-linux-gnu/baresip/modules"].find(existsSync);
  const lines = [
    `sip_listen 0.0.0.0:${port}`,
    ...(transport === "tls" ? [`sip_cafile ${dir}/ca.pem`, `sip_certificate ${dir}/own.pem`] : []),
    `audio_source aufile,${dir}/tone.wav`,
    `audio_player aufile,${dir}/played.wav`,
    "ausrc_srate 8000",
    "auplay_srate 8000",
    `module_path ${modules}`,
    ...["g711", "aufile", "sndfile", ...(srtp ? ["srtp"] : [])].map((name) => `module ${name}.so`),
    `snd_path ${dir}`,
    "module_tmp uuid.so",
    "module_tmp account.so",
    "module_app menu.so",
  ];
  writeFileSync(join(dir, "ca.pem"), caPem);
  if (transport === "tls") makeCertificate(join(dir, "own.pem"), namespace.insideAddress);
  writeFileSync(join(dir, "config"), `${lines.join("\n")}\n`);
  const { domain, username, password } = platform.demo;
  const parameters = [
    `auth_user=${username};auth_pass=${password}`,
    `outbound="sip:${proxy(platform, transport)}"`,
    `regint=0;answermode=auto;audio_codecs=pcmu/8000/1${srtp ? ";mediaenc=srtp-mand" : ""}`,
  ];
  writeFileSync(join(dir, "accounts"), `<sip:${number}@${domain};transport=${transport}>;${parameters.join(";")}\n`);
}

/** A phone that is called over TLS shows a certificate of its own making, with its key in the same file. */
function makeCertificate(file: string, address: string): void {
  const request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", `/CN=${address}`];
  execFileSync("openssl", [...request, "-keyout", `${file}.key`, "-out", file], { stdio: "ignore" });
  appendFileSync(file, readFileSync(`${file}.key`));
}

function linphoneConfig(dir: string, options: PhoneOptions): string {
  const { platform, transport, port, number, caPem, srtp = false } = options;
  const { domain, username, password } = platform.demo;
  const listen = (name: string): number => (name === transport ? port : 0);
  const at = proxy(platform, transport);
  writeFileSync(join(dir, "ca.pem"), caPem);
  return [
    "[sip]",
    `sip_port=${listen("udp")}`,
    `sip_tcp_port=${listen("tcp")}`,
    `sip_tls_port=${listen("tls")}`,
    "ipv6_migration_done=1",
    "use_ipv6=0",
    "default_proxy=0",
    `root_ca=${dir}/ca.pem`,
    "verify_server_certs=1",
    // Its TLS library compares names alone, and the phones call the platform by its address.
    "verify_server_cn=0",
    ...(srtp ? ["media_encryption=srtp", "media_encryption_mandatory=1"] : []),
    "[video]",
    "enabled=0",
    "[proxy_0]",
    `reg_proxy=<sip:${at}>`,
    `reg_route=<sip:${at};lr>`,
    `reg_identity=<sip:${number}@${domain}>`,
    "reg_sendregister=0",
    "publish=0",
    "[auth_info_0]",
    `username=${number}`,
    `userid=${username}`,
    `passwd=${password}`,
    `realm=sip.${platform.zone}`,
    "[rtp]",
    "audio_rtp_port=-1",
    "",
  ].join("\n");
}

function proxy({ sipHost, sipPort, sipsPort }: Platform, transport: PhoneOptions["transport"]): string {
  return `${sipHost}:${transport === "tls" ? sipsPort : sipPort};transport=${transport}`;
}

/** Ten seconds of a sine as a WAV file: the microphone. */
function toneFile(): Buffer {
  const samples = Int16Array.from(
    { length: 80_000 },
    (_unused, i) => 8_000 * Math.sin((2 * Math.PI * PHONE_TONE_HZ * i) / 8_000),
  );
  const header = Buffer.from("RIFF....WAVEfmt ....................data....", "latin1");
  header.writeUInt32LE(36 + samples.byteLength, 4);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(8_000, 24);
  header.writeUInt32LE(BYTES_PER_SEC, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.writeUInt32LE(samples.byteLength, 40);
  return Buffer.concat([header, Buffer.from(samples.buffer)]);
}

function middleOf(path: string): Int16Array {
  const file = readFileSync(path);
  const end = WAV_HEADER_BYTES + ((file.length - WAV_HEADER_BYTES) & ~1);
  const all = new Int16Array(file.buffer.slice(file.byteOffset + WAV_HEADER_BYTES, file.byteOffset + end));
  return all.slice(Math.floor(all.length / 4), Math.floor((3 * all.length) / 4));
}

/** 50 ms: short enough that a phone whose machine was busy for a moment shows it in a few of them only. */
const WINDOW = 400;

/**
 * Share of the energy of 16-bit mono audio that lies at one frequency, 1 for a pure tone and about 0 for anything else: the median over
 * windows, since a jitter buffer that slips changes the tone's phase and not what a person hears.
 */
export function toneShare(samples: Int16Array, hz: number): number {
  const shares = Array.from({ length: Math.floor(samples.length / WINDOW) }, (_unused, i) =>
    windowShare(samples.subarray(i * WINDOW, (i + 1) * WINDOW), hz),
  );
  return shares.toSorted((a, b) => a - b)[Math.floor(shares.length / 2)] ?? 0;
}

function windowShare(samples: Int16Array, hz: number): number {
  let [re, im, energy] = [0, 0, 0];
  samples.forEach((sample, i) => {
    re += sample * Math.cos((2 * Math.PI * hz * i) / 8_000);
    im += sample * Math.sin((2 * Math.PI * hz * i) / 8_000);
    energy += sample * sample;
  });
  return energy === 0 ? 0 : (2 * (re * re + im * im)) / (samples.length * energy);
}
