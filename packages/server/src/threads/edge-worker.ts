import { parentPort, workerData } from "node:worker_threads";
import { createEdge, type Edge, type EdgePorts } from "@trunkline/edge";
import type { DirectoryChange } from "@trunkline/trunking";
import type { ControlOffer, EdgeOffer, EdgeThreadData } from "./edge-offer.ts";
import { Link } from "./link.ts";
import { openMediaPlane } from "./media-plane.ts";
import { openRecorder } from "./recorder.ts";

/**
 * The edge thread: SIP sockets, timers and calls, with the threads of media and recorder below it. Configuration comes down and call records go up
 * over the link; no query or page of the control thread can delay a SIP timer here (design §4).
 */
async function run(port: NonNullable<typeof parentPort>, data: EdgeThreadData): Promise<void> {
  let edge: Edge | undefined;
  let apply: ((changes: readonly DirectoryChange[]) => void) | undefined;
  const running = (): Edge => {
    if (!edge) throw new Error("the edge is still starting");
    return edge;
  };
  const link = new Link<ControlOffer>(port, {
    changes: (changes) => apply?.(changes),
    liveCalls: (accountSid) => running().liveCalls(accountSid),
    hangUp: (accountSid, sid) => running().hangUp(accountSid, sid),
    controlRecording: (request) => running().controlRecording(request),
    lostRecordings: (sids) => running().lostRecordings(sids),
    peerStatus: (ownerSid) => running().peerStatus(ownerSid),
    trunkContact: (trunkSid) => running().trunkContact(trunkSid),
    capture: (accountSid, callSid) => running().capture(accountSid, callSid),
    callAudio: (accountSid, callSid) => running().callAudio(accountSid, callSid),
    verifyCallerId: (order) => running().verifyCallerId(order),
    simulate: (call) => edge?.simulate(call),
    replay: (calls, changes) => edge?.replay(calls, changes),
    setTls: (tls) => running().setTls(tls),
    setNamedCertificates: (changes) => running().setNamedCertificates(changes),
    metrics: () => edge?.metrics() ?? {},
    troubles: () => edge?.troubles() ?? [],
    close: async (graceMs) => {
      await edge?.close(graceMs);
      await media.close();
    },
  } satisfies EdgeOffer);
  const log: EdgePorts["log"] = (level, event, fields) => void link.remote.log(level, event, fields);
  const media = await openMediaPlane(data, log);
  edge = await createEdge(data.options, {
    directory: {
      subscribe: async (deliver) => {
        apply = deliver;
        await link.remote.subscribe();
        return {
          stop: async () => {
            apply = undefined;
          },
        };
      },
    },
    records: { save: (records) => link.remote.saveRecords(records) },
    alerts: { save: (alerts) => link.remote.saveAlerts(alerts) },
    ...(data.captures ? { captures: { save: (captures) => link.remote.saveCaptures(captures) } } : {}),
    media,
    recordings: {
      open: (news) => openRecorder(data.recordings, news),
      sink: { save: (outcome) => link.remote.saveRecording(outcome) },
    },
    callerIds: { verified: (callSid) => link.remote.callerIdVerified(callSid) },
    log,
  });
  await link.remote.ready(
    edge.listeners.map(({ transport, address, port: number }) => ({ transport, address, port: number })),
  );
}

if (parentPort) await run(parentPort, workerData as EdgeThreadData);
