import { DEFAULT_PEER_SETTINGS, type PeerSettings } from "@trunkline/trunking";
import { z } from "zod";
import type { FormValues } from "../../form.ts";
import { about, clearable, flag, given, matching, optional, secret, text, wholeNumber } from "../../form.ts";
import { invalid } from "../../problem.ts";

/**
 * How we meet a carrier or a trunk's PBX as its client: the parameters that both have (CAR-1, ORIG-12).
 *
 * @param probeMinSec probes go no oftener: customers must not make us a nuisance to whomever their URLs name
 */
export const peerForm = (probeMinSec: number) => ({
  Username: clearable(
    about(
      "User name that answers the peer's digest challenges; empty for none.",
      matching(
        /^[\x21\x23-\x39\x3b-\x5b\x5d-\x7e]{1,128}$/,
        "up to 128 ASCII characters without blank, colon, quote and backslash",
      ),
    ),
  ),
  Password: clearable(about("Goes with Username; never shown again.", secret(text(255)))),
  ProbeInterval: clearable(
    about("OPTIONS are sent to each target that often, in seconds; empty for never.", wholeNumber(probeMinSec, 3_600)),
  ),
  ClientCertificate: optional(about("Show our certificate to the peer over TLS.", flag())),
});

/** What of them is shown; the password never is. */
export const peerShape = {
  username: z.string().nullable(),
  probe_interval: z.int().nullable(),
  client_certificate: z.boolean(),
};

export const peerConflicts = {
  credentials: invalid("Username and Password go together: give both, or clear Username to have neither."),
};

type PeerChange = Partial<Omit<PeerSettings, "ownerSid">>;

/** Clearing the user name clears its password with it. */
export function peerChange(values: FormValues<ReturnType<typeof peerForm>>): PeerChange {
  const { Username: username, Password: password } = values;
  return given({
    username,
    password: username === null && password === undefined ? null : password,
    probeIntervalSec: values.ProbeInterval,
    clientCertificate: values.ClientCertificate,
  });
}

export function viewPeer(peer: PeerSettings | undefined) {
  const { username, probeIntervalSec, clientCertificate } = peer ?? DEFAULT_PEER_SETTINGS;
  return { username, probe_interval: probeIntervalSec, client_certificate: clientCertificate };
}
