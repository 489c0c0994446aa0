import { readFileSync } from "node:fs";
import * as sip from "@trunkline/sip";
import * as transport from "@trunkline/transport";
import { afterEach, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";

const README = new URL("../../packages/sip/README.md", import.meta.url);

/** An address of our own, so that the ports of the snippets are free. */
const OUR_ADDRESS = "127.77.5.1";

type Running = { readonly host: transport.SipHost; readonly agent: sip.UserAgent };

const opened: transport.SipHost[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((host) => host.close()));
});

function snippets(): readonly string[] {
  const text = readFileSync(README, "utf8");
  return [...text.matchAll(/```js\n([\s\S]*?)```/g)].map((match) => match[1] ?? "");
}

/** Runs a snippet as it stands, but for its imports and its address; gives what it opened. */
async function run(snippet: string, console: { log(line: string): void }): Promise<Running> {
  const imported = { ...sip, ...transport };
  const names = [...snippet.matchAll(/^import \{ ([^}]+) \} from/gm)].flatMap((match) => (match[1] ?? "").split(", "));
  const body = snippet.replace(/^import .*$/gm, "").replaceAll("127.0.0.1", OUR_ADDRESS);
  const AsyncFunction = Object.getPrototypeOf(async () => undefined).constructor;
  const main = new AsyncFunction("console", ...names, `${body}\nreturn { host, agent };`);
  const running: Running = await main(console, ...names.map((name) => imported[name as keyof typeof imported]));
  opened.push(running.host);
  return running;
}

it("the two phones of packages/sip/README.md call each other, each in ten statements", async () => {
  const [answering = "", calling = ""] = snippets();
  for (const snippet of [answering, calling]) {
    expect(snippet.split("\n").filter((line) => /^(?:const|import)\b/.test(line)).length).toBeLessThanOrEqual(11);
  }
  const said: string[] = [];
  const uas = await run(answering, { log: () => undefined });
  const uac = await run(calling, { log: (line) => said.push(line) });
  await eventually("the call is over", async () => said.includes("ended") || undefined);
  expect(said).toEqual(["trying", "answer", "ended"]);
  const sessions = (): number => uas.agent.counts().sessions + uac.agent.counts().sessions;
  await eventually("nothing is left", async () => sessions() === 0 || undefined);
});
