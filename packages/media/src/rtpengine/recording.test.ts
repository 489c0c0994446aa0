import { afterAll, describe, it } from "vitest";
import { recordingContract } from "../recorder/recording.contract.ts";
import { createRtpenginePlane } from "./plane.ts";
import { Rtpengine, rtpengineMissing } from "./rtpengine.fixture.ts";

const missing = rtpengineMissing();
let rtpengine: Rtpengine | undefined;
afterAll(() => rtpengine?.kill());

if (missing) describe.skip(`Recording: rtpengine (${missing})`, () => it("is tried", () => undefined));
else
  recordingContract("rtpengine", async () => {
    rtpengine = await Rtpengine.start();
    return createRtpenginePlane({ servers: [rtpengine.address] });
  });
