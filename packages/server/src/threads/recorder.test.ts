import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openRecorder } from "./recorder.ts";

it("REC-4: a folder that recordings cannot grow in stops the start with one line", async () => {
  const base = mkdtempSync(join(tmpdir(), "recorder-place-"));
  writeFileSync(join(base, "file"), "");
  const dir = join(base, "file", "local");
  const news = { onFinished: async () => undefined, onAlarm: () => undefined };
  const opening = openRecorder({ dir, storage: { kind: "local" } }, news);
  await expect(opening).rejects.toThrow(
    /^no recordings can be made in .*file\/local: .*; set TRUNKLINE_RECORDINGS_URL/,
  );
  rmSync(base, { recursive: true });
});
