import { z } from "zod";
import { about, wholeNumber } from "../../form.ts";
import { Problem } from "../../problem.ts";
import { accepts, type Context, type Route } from "../../route.ts";

/** G.711 with 20 ms packets: 64 kbit/s of speech, and 36 for RTP, UDP, IP, Ethernet and some to spare. */
const KBITS_PER_CALL = 100;

const shape = z.strictObject({
  concurrent_calls: z.int(),
  kbits_per_call: z.int(),
  kbits_per_second: z.int(),
  meaning: z.string(),
});

const fetch = accepts(
  { ConcurrentCalls: about("Calls at the busiest moment.", wholeNumber(1, 1_000_000)) },
  async (_at: Context, { ConcurrentCalls }): Promise<z.infer<typeof shape>> => ({
    concurrent_calls: ConcurrentCalls,
    kbits_per_call: KBITS_PER_CALL,
    kbits_per_second: ConcurrentCalls * KBITS_PER_CALL,
    meaning: "Needed in each direction at the busiest moment, for uncompressed speech (G.711, 20 ms packets).",
  }),
);

/** `/trunkline/v1/Network/Bandwidth`: what a line must carry (NET-3). */
export const bandwidthRoute: Route = {
  method: "GET",
  product: "trunkline",
  scope: "account",
  path: "/Network/Bandwidth",
  summary: "Fetch: bandwidth for so many calls at once",
  form: fetch.form,
  success: { status: 200, schema: shape },
  run: async (at) => {
    const shown = await fetch.run(at, at.query);
    return shown instanceof Problem ? shown : { status: 200, body: shown };
  },
};
