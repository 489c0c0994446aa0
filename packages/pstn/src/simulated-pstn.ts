import { openAudioEndpoint } from "@trunkline/media";
import { createPstnCore } from "./core.ts";
import type { PstnOptions, SimulatedPstn } from "./pstn.types.ts";
import { openSipNode, reach } from "./sip-node.ts";

/**
 * Opens the simulated PSTN (interface §4) on real sockets. Rejects with transport's `ListenError`.
 *
 * `platform` is read for each placed call, so it may be an object whose port becomes known later.
 */
export async function openSimulatedPstn(options: PstnOptions): Promise<SimulatedPstn> {
  const { agent, host, address, port } = await openSipNode(
    options.address,
    options.port,
    (sipHost, boundAddress, boundPort) =>
      createPstnCore(sipHost, (local) => openAudioEndpoint({ address: local, random: () => sipHost.random() }), {
        address: boundAddress,
        port: boundPort,
        platform: options.platform,
        reachPlatform: () => reach(sipHost, options.platform),
        ...(options.maxCalls === undefined ? {} : { maxCalls: options.maxCalls }),
      }),
  );
  return {
    address,
    port,
    place: (call) => agent.place(call),
    fetch: (sid) => agent.fetch(sid),
    press: (number, digits) => agent.press(number, digits),
    get liveCalls() {
      return agent.liveCalls;
    },
    close() {
      agent.hangUpAll();
      return host.close();
    },
  };
}
