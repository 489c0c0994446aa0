import type { Api } from "../../api/client.ts";

export type Call = Api["GET /trunkline/v1/Calls/{sid}"]["answer"];
export type TraceStep = Api["GET /trunkline/v1/Calls/{sid}/Trace"]["answer"]["steps"][number];
export type LegQuality = Api["GET /trunkline/v1/Calls/{sid}/Quality"]["answer"]["legs"][number];
export type TimelineEntry = Api["GET /trunkline/v1/Calls/{sid}/Timeline"]["answer"]["entries"][number];
export type QualitySample = Api["GET /trunkline/v1/Calls/{sid}/Quality"]["answer"]["samples"][number];
export type CallFilters = Partial<
  Record<"Number" | "Status" | "Direction" | "TrunkSid" | "ErrorCode" | "SipCallId", string>
>;
export type DryRun = Api["POST /trunkline/v1/Simulations"]["answer"];
