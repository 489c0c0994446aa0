import { isE164 } from "@trunkline/trunking";
import { z } from "zod";
import { about, clearable, structured, text } from "../../form.ts";
import type { SimulatedCall } from "../../ports.ts";
import { invalid, notE164, type Problem, unavailable } from "../../problem.ts";
import { type At, noParent, type Resource } from "../../resource.ts";
import { accepts, type Context } from "../../route.ts";
import { ownsNumber } from "../numbers/phone-number-row.ts";

const ABSENT = unavailable("No simulated PSTN runs here. Start with TRUNKLINE_DEMO=true.");
/** A caller who never gives up would hold a port for ever. */
const GIVE_UP_MAX_MS = 600_000;
const CALL_MAX_MS = 4 * 3_600_000;

const within = (name: string, max: number) => {
  const error = `${name} must be a whole number from 0 to ${max}`;
  return z.int({ error }).min(0, { error }).max(max, { error });
};
const behaviourShape = z.strictObject(
  {
    audio: z
      .enum(["silence", "tone", "echo", "none"], { error: "must be silence, tone, echo or none, or a JSON object" })
      .default("echo"),
    digits: z
      .string()
      .regex(/^[0-9*#A-D]{1,64}$/, { error: "digits must be up to 64 of 0-9, *, # and A to D" })
      .nullable()
      .default(null),
    hangupAfterMs: within("hangupAfterMs", CALL_MAX_MS).nullable().default(null),
    giveUpAfterMs: within("giveUpAfterMs", GIVE_UP_MAX_MS).default(60_000),
  },
  { error: "must be an object of audio, digits, hangupAfterMs and giveUpAfterMs" },
);

const shape = z.strictObject({
  sid: z.string(),
  to: z.string(),
  from: z.string(),
  status: z.enum(["calling", "ringing", "answered", "completed", "failed"]),
  sip_status: z.int().nullable(),
  reason: z.string().nullable(),
  call_sid: z.string().nullable(),
  tone_hz: z.number().nullable(),
  digits: z.string(),
  packets_received: z.int(),
  url: z.string(),
});

/** `/trunkline/v1/SimulatedCalls`: a call from the simulated PSTN to a number of the installation (interface §3). */
export const simulatedCalls: Resource<SimulatedCall, null> = {
  product: "trunkline",
  scope: "anyone",
  noun: "simulated call",
  path: "/SimulatedCalls",
  key: "simulated_calls",
  parent: noParent,
  shape,
  view: (call, at): z.infer<typeof shape> => ({
    sid: call.sid,
    to: call.to,
    from: call.from,
    status: call.status,
    sip_status: call.sipStatus,
    reason: call.reason,
    call_sid: call.callSid,
    tone_hz: call.toneHz,
    digits: call.digits,
    packets_received: call.packetsReceived,
    url: at.links.absolute("trunkline", `/SimulatedCalls/${call.sid}`),
  }),
  fetch: async (at, sid) => {
    const call = await at.deps.simulatedPstn?.fetch(sid);
    return call !== undefined && (await mayCall(at, call.to)) ? call : undefined;
  },
  create: accepts(
    {
      To: about("A number of the installation, in E.164 form.", text(16)),
      From: about("The caller, in E.164 form.", text(16)),
      CallerName: clearable(about("Display name of the caller.", text(64))),
      Behaviour: about(
        "What the caller does once answered: what it sends, or a JSON object that says more.",
        structured(behaviourShape, "audio"),
      ),
    },
    async (at: At<null>, values) => {
      const { simulatedPstn } = at.deps;
      if (simulatedPstn === undefined) return ABSENT;
      const wrong = whyNotNumber("To", values.To) ?? whyNotNumber("From", values.From);
      if (wrong) return wrong;
      if (!(await mayCall(at, values.To))) {
        return invalid(`To: ${values.To} is not a number of this account.`, 21421);
      }
      return simulatedPstn.place({
        to: values.To,
        from: values.From,
        callerName: values.CallerName ?? null,
        behaviour: values.Behaviour,
      });
    },
  ),
};

/** The operator may call every number; an account its own, so that nobody can ring another customer's phones. */
async function mayCall(at: Context, to: string): Promise<boolean> {
  return at.operator || ownsNumber(at, to);
}

function whyNotNumber(name: string, number: string): Problem | undefined {
  return isE164(number) ? undefined : notE164(name, number, 21421);
}
