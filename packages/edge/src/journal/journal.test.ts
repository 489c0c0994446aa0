import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { CallEvent } from "@trunkline/trunking";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { callEvents, callSid, MemorySink, T0_MS } from "./calls.fixture.ts";
import { FileJournal, type JournalOptions } from "./journal.ts";
import type { JournalLimits } from "./limits.ts";

let dir = "";
let sink = new MemorySink();
let logged: string[] = [];
const opened: FileJournal[] = [];

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "trunkline-journal-"));
  sink = new MemorySink();
  logged = [];
});

afterEach(async () => {
  for (const journal of opened.splice(0)) await journal.close(0);
  rmSync(dir, { recursive: true, force: true });
});

async function open(limits: Partial<JournalLimits> = {}, more: Partial<JournalOptions> = {}): Promise<FileJournal> {
  const journal = await FileJournal.open({
    dir,
    sink,
    log: (level, event) => void logged.push(`${level} ${event}`),
    limits: { batchMs: 5, liveMs: 20, syncMs: 10, backOffMs: 20, ...limits },
    wallClockMs: () => T0_MS + 60_000,
    ...more,
  });
  opened.push(journal);
  return journal;
}

function append(journal: FileJournal, events: readonly CallEvent[], until = "ended"): void {
  for (const event of events) {
    journal.append(event);
    if (event.kind === until) return;
  }
}

const files = (): string[] => readdirSync(dir).sort();
const text = (): string =>
  files()
    .map((name) => readFileSync(join(dir, name), "utf8"))
    .join("");

describe("the journal", () => {
  it("OPS-2: has started, answered and ended in the file when append returns", async () => {
    const journal = await open();
    for (const event of callEvents(1)) {
      journal.append(event);
      const isThere = text().includes(`"kind":"${event.kind}"`);
      if (["started", "answered", "ended"].includes(event.kind))
        expect([event.kind, isThere]).toEqual([event.kind, true]);
    }
    await expect.poll(() => sink.ended).toBe(1);
    expect(sink.records.get(callSid(1))).toMatchObject({
      status: "completed",
      durationSec: 10,
      attempts: [{ status: 200 }],
    });
  });

  it("leaves no file behind when every call is saved and it is closed", async () => {
    const journal = await open();
    for (let n = 1; n <= 500; n++) append(journal, callEvents(n));
    await journal.close(2_000);
    expect([sink.ended, files()]).toEqual([500, []]);
    expect(Math.max(...sink.batches)).toBeLessThanOrEqual(200);
  });

  it("shows live calls to the sink too, coalesced", async () => {
    const journal = await open();
    append(journal, callEvents(1), "answered");
    await expect.poll(() => sink.records.get(callSid(1))?.status).toBe("in-progress");
    expect(sink.batches).toEqual([1]);
    append(journal, callEvents(1).slice(-1));
    await expect.poll(() => sink.records.get(callSid(1))?.status).toBe("completed");
  });

  it("OPS-2: a restart ends interrupted calls at the last sign of life, by internal, once", async () => {
    sink.isAway = true;
    const first = await open({ aliveMs: 10 });
    append(first, callEvents(1), "answered");
    append(first, callEvents(2), "ringing");
    append(first, callEvents(3));
    await expect.poll(text).toContain('"alive"');
    const left = files().map((name) => [name, readFileSync(join(dir, name))] as const);
    await first.close(0);
    for (const [name, bytes] of left) writeFileSync(join(dir, name), bytes);

    sink.isAway = false;
    const second = await open();
    await expect.poll(() => sink.ended).toBe(3);
    expect(sink.records.get(callSid(1))).toMatchObject({ status: "completed", endedBy: "internal", durationSec: 59 });
    expect(sink.records.get(callSid(2))).toMatchObject({ status: "failed", endedBy: "internal", durationSec: 0 });
    expect(sink.records.get(callSid(3))).toMatchObject({ endedBy: "caller" });
    await second.close(1_000);
    const batches = sink.batches.length;
    await (await open()).close(1_000);
    expect([sink.batches.length, files()]).toEqual([batches, []]);
  });

  it("does not give calls to the sink again that it has acknowledged", async () => {
    const first = await open();
    append(first, callEvents(1));
    append(first, callEvents(2), "answered");
    await expect.poll(() => sink.ended).toBe(1);
    await expect.poll(text).toContain('"saved"');
    await first.close(0);
    sink.records.clear();
    await open();
    await expect.poll(() => sink.ended).toBe(1);
    expect([...sink.records.keys()]).toEqual([callSid(2)]);
  });

  it("overlooks a torn last line, and skips a damaged one in the middle with a log", async () => {
    sink.isAway = true;
    const first = await open();
    append(first, callEvents(1));
    append(first, callEvents(2));
    await first.close(0);
    const path = join(dir, files()[0] ?? "");
    const lines = readFileSync(path, "utf8").split("\n");
    lines[2] = "\u0000\u0000\u0000";
    writeFileSync(path, lines.join("\n"));
    appendFileSync(path, JSON.stringify({ event: callEvents(3)[0] }).slice(0, 50));
    sink.isAway = false;
    await open();
    await expect.poll(() => sink.ended).toBe(2);
    expect(sink.records.has(callSid(3))).toBe(false);
    expect(logged.filter((line) => line.includes("damaged"))).toHaveLength(1);
  });

  it("keeps memory bounded while the sink is away, and brings everything when it is back", async () => {
    sink.isAway = true;
    const journal = await open({ waiting: 100, segmentBytes: 50_000 });
    for (let n = 1; n <= 1_000; n++) {
      append(journal, callEvents(n));
      if (n % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await expect.poll(() => journal.counts()["records_waiting"]).toBeLessThanOrEqual(150);
    expect(files().some((name) => name.startsWith("waiting-"))).toBe(true);
    expect(logged.filter((line) => line.includes("cannot be saved"))).toHaveLength(1);
    sink.isAway = false;
    await expect.poll(() => sink.ended, { timeout: 5_000 }).toBe(1_000);
    await journal.close(1_000);
    expect(files()).toEqual([]);
  });

  it("reads what an earlier run spilled", async () => {
    sink.isAway = true;
    const first = await open({ waiting: 10 });
    for (let n = 1; n <= 40; n++) append(first, callEvents(n));
    await expect.poll(() => files().some((name) => name.startsWith("waiting-"))).toBe(true);
    await first.close(0);
    sink.isAway = false;
    await open();
    await expect.poll(() => sink.ended).toBe(40);
  });

  it("carries a long call over, so that it does not keep the files of all the short ones", async () => {
    const first = await open({ segmentBytes: 8_000, segmentsKept: 3 });
    append(first, callEvents(1), "answered");
    for (let n = 2; n <= 100; n++) {
      append(first, callEvents(n));
      if (n % 10 === 0) await expect.poll(() => sink.ended).toBe(n - 1);
    }
    expect(files().length).toBeLessThanOrEqual(4);
    await first.close(0);
    await open();
    await expect.poll(() => sink.records.get(callSid(1))?.endedBy).toBe("internal");
    expect(sink.records.get(callSid(1))).toMatchObject({ from: "+12025550100", attempts: [{ status: 200 }] });
  });

  it("a full disk costs the protection, not the calls: it is logged once and the records still arrive", async () => {
    const journal = await open({ segmentBytes: 500 });
    // The second segment is a device that is always full.
    symlinkSync("/dev/full", join(dir, "journal-00000002.jsonl"));
    for (let n = 1; n <= 20; n++) append(journal, callEvents(n));
    await expect.poll(() => sink.ended).toBe(20);
    expect(logged.filter((line) => line.includes("calls go on"))).toHaveLength(1);
    expect(journal.counts()["journal_write_failures"]).toBeGreaterThan(20);
  });

  it("rejects when its folder cannot be used", async () => {
    writeFileSync(join(dir, "file"), "");
    await expect(open({}, { dir: join(dir, "file") })).rejects.toThrow();
  });

  it("OPS-2: kill -9 loses no answered call, and each has one record with an end", async () => {
    const script = fileURLToPath(new URL("./writer.fixture.ts", import.meta.url));
    const child = spawn(process.execPath, [script, dir], { stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    child.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString("latin1");
    });
    await expect.poll(() => output.split("\n").length, { timeout: 10_000 }).toBeGreaterThan(500);
    child.kill("SIGKILL");
    await once(child, "close");
    const promised = output.split("\n").filter((line) => line.length === callSid(1).length);
    const journal = await open();
    await expect.poll(() => journal.counts()["records_waiting"]).toBe(0);
    for (const sid of promised) expect(sink.records.get(sid)?.endedAtMs).not.toBeNull();
    for (const sid of promised) expect(sink.records.get(sid)?.answeredAtMs).not.toBeNull();
    expect([...sink.records.values()].every((record) => record.endedAtMs !== null)).toBe(true);
    expect(logged.filter((line) => line.includes("damaged"))).toEqual([]);
  });
});
