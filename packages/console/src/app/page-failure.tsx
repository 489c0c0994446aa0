import type { ErrorComponentProps } from "@tanstack/react-router";
import { Failure } from "../ui/failure.tsx";

/** Stands for a page that threw, or whose code could not be loaded. */
export function PageFailure({ error }: ErrorComponentProps) {
  const shown = error instanceof Error ? error : new Error(String(error));
  return <Failure error={shown} onRetry={() => location.reload()} />;
}
