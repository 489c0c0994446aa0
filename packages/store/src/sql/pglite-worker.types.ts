/** What the embedded database's worker is started with. `dataDir` null: in memory; `preparedTar` null: initialise from nothing. */
export type WorkerSettings = { readonly dataDir: string | null; readonly preparedTar: string | null };

export type ToWorker =
  | { readonly kind: "query"; readonly id: number; readonly sql: string; readonly parameters: readonly unknown[] }
  | { readonly kind: "close" };

/** A PostgreSQL error as it crosses threads: SQLSTATE and constraint name survive. */
export type WorkerError = {
  readonly message: string;
  readonly code: string | undefined;
  readonly constraint: string | undefined;
  readonly detail: string | undefined;
};

export type FromWorker =
  | { readonly kind: "ready" }
  | { readonly kind: "unopened"; readonly error: WorkerError }
  | { readonly kind: "rows"; readonly id: number; readonly rows: readonly unknown[]; readonly affectedRows: number }
  | { readonly kind: "failed"; readonly id: number; readonly error: WorkerError };
