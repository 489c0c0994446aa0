import type { Dialog } from "../dialog/dialog.ts";
import { leadsSomewhere, needsLocating, nextHopUri, type Path, pathWithin } from "../dialog/path.ts";
import type { Flow } from "../flow.ts";
import type { Stack } from "./stack.ts";

/** How long a request waits for a look-up before it goes over the dialog's flow: less than a caller notices. */
const LOOK_UP_MS = 2_000;

/**
 * Where the requests of one dialog go. A next hop that is a name is looked up once, by `UserAgentOptions.locate`; requests wait
 * for that in their order and share what was found until the next hop changes.
 */
export class NextHop {
  readonly #stack: Stack;
  #flow: Flow;
  #located: { readonly uri: string; readonly flow: Flow } | undefined;
  #lookUp: { readonly uri: string; readonly waiting: ((located: Flow | undefined) => void)[] } | undefined;

  constructor(stack: Stack, flow: Flow) {
    this.#stack = stack;
    this.#flow = flow;
  }

  /** The peer has spoken over this flow: a newer connection takes the place of the one before (RFC 5923 §8.2). */
  follow(flow: Flow): void {
    const { connection, transport } = this.#flow;
    if (connection === undefined || flow.transport !== transport || flow.connection === connection) return;
    this.#flow = flow;
    this.#located = undefined;
  }

  /** Calls `go` with the path of a request, at once or when the look-up is done; what was asked first goes first. */
  reach(dialog: Dialog, go: (path: Path) => void): void {
    const uri = nextHopUri(dialog);
    if (this.#located?.uri === uri) go(pathWithin(dialog, this.#flow, this.#located.flow));
    else if (this.#stack.options.locate === undefined || !needsLocating(this.#flow, uri)) {
      go(pathWithin(dialog, this.#flow));
    } else this.#locate(uri, (located) => go(pathWithin(dialog, this.#flow, located)));
  }

  /** The connection is gone: looks for a new way to the next hop. `go(false)` when there is none. */
  reachAnew(dialog: Dialog, go: (found: boolean) => void): void {
    const isLost = this.#flow.connection !== undefined && this.#located === undefined;
    if (!isLost || this.#stack.options.locate === undefined) go(false);
    else this.#locate(nextHopUri(dialog), (located) => go(located !== undefined));
  }

  #locate(uri: string, then: (located: Flow | undefined) => void): void {
    if (this.#lookUp?.uri === uri) {
      this.#lookUp.waiting.push(then);
      return;
    }
    const { host, options } = this.#stack;
    const lookUp = { uri, waiting: [then] };
    this.#lookUp = lookUp;
    let isOver = false;
    const finish = (found: Flow | undefined): void => {
      if (isOver) return;
      isOver = true;
      host.clearTimer(timer);
      if (this.#lookUp === lookUp) this.#lookUp = undefined;
      const located = found !== undefined && leadsSomewhere(this.#flow, found) ? found : undefined;
      // Nothing found is remembered too, as the dialog's flow: a dead name costs one wait, not one for each request.
      if (located !== undefined || this.#flow.connection === undefined) {
        this.#located = { uri, flow: located ?? this.#flow };
      }
      for (const each of lookUp.waiting) each(located);
    };
    const timer = host.setTimer(LOOK_UP_MS, () => finish(undefined));
    options.locate?.(uri, this.#flow, finish);
  }
}
