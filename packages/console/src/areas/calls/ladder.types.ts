import type { OwnApi } from "../../api/own-api.ts";

export type Ladder = OwnApi["GET /trunkline/v1/Calls/{sid}/Ladder"]["answer"];
export type LadderMessage = Ladder["messages"][number];
