import { account } from "../areas/account/area.ts";
import { calls } from "../areas/calls/area.ts";
import { monitor } from "../areas/monitor/area.ts";
import { numbers } from "../areas/numbers/area.ts";
import { operator } from "../areas/operator/area.ts";
import { overview } from "../areas/overview/area.ts";
import { trunks } from "../areas/trunks/area.ts";
import type { Area } from "./area.ts";

/** In the order of the navigation. */
export const AREAS: readonly Area[] = [overview, trunks, numbers, calls, monitor, account, operator];
