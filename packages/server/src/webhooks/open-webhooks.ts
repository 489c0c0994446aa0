import { Resolver } from "@trunkline/edge";
import type { Store } from "@trunkline/store";
import type { Log } from "../log.ts";
import { WebhookDispatcher } from "./dispatcher.ts";
import { isPublicAddress } from "./public-address.ts";
import { WebClient } from "./web-client.ts";

/** What delivers, once it is started, what waits for customers' web servers. */
export function openWebhooks(store: Store, allowPrivate: boolean, log: Log): WebhookDispatcher {
  return new WebhookDispatcher({
    queues: store.webhookQueues,
    accounts: store.accounts,
    client: new WebClient({ resolver: new Resolver(), isAllowed: allowPrivate ? () => true : isPublicAddress }),
    log,
    nowMs: () => Date.now(),
    random: () => Math.random(),
  });
}
