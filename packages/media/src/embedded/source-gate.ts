/** How long after its first packet a source may still be corrected towards the address in the SDP, ms (MED-1). */
const LEARN_MS = 3_000;
/** With symmetric RTP, packets in a row from an address the SDP does not name before it is believed (MED-1). */
const CONSISTENT_PACKETS = 3;
/**
 * Most packets a second taken from one source on one port. Far above any codec (20 ms audio is 50, HD video under 1,000); it
 * bounds floods, and calls whose SDPs were made to point at each other's relay ports so that packets go round for ever.
 */
const MAX_PACKETS_PER_SECOND = 2_000;

/**
 * Decides whose packets one of our ports takes: MED-1 and the "zero packets leaked" of MED-5.
 *
 * Without symmetric RTP only the address in the SDP is heard, and of its ports the one that spoke first, or the SDP's own port as
 * soon as it speaks within the window. With symmetric RTP another address is believed after a few packets in a row, unless the
 * SDP's address speaks. When the window is over, the lock is final until the SDP names another address.
 */
export class SourceGate {
  sourceChanges = 0;
  /** The locked source; an empty address before any. */
  address = "";
  port = 0;
  readonly #symmetric: boolean;
  #sdpAddress = "";
  #sdpPort = 0;
  #everLocked = false;
  #firstMs = 0;
  #candidateAddress = "";
  #candidatePort = 0;
  #candidatePackets = 0;
  #secondBeganMs = 0;
  #packetsThisSecond = 0;

  constructor(symmetric: boolean) {
    this.#symmetric = symmetric;
  }

  get locked(): boolean {
    return this.port !== 0;
  }

  /** The SDP named where that side is. The same place again keeps the lock; a new one starts over; port 0 hears nobody. */
  expect(address: string, port: number): void {
    if (address === this.#sdpAddress && port === this.#sdpPort) return;
    this.#sdpAddress = address;
    this.#sdpPort = port;
    this.address = "";
    this.port = 0;
    this.#candidatePackets = 0;
  }

  /** True when a packet from there is to be relayed. Called for each packet; allocates nothing. */
  admits(address: string, port: number, nowMs: number): boolean {
    return this.#isKnown(address, port, nowMs) && this.#isUnderRate(nowMs);
  }

  /**
   * False when no packet from there can be taken now, whatever is in it. Changes nothing: for asking before a packet is authenticated, which
   * `admits` comes after (MED-1: the source never moves to a packet that fails).
   */
  mayAdmit(address: string, port: number, nowMs: number): boolean {
    if (this.#sdpPort === 0) return false;
    if (this.port === 0) return this.#symmetric || address === this.#sdpAddress;
    if (port === this.port && address === this.address) return true;
    return nowMs - this.#firstMs < LEARN_MS && this.#isBetter(address, port);
  }

  #isKnown(address: string, port: number, nowMs: number): boolean {
    if (this.#sdpPort === 0) return false;
    if (this.port === 0) return this.#learn(address, port, nowMs);
    if (port === this.port && address === this.address) return true;
    return this.mayAdmit(address, port, nowMs) && this.#lock(address, port);
  }

  #learn(address: string, port: number, nowMs: number): boolean {
    if (address !== this.#sdpAddress && !(this.#symmetric && this.#isConsistent(address, port))) return false;
    this.#firstMs = nowMs;
    return this.#lock(address, port);
  }

  #isConsistent(address: string, port: number): boolean {
    if (address !== this.#candidateAddress || port !== this.#candidatePort) {
      this.#candidateAddress = address;
      this.#candidatePort = port;
      this.#candidatePackets = 0;
    }
    this.#candidatePackets += 1;
    return this.#candidatePackets >= CONSISTENT_PACKETS;
  }

  /** Nearer to the SDP than what is locked: its exact place beats its address, its address beats any other. */
  #isBetter(address: string, port: number): boolean {
    if (address !== this.#sdpAddress) return false;
    return port === this.#sdpPort || this.address !== this.#sdpAddress;
  }

  #lock(address: string, port: number): true {
    if (this.#everLocked) this.sourceChanges += 1;
    this.#everLocked = true;
    this.address = address;
    this.port = port;
    return true;
  }

  #isUnderRate(nowMs: number): boolean {
    if (nowMs - this.#secondBeganMs >= 1_000) {
      this.#secondBeganMs = nowMs;
      this.#packetsThisSecond = 0;
    }
    this.#packetsThisSecond += 1;
    return this.#packetsThisSecond <= MAX_PACKETS_PER_SECOND;
  }
}
