import { recordingContract } from "../recorder/recording.contract.ts";
import { createEmbeddedPlane } from "./plane.ts";

recordingContract("embedded", () =>
  createEmbeddedPlane({
    addresses: [{ bind: "127.0.0.1", advertise: "127.0.0.1" }],
    portMin: 22_000,
    portMax: 23_999,
    workers: 1,
    portRestMs: 10,
    quietMs: 200,
  }),
);
