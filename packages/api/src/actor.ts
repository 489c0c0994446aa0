import type { Actor } from "@trunkline/store";
import type { FastifyRequest } from "fastify";
import { type Principal, signedInOf } from "./auth.ts";

/** Who acts by a request, as audit events tell it (ACC-4): the person where one is signed in, else whose credentials it has. */
export function actorOf(principal: Principal, request: FastifyRequest): Actor {
  return { ...whoOf(principal, request), ip: request.ip, requestId: request.id };
}

function whoOf(principal: Principal, { headers }: FastifyRequest): Pick<Actor, "type" | "sid" | "source"> {
  const user = signedInOf(principal)?.user;
  switch (principal.kind) {
    case "operator":
      return { type: "twilio-admin", sid: user?.sid ?? principal.sid, source: user ? "web" : "api" };
    case "key":
      return { type: "key", sid: principal.key.sid, source: "api" };
    case "account":
      if (user) return { type: "user", sid: user.sid, source: "web" };
      // Nobody showed that they are it: what is asked for is anybody's (`Route.openTo`).
      if (headers.authorization === undefined) return { type: "anonymous", sid: null, source: "api" };
      return { type: "account", sid: principal.account.sid, source: "api" };
    case "nobody":
      return { type: "anonymous", sid: null, source: "web" };
    default:
      return principal satisfies never;
  }
}
