import { describe, expect, it } from "vitest";
import { readCsv } from "./csv.ts";

describe("NUM-5: CSV as spreadsheets write it", () => {
  const cases: readonly (readonly [what: string, text: string, lines: readonly unknown[]])[] = [
    ["CRLF and a byte order mark", "\ufeffA,B\r\n1,2\r\n", [["1 A|B"], ["2 1|2"]]],
    ["CR alone", "A\r1\r2", [["1 A"], ["2 1"], ["3 2"]]],
    ["a quoted cell over several lines", 'A\n"1\n""x"",\r\n2",3\n4', [["1 A"], ['2 1\n"x",\r\n2|3'], ["5 4"]]],
    ["an empty cell at the end", "A;B\n1;", [["1 A|B"], ["2 1|"]]],
    ["empty lines, which keep their place", "A,B\n\n,\n1,2", [["1 A|B"], ["2 "], ["3 "], ["4 1|2"]]],
    ["a line of too many cells", `A\n${",".repeat(100)}\nB`, [["1 A"], "2 unreadable"]],
  ];
  it.each(cases)("%s", (_what, text, lines) => {
    const read = [...readCsv(text)].map((each) =>
      "tooLong" in each ? `${each.line} unreadable` : [`${each.line} ${each.cells.join("|")}`],
    );
    expect(read).toEqual(lines);
  });

  it("costs the same for a cell, however long the file is", () => {
    // At a cost that grows with the file, this would take hours.
    let lines = 0;
    for (const _line of readCsv(`A,B\n${`${"x,".repeat(50)}\n"${"\r".repeat(900)}"\r`.repeat(3_000)}`)) lines++;
    expect(lines).toBe(6_001);
  });
});
