import { createSocket, type Socket } from "node:dgram";
import { isIPv6 } from "node:net";

/** Rides out stalls of the event loop: no loss was seen through 10–40 ms with this much; Linux caps it at `rmem_max`. */
const RECEIVE_BUFFER_BYTES = 1_048_576;

/** The system's address family of a numeric address. */
function socketType(address: string): "udp4" | "udp6" {
  return isIPv6(address) ? "udp6" : "udp4";
}

/** Every address here is numeric already; Node's default would take a turn of the event loop per packet to find that out. */
function numericLookup(
  address: string,
  options: unknown,
  found: (error: null, address: string, family: number) => void,
): void {
  found(null, address, options === 6 ? 6 : 4);
}

/**
 * A UDP socket bound to a numeric address, for media. IPv6 sockets take no IPv4.
 *
 * @param port 0 for any
 * @throws (rejects with) the system's error when the port is taken or the address is not ours
 */
export function bindUdp(address: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const type = socketType(address);
    const socket = createSocket({
      type,
      ipv6Only: type === "udp6",
      recvBufferSize: RECEIVE_BUFFER_BYTES,
      lookup: numericLookup as never,
    });
    const fail = (error: Error): void => {
      socket.close();
      reject(error);
    };
    socket.once("error", fail);
    socket.bind({ address, port, exclusive: true }, () => {
      socket.off("error", fail);
      // A send that the system refuses (no route, buffer full) loses one packet, as networks do.
      socket.on("error", () => undefined);
      resolve(socket);
    });
  });
}
