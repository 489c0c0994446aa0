// Makes the data directory that a new embedded store starts from (packages/store/prepared). Runs after the build; quick when it is there.
import { makePreparedTar } from "../packages/store/dist/prepare.js";

const startedAtMs = performance.now();
const made = await makePreparedTar();
if (made !== null) {
  const tookSec = ((performance.now() - startedAtMs) / 1000).toFixed(1);
  console.log(`prepared an empty store in ${tookSec} s: packages/store/prepared/${made}`);
}
