/** Phone numbers and caller IDs of 2010-04-01. */
export type NumbersApi = object;
