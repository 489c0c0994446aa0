/** What the reader of a guide fills in: a password is never known here. */
export const PASSWORD = "YOUR-PASSWORD";
/** Address of the PBX itself, where a configuration must name it. */
export const PBX_ADDRESS = "192.0.2.20";

const MAX_CHARACTERS = 128;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what would end a line
const LINE_ENDS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;

/** A person's text on one line, of a bounded length. */
export function oneLine(text: string): string {
  return text.replace(LINE_ENDS, " ").trim().slice(0, MAX_CHARACTERS);
}

/** Behind a comment sign of any of the formats: nothing in it opens or closes a block. */
export function inComment(text: string): string {
  return oneLine(text).replace(/[;*<>]|-(?=-)|\/(?=[/*])/g, " ");
}

/** A value of Asterisk's configuration files, where `;` begins a comment. */
export function inAsterisk(text: string): string {
  return oneLine(text).replace(/[\\;]/g, "\\$&");
}

/** An attribute of FreeSWITCH's XML; its preprocessor reads `$${name}` and `$name` before XML is parsed. */
export function inXml(text: string): string {
  return oneLine(text).replace(/[&<>"'$]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Inside double quotes of a Kamailio or OpenSIPS script. */
export function inScript(text: string): string {
  return oneLine(text).replace(/[\\"]/g, "\\$&");
}

/** One word of a command line (Cisco IOS, AudioCodes), which has no quoting that all versions share; `instead` where it cannot be written. */
export function asWord(text: string, instead: string): string {
  return /^[\w.@+-]+$/.test(text) ? text : instead;
}

/** The words of a text that a command line takes as they are. */
export function inCommand(text: string): string {
  return (
    oneLine(text)
      .replace(/[^\w .@+-]/g, " ")
      .trim() || "trunk"
  );
}

/** `host` or `host:port`, an IPv6 address in brackets. */
export function place({ address, port }: { readonly address: string; readonly port: number }): string {
  return `${bracketed(address)}:${port}`;
}

export function bracketed(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}
