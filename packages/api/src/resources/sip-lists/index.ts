import { routesOf } from "../../resource.ts";
import type { Route } from "../../route.ts";
import { credentialLists } from "./credential-lists.ts";
import { credentials } from "./credentials.ts";
import { ipAccessControlLists } from "./ip-access-control-lists.ts";
import { ipAddresses } from "./ip-addresses.ts";

/** Credential lists and IP access control lists of 2010-04-01. */
export const sipListRoutes: readonly Route[] = [
  ...routesOf(credentialLists),
  ...routesOf(credentials),
  ...routesOf(ipAccessControlLists),
  ...routesOf(ipAddresses),
];
