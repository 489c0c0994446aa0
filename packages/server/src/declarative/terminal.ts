import { createInterface } from "node:readline/promises";

/** Where a command speaks to its user. */
export type Terminal = {
  /** To standard output. */
  print(text: string): void;
  /** A line on standard error that the next one replaces; on a terminal only. An empty one removes it. */
  progress(line: string): void;
  /** For people, beside the output proper. */
  note(line: string): void;
  /** Asks yes or no; only yes is yes. */
  confirm(question: string): Promise<boolean>;
};

export function openTerminal(): Terminal {
  const { stdin, stdout, stderr } = process;
  return {
    print: (text) => void stdout.write(text),
    progress: (line) => {
      if (stderr.isTTY) stderr.write(`\r\u001b[K${line.slice(0, (stderr.columns ?? 80) - 1)}`);
    },
    note: (line) => void stderr.write(`${line}\n`),
    confirm: async (question) => {
      const asking = createInterface({ input: stdin, output: stderr });
      try {
        return /^y(es)?$/i.test((await asking.question(`${question} [y/N] `)).trim());
      } finally {
        asking.close();
      }
    },
  };
}

/** Whether there is somebody to be asked. */
export function isInteractive(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}
