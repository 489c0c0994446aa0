import type { Login } from "./console-users.ts";
import type { Running } from "./running.ts";

/** The one block that `trunkline serve` prints when it is ready (interface §1). */
export function readyBlock(running: Running, operatorLogin: Login | undefined, startedInMs: number): string {
  const { demo, operator } = running;
  const rows: (readonly [label: string, value: string])[] = [
    ...(running.api === "" ? [] : [["Console", `${running.api}/console/`] as const]),
    ["API", running.api],
    ...running.sip.map((address) => ["SIP", address] as const),
    ...(running.sip.some((address) => address.startsWith("tls:")) && running.api !== ""
      ? [["Root certificate", `${running.api}/ca.pem`] as const]
      : []),
    ["Operator account SID", operator.sid],
    ["Operator auth token", operator.token],
  ];
  if (operatorLogin) {
    rows.push(
      ["Operator console login", operatorLogin.email],
      ["Operator console password", `${operatorLogin.password} (shown this once)`],
    );
  }
  if (demo) {
    rows.push(
      ["Demo account SID", demo.accountSid],
      ["Demo auth token", demo.authToken],
      ["Console login", demo.console.email],
      ["Console password", demo.console.password],
      ["Demo trunk domain", demo.domain],
      ["Demo trunk user", demo.username],
      ["Demo trunk password", demo.password],
      ["Demo numbers", `${demo.numbers[0]} to ${demo.numbers.at(-1)}`],
      ["Try", "npx trunkline call +15005552300"],
    );
  }
  const width = Math.max(...rows.map(([label]) => label.length));
  const lines = rows.map(([label, value]) => `  ${label.padEnd(width)}  ${value}`);
  return ["", `Trunkline is ready (${(startedInMs / 1_000).toFixed(1)} s)`, "", ...lines, ""].join("\n");
}
