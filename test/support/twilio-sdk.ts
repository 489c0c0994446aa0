import twilio from "twilio";

/** The unmodified SDK, pointed at our origin the way its users do it (contract §7: the base URLs are writable). */
export function twilioClient(origin: string, accountSid: string, authToken: string, actingSid?: string): twilio.Twilio {
  const client = twilio(accountSid, authToken, actingSid === undefined ? {} : { accountSid: actingSid });
  const { api, trunking, voice, pricing, lookups, monitor, accounts, iam, routes } = client;
  for (const product of [api, trunking, voice, pricing, lookups, monitor, accounts, iam]) {
    product.baseUrl = origin;
  }
  // It has a path in common with Lookups, so the product stands before it (contract §7.2 point 3).
  routes.baseUrl = `${origin}/routes`;
  return client;
}

/** What the SDK throws for an answer of 400 or more. */
export type SdkError = {
  readonly status: number;
  readonly code: number;
  readonly message: string;
  readonly moreInfo: string;
};
