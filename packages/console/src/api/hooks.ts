import {
  keepPreviousData,
  type UseMutationResult,
  type UseQueryResult,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import {
  type Api,
  type ApiError,
  ask,
  type ChangeEndpoint,
  credentials,
  follow,
  type GetEndpoint,
  type RequestOf,
} from "./client.ts";

type Reading = {
  /** Asks again this often, in milliseconds; false or left out: not by itself. */
  readonly refetchInterval?: number | false;
  /** False: not yet. */
  readonly enabled?: boolean;
};

/** What a GET answers, kept and shared between the parts of the page that ask for the same. */
export function useApi<E extends GetEndpoint>(
  endpoint: E,
  request: RequestOf<E>,
  { refetchInterval = false, enabled = true }: Reading = {},
): UseQueryResult<Api[E]["answer"], ApiError> {
  return useQuery({
    queryKey: [endpoint, request, credentials.accountSid],
    queryFn: ({ signal }) => ask(endpoint, request, signal),
    placeholderData: keepPreviousData,
    refetchInterval,
    enabled,
  });
}

/** The arrays of an answer by their names, so `calls` of `/Calls`. */
type ArrayKey<Answer> = {
  [Key in keyof Answer]: NonNullable<Answer[Key]> extends readonly unknown[] ? Key : never;
}[keyof Answer];
type ItemOf<List> = NonNullable<List> extends readonly (infer Item)[] ? Item : never;

export type ApiList<Item> = {
  readonly items: readonly Item[];
  /** True until the first page is there. */
  readonly isLoading: boolean;
  readonly error: ApiError | null;
  readonly hasMore: boolean;
  readonly isLoadingMore: boolean;
  readonly loadMore: () => void;
};

/** A list page by page: what is there so far, and how to get more. */
export function useApiList<E extends GetEndpoint, Key extends ArrayKey<Api[E]["answer"]>>(
  endpoint: E,
  key: Key,
  request: RequestOf<E>,
  { refetchInterval = false, enabled = true }: Reading = {},
): ApiList<ItemOf<Api[E]["answer"][Key]>> {
  type Answer = Api[E]["answer"];
  type Item = ItemOf<Answer[Key]>;
  const query = useInfiniteQuery<Answer, ApiError, { pages: Answer[] }, readonly unknown[], string | null>({
    queryKey: [endpoint, "list", request, credentials.accountSid],
    queryFn: ({ pageParam, signal }) =>
      pageParam === null ? ask(endpoint, request, signal) : (follow(pageParam, signal) as Promise<Answer>),
    initialPageParam: null,
    getNextPageParam: (page) => nextPage(page),
    placeholderData: keepPreviousData,
    refetchInterval,
    enabled,
  });
  const items = (query.data?.pages ?? []).flatMap((page) => (page as Readonly<Record<Key, readonly Item[]>>)[key]);
  return {
    items,
    isLoading: query.isLoading,
    error: query.error,
    hasMore: query.hasNextPage,
    isLoadingMore: query.isFetchingNextPage,
    loadMore: () => void query.fetchNextPage(),
  };
}

function nextPage(page: unknown): string | null {
  const { meta, next_page_uri } = page as { meta?: { next_page_url: string | null }; next_page_uri?: string | null };
  return meta?.next_page_url ?? next_page_uri ?? null;
}

/** Changes something; what the page shows is asked for anew when it is done. */
export function useChange<E extends ChangeEndpoint>(
  endpoint: E,
): UseMutationResult<Api[E]["answer"], ApiError, RequestOf<E>> {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (request: RequestOf<E>) => ask(endpoint, request),
    onSuccess: () => client.invalidateQueries(),
  });
}
