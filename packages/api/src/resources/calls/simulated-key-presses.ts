import { isE164 } from "@trunkline/trunking";
import { z } from "zod";
import { about, matching, text } from "../../form.ts";
import { notE164, Problem, unavailable } from "../../problem.ts";
import { type At, noParent, type Resource } from "../../resource.ts";
import { accepts, type Context } from "../../route.ts";

const shape = z.strictObject({ to: z.string(), digits: z.string() });

/**
 * `/trunkline/v1/SimulatedKeyPresses`: whoever has answered at a number of the simulated PSTN keys in digits, as soon as the call is up. So a
 * caller ID can be verified in a demo (NUM-4), where nobody is there to do it.
 */
export const simulatedKeyPresses: Resource<z.infer<typeof shape>, null> = {
  product: "trunkline",
  scope: "anyone",
  noun: "simulated key press",
  path: "/SimulatedKeyPresses",
  key: "simulated_key_presses",
  parent: noParent,
  shape,
  view: (row) => row,
  create: accepts(
    {
      To: about("The number of the simulated PSTN that is being called.", text(16)),
      Digits: about("What is keyed in.", matching(/^[0-9*#A-D]{1,64}$/, "up to 64 of 0-9, *, # and A to D")),
    },
    async (at: At<null>, { To: to, Digits: digits }) => {
      const { simulatedPstn } = at.deps;
      if (simulatedPstn === undefined)
        return unavailable("No simulated PSTN runs here. Start with TRUNKLINE_DEMO=true.");
      if (!isE164(to)) return notE164("To", to, 21421);
      const isPressed = (await isCalling(at, to)) && (await simulatedPstn.press(to, digits));
      return isPressed ? { to, digits } : new Problem(404, 20404, `To: nobody is being called at ${to}.`);
    },
  ),
};

/** The operator may press anybody's keys; an account those of whom it calls, so that nobody meddles with another customer's calls. */
async function isCalling(at: Context, to: string): Promise<boolean> {
  if (at.operator) return true;
  const live = (await at.deps.liveCalls?.list(at.account.sid)) ?? [];
  return live.some((call) => call.to === to);
}
