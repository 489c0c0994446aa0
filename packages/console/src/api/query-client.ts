import { QueryCache, QueryClient } from "@tanstack/react-query";
import { ApiError } from "./client.ts";

/** What the session is kept as; a 401 to anything asks for it anew, which leads to the sign-in page. */
export const SESSION_KEY = ["session"] as const;

const FRESH_MS = 5_000;

export function createQueryClient(): QueryClient {
  const client = new QueryClient({
    queryCache: new QueryCache({
      onError: (error, query) => {
        const isOver = error instanceof ApiError && error.status === 401 && query.queryKey[0] !== SESSION_KEY[0];
        if (isOver) void client.invalidateQueries({ queryKey: SESSION_KEY });
      },
    }),
    defaultOptions: {
      queries: { staleTime: FRESH_MS, retry: (times, error) => times < 2 && isPassing(error) },
    },
  });
  return client;
}

/** Whether the same request may succeed in a moment: the platform is away, restarting or busy. */
function isPassing(error: Error): boolean {
  return error instanceof ApiError && (error.status === 0 || error.status === 429 || error.status >= 502);
}
