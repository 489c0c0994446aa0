/** One line of a CSV file with its number; a quoted cell may span lines, and the number is that of the first. An empty line has no cells. */
export type CsvLine = { readonly line: number; readonly cells: readonly string[] };

/** Nothing behind this can be told apart. */
type Unreadable = { readonly line: number; readonly tooLong: true };

/** Longest cell that anybody needs; beyond it a quote was forgotten. */
const CELL_MAX = 1_000;
/** Most cells in a line; beyond it the file is something else. */
const CELLS_MAX = 100;

/**
 * Reads CSV (RFC 4180) line by line, as spreadsheets write it: commas, or semicolons where the first line has no comma; CRLF or LF; a byte
 * order mark is skipped. A cell of more than a thousand characters, or a line of more than a hundred cells, ends the file with `tooLong`.
 */
export function* readCsv(text: string): Generator<CsvLine | Unreadable, void> {
  const separator = /^[^\r\n,]*;/.test(text) ? ";" : ",";
  const cell = new RegExp(
    `(?:"((?:[^"]|""){0,${CELL_MAX}})"|([^${separator}\\r\\n]{0,${CELL_MAX}}))(${separator}|\\r?\\n|\\r|$)`,
    "y",
  );
  cell.lastIndex = text.startsWith("\ufeff") ? 1 : 0;
  let line = 1;
  let first = 1;
  let cells: string[] = [];
  while (cell.lastIndex < text.length) {
    const found = cell.exec(text);
    const value = found?.[1]?.replaceAll('""', '"') ?? found?.[2];
    if (found === null || value === undefined || cells.length === CELLS_MAX) {
      yield { line, tooLong: true };
      return;
    }
    cells.push(value.trim());
    line += lineBreaksIn(found[1] ?? "");
    if (found[3] === separator && cell.lastIndex < text.length) continue;
    if (found[3] === separator) cells.push("");
    else line++;
    yield { line: first, cells: cells.some((one) => one !== "") ? cells : [] };
    cells = [];
    first = line;
  }
}

function lineBreaksIn(quoted: string): number {
  return quoted.match(/\r\n|\r|\n/g)?.length ?? 0;
}
