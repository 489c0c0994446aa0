/** A line of a table with its line end (RFC 4180). */
export function csvLine(values: readonly (string | number | null)[]): string {
  return `${values.map(cell).join(",")}\r\n`;
}

/** RFC 4180 §2. Text that a spreadsheet would run as a formula gets an apostrophe in front; a number with `+` is none. */
function cell(value: string | number | null): string {
  if (value === null) return "";
  const text = String(value);
  const safe = /^(?:[=@\t\r]|-(?!\d+$)|\+(?!\d+$))/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
