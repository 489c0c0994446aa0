/**
 * The X.509 library wires itself with a container that refuses to load without these two functions of a metadata polyfill. It attaches no
 * metadata to what we use of it, so an empty answer is the right one.
 */
const nothing = (): undefined => undefined;

if (!("getMetadata" in Reflect)) Object.assign(Reflect, { getMetadata: nothing, getOwnMetadata: nothing });
