import type { PlaceCall, PlacedCall, PstnOptions } from "@trunkline/pstn";

export type PstnThreadData = { readonly options: PstnOptions };

/** Offered by the simulated PSTN's thread. */
export type PstnOffer = {
  place(call: PlaceCall): PlacedCall;
  fetch(sid: string): PlacedCall | undefined;
  press(number: string, digits: string): boolean;
  close(): Promise<void>;
};

/** Offered to the simulated PSTN's thread. */
export type PstnControlOffer = { ready(address: string, port: number): void };
