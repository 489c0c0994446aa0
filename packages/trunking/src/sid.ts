/** The prefixes of the SIDs that Trunkline makes (contract §1.5), and of its own resources (`CX` carrier and its parts). */
export type SidPrefix =
  | "AC" // account
  | "AD" // address
  | "AE" // audit event
  | "AL" // IP access control list
  | "AP" // application
  | "CA" // call
  | "CL" // credential list
  | "CR" // credential
  | "CX" // carrier
  | "CT" // carrier target
  | "CF" // carrier prefix
  | "CS" // carrier source
  | "II" // import into the inventory
  | "IN" // number of the inventory
  | "IP" // entry of an access control list
  | "NO" // alert
  | "OU" // origination URL
  | "PN" // phone number, caller ID
  | "RE" // recording
  | "RT" // rate
  | "SK" // API key
  | "SN" // session of a user
  | "TK" // trunk
  | "US" // user
  | "UT"; // usage trigger

const LOWER_HEX_32 = /^[0-9a-f]{32}$/;
const SID = /^[A-Z]{2}[0-9a-fA-F]{32}$/;

/**
 * Makes a SID out of 16 random bytes in lower-case hex. Randomness is the caller's: this room has none.
 *
 * Anything but 32 lower-case hex digits is our own mistake and throws.
 */
export function mintSid<Prefix extends SidPrefix>(prefix: Prefix, hex32: string): `${Prefix}${string}` {
  if (!LOWER_HEX_32.test(hex32))
    throw new Error(`a SID needs 32 lower-case hex digits, got ${hex32.length} characters`);
  return `${prefix}${hex32}`;
}

/** True for a well-formed SID (contract §1.5 `^XX[0-9a-fA-F]{32}$`), of that prefix when one is given. */
export function isSid(text: string, prefix?: SidPrefix): boolean {
  return SID.test(text) && (prefix === undefined || text.startsWith(prefix));
}
