import type { EdgePorts } from "@trunkline/edge";
import { createEmbeddedPlane, createRtpenginePlane, type MediaPlane } from "@trunkline/media";
import type { EdgeThreadData } from "./edge-offer.ts";

/** The media plane of the settings. rtpengine servers may come later and go meanwhile: calls are refused with 503 as long as none answers. */
export async function openMediaPlane(data: EdgeThreadData, log: EdgePorts["log"]): Promise<MediaPlane> {
  const { addresses, interconnects = [] } = data.options;
  const all = [...addresses, ...interconnects.map(({ address }) => ({ bind: address, advertise: address }))];
  if (data.media.kind === "embedded") {
    return createEmbeddedPlane({
      addresses: all,
      portMin: data.rtpPorts.min,
      portMax: data.rtpPorts.max,
      workers: data.mediaWorkers,
    });
  }
  return createRtpenginePlane({
    servers: data.media.servers,
    addresses: all.map(({ advertise }) => advertise),
    onEvent: ({ kind, server, why }) => {
      if (kind === "away") log("warn", "rtpengine does not answer", { server, why });
      else log("info", "rtpengine answers again", { server, why });
    },
  });
}
