// Makes the data directory that a new embedded store starts from (packages/store/prepared). Runs after the build; quick when it is there.
import { basename } from "node:path";
import { makePreparedTar, preparedTarPath } from "@trunkline/store";

const startedAtMs = performance.now();
const made = await makePreparedTar();
if (made) {
  const tookSec = ((performance.now() - startedAtMs) / 1000).toFixed(1);
  console.log(`prepared an empty store in ${tookSec} s: packages/store/prepared/${basename(preparedTarPath())}`);
}
