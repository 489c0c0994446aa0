import { hash, verify } from "@node-rs/argon2";

/** OWASP's Password Storage Cheat Sheet: argon2id (what the library does unless told otherwise) with 19 MiB, two passes, one lane. */
const OPTIONS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** Of 32 random bytes that are kept nowhere, by the same parameters: what the password of nobody is held against. */
const NOBODYS = "$argon2id$v=19$m=19456,t=2,p=1$mNQeJmrjQN8i5TupaJXgcA$h0qo/frRG7KWUOTSfWnJf/olEtyjCxDZvbS07EV8eBU";
/** Each takes 19 MiB and one of libuv's four threads; files and names are looked up with the others. */
const AT_ONCE = 2;
/** At some 30 ms each, nobody waits for longer than a second. */
const WAITING_MAX = 64;

/** More passwords are to be hashed than can be in good time: try again. */
export class HashingBusy extends Error {
  readonly code = "ERR_HASHING_BUSY";

  constructor() {
    super("too many passwords are being checked at once");
  }
}

/**
 * Hashes and checks passwords with argon2id, beside the event loop and a few at a time: a flood of sign-ins takes neither all memory nor
 * all threads. Both methods reject with `HashingBusy` when too many wait.
 */
export class PasswordHasher {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  /** The hash in PHC form, with its own salt and parameters. */
  hash(password: string): Promise<string> {
    return this.#inTurn(() => hash(normalised(password), OPTIONS));
  }

  /** Whether the password is the one that was hashed. Null, for a user who does not exist or has none, is false and takes as long. */
  async verify(kept: string | null, password: string): Promise<boolean> {
    const fits = await this.#inTurn(() => verify(kept ?? NOBODYS, normalised(password)));
    return fits && kept !== null;
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= AT_ONCE) {
      if (this.#waiting.length >= WAITING_MAX) throw new HashingBusy();
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#running++;
    }
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      // The next one takes over the place.
      if (next) next();
      else this.#running--;
    }
  }
}

/** The process's one: memory and threads are the process's too. */
export const passwordHasher = new PasswordHasher();

/** RFC 8265 §4.2.2: the same characters, however a keyboard composes them. */
function normalised(password: string): string {
  return password.normalize("NFC");
}
