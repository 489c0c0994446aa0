/** Calls and recordings of 2010-04-01. */
export type CallsApi = object;
