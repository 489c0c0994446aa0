import type { Route } from "../../route.ts";
import { callStatisticsRoute } from "./call-statistics.ts";

/** What calls come to over time. */
export const statisticsRoutes: readonly Route[] = [callStatisticsRoute];
