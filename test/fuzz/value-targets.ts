import { isDeepStrictEqual } from "node:util";
import {
  encodeUtf8,
  escapeUser,
  isMalformed,
  parseChallenge,
  parseCredentials,
  parseCSeq,
  parseNameAddr,
  parseSipUri,
  parseTelUri,
  parseVia,
  sameSipUri,
  unescapeUser,
  writeChallenge,
  writeCredentials,
  writeSipUri,
} from "@trunkline/sip";
import { digests, headerValues } from "./corpus.ts";
import type { Target } from "./target.ts";

/** URIs and what holds them: what was read is the same after it was written and read again. */
export const uriTarget: Target = {
  name: "uri",
  corpus: headerValues(),
  check(input) {
    parseTelUri(input);
    parseVia(input);
    parseCSeq(input);
    const nameAddr = parseNameAddr(input);
    if (!isMalformed(nameAddr) && /[\s<>"]/.test(nameAddr.uri)) return "a URI that would end its brackets";
    // What we escape is a number or a name of ours, never so long.
    const name = input.slice(0, 1_000);
    if (unescapeUser(escapeUser(name)) !== encodeUtf8(name)) return "escaped and unescaped it is another";
    const uri = parseSipUri(input);
    if (isMalformed(uri)) return undefined;
    const again = parseSipUri(writeSipUri(uri));
    if (isMalformed(again)) return `written and not readable: ${again.what}`;
    return sameSipUri(uri, again) && uri.params.size === again.params.size ? undefined : "written and read otherwise";
  },
};

/** Challenges and credentials: the same, and no value breaks out of its quotes. */
export const digestTarget: Target = {
  name: "digest",
  corpus: digests(),
  check(input) {
    // A value comes out of a header line, where a line break has become a blank long since.
    const line = input.replace(/[\r\n]/g, " ");
    const challenge = parseChallenge(line);
    if (!isMalformed(challenge) && !isDeepStrictEqual(parseChallenge(writeChallenge(challenge)), challenge)) {
      return "a challenge read otherwise once written";
    }
    const credentials = parseCredentials(line);
    if (!isMalformed(credentials) && !isDeepStrictEqual(parseCredentials(writeCredentials(credentials)), credentials)) {
      return "credentials read otherwise once written";
    }
    return undefined;
  },
};
