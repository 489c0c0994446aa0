import { placeTestCall, type TestCallReport, type TestCallStep } from "@trunkline/pstn";
import { readSettings } from "../config/read-settings.ts";
import { hostPort } from "../host-port.ts";
import { findRunning, type Running } from "../running.ts";
import { UsageError } from "./usage-error.ts";

export type CallOptions = { readonly from?: string; readonly seconds: string; readonly json: boolean };

/**
 * `trunkline call +E164`: places a test call through the platform that runs on this data directory, from a built-in PBX, as the demo
 * trunk's user. Prints each step; exit code 0 when it was answered and audio came back both ways as the number promises.
 */
export async function callCommand(to: string, options: CallOptions): Promise<number> {
  if (!/^\+[1-9]\d{1,14}$/.test(to)) {
    throw new UsageError(`${to} is not a number in E.164 form; write + and the country code, such as +15005552300`);
  }
  const seconds = Number(options.seconds);
  if (!(seconds >= 1 && seconds <= 3_600)) throw new UsageError(`--seconds ${options.seconds}: give 1 to 3600`);
  const running = findRunning(readSettings(process.env).dataDir);
  if (!running?.demo) {
    throw new Error(
      running
        ? "the running platform has no demo trunk to call from; start it with TRUNKLINE_DEMO=true"
        : "no platform runs on this data directory; start one with npm start (or set TRUNKLINE_DATA_DIR to that of a running one)",
    );
  }
  const target = sipTarget(running);
  if (!options.json)
    process.stdout.write(`${to} over ${running.demo.domain} (udp ${hostPort(target.host, target.port)})\n`);
  const report = await placeTestCall({
    bind: target.host,
    target,
    domain: running.demo.domain,
    to,
    from: options.from ?? (running.demo.numbers[0] as string),
    username: running.demo.username,
    password: running.demo.password,
    talkMs: seconds * 1_000,
    onStep: options.json ? () => undefined : printStep,
  });
  process.stdout.write(options.json ? `${JSON.stringify(report)}\n` : describe(report, running));
  return report.outcome === "answered" ? 0 : 1;
}

function sipTarget(running: Running): { readonly host: string; readonly port: number } {
  const [, host = "127.0.0.1", port = "5060"] =
    /^udp:\[?(.*?)\]?:(\d+)$/.exec(running.sip.find((one) => one.startsWith("udp:")) ?? "") ?? [];
  return { host: host === "0.0.0.0" ? "127.0.0.1" : host, port: Number(port) };
}

function printStep(step: TestCallStep): void {
  const at = `${String(Math.round(step.atMs)).padStart(6)} ms`;
  if (step.kind === "sent") process.stdout.write(`${at}  -> ${step.what}\n`);
  else if (step.kind === "received") process.stdout.write(`${at}  <- ${step.status} ${step.reason}\n`);
  else process.stdout.write(`${at}  <- audio, ${step.packets} packets\n`);
}

const known = (value: number | null, unit: string, digits = 0): string =>
  value === null ? "not measured" : `${value.toFixed(digits)} ${unit}`.trim();

function describe(report: TestCallReport, running: Running): string {
  const rows: (readonly [string, string])[] = [["outcome", `${report.outcome} (${report.status} ${report.reason})`]];
  if (report.error) rows.push(["why", report.error]);
  if (report.outcome === "answered") {
    rows.push(
      ["set up in", known(report.setupMs, "ms")],
      ["audio sent", `${report.packetsSent} packets`],
      [
        "audio received",
        `${report.packetsReceived} packets${report.toneHz === null ? "" : `, a tone of ${Math.round(report.toneHz)} Hz`}`,
      ],
      ["round trip of audio", known(report.echoDelayMs, "ms", 1)],
      ["MOS", known(report.mos, "", 2)],
    );
    if (report.digits !== "") rows.push(["digits heard", report.digits]);
  }
  rows.push(["call SID", report.callSid ?? "none"]);
  if (report.callSid) rows.push(["trace", `${running.api}/trunkline/v1/Calls/${report.callSid}/Trace`]);
  const width = Math.max(...rows.map(([label]) => label.length));
  return `\n${rows.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`).join("\n")}\n`;
}
