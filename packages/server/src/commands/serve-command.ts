import { readSettings } from "../config/read-settings.ts";
import { openLog } from "../log.ts";
import { readyBlock } from "../ready-block.ts";
import { serve } from "../serve.ts";
import { stopSignals } from "../stop-signals.ts";

/** `trunkline serve`: runs until SIGINT or SIGTERM; resolves with the exit code. A second signal ends it at once. */
export async function serveCommand(options: { readonly json: boolean }): Promise<number> {
  const startedAtMs = performance.now();
  const settings = readSettings(process.env);
  const log = openLog(settings.log);
  const stopped = Promise.withResolvers<number>();
  const platform = await serve(settings, log, (why) => {
    log("error", "cannot go on", { why });
    stopped.resolve(1);
  });
  const { running, operatorLogin } = platform;
  const startedInMs = performance.now() - startedAtMs;
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ ...running, ...(operatorLogin && { operatorLogin }), startedInMs: Math.round(startedInMs) })}\n`
      : `${readyBlock(running, operatorLogin, startedInMs)}\n`,
  );
  const gently = (signal: NodeJS.Signals): void => {
    log("info", "stopping", { signal });
    stopped.resolve(0);
  };
  const onSignal = stopSignals({ gently, atOnce: () => process.exit(1) }, () => performance.now());
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  const code = await stopped.promise;
  await platform.close();
  return code;
}
