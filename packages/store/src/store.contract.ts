import { afterAll, beforeAll, describe } from "vitest";
import { auditContract } from "./contract/audit.contract.ts";
import { callStatisticsContract } from "./contract/call-statistics.contract.ts";
import { callerIdContract } from "./contract/caller-ids.contract.ts";
import { callContract } from "./contract/calls.contract.ts";
import { captureContract } from "./contract/captures.contract.ts";
import { carrierContract } from "./contract/carriers.contract.ts";
import { catalogueContract } from "./contract/catalogue.contract.ts";
import { configurationContract } from "./contract/configuration.contract.ts";
import { directoryContract } from "./contract/directory.contract.ts";
import { inventoryContract } from "./contract/inventory.contract.ts";
import { keyContract } from "./contract/keys.contract.ts";
import { limitContract } from "./contract/limits.contract.ts";
import { pagingContract } from "./contract/paging.contract.ts";
import { recordingWishesContract } from "./contract/recording-wishes.contract.ts";
import { recordingContract } from "./contract/recordings.contract.ts";
import { trunkPartsContract } from "./contract/trunk-parts.contract.ts";
import { usageContract } from "./contract/usage.contract.ts";
import { usageTriggerContract } from "./contract/usage-triggers.contract.ts";
import { userContract } from "./contract/users.contract.ts";
import { webhookContract } from "./contract/webhooks.contract.ts";
import type { Store } from "./store.ts";

/** What every store has to do, whatever engine is beneath. `make` opens one without any data. */
export function storeContract(name: string, make: () => Promise<Store>): void {
  describe(`Store: ${name}`, () => {
    let store: Store | undefined;
    const current = (): Store => {
      if (store === undefined) throw new Error("the store is not open");
      return store;
    };
    beforeAll(async () => {
      store = await make();
    }, 30_000);
    afterAll(() => store?.close());
    configurationContract(current);
    keyContract(current);
    trunkPartsContract(current);
    pagingContract(current);
    callContract(current);
    webhookContract(current);
    limitContract(current);
    inventoryContract(current);
    carrierContract(current);
    catalogueContract(current);
    directoryContract(current);
    recordingContract(current);
    userContract(current);
    auditContract(current);
    // Leaves what nobody delivers, which the webhooks' own checks would meet.
    recordingWishesContract(current);
    usageContract(current);
    callStatisticsContract(current);
    captureContract(current);
    usageTriggerContract(current);
    callerIdContract(current);
  });
}
