import { InvalidCursor, type PageOf, type PageRequest } from "@trunkline/store";
import { ordinalOf, type Period, type PeriodKind, periodAt, sharedDays, type UsageCategory } from "@trunkline/trunking";
import { readDateSpan } from "../../dates.ts";

/** One record of usage: a category in a period. */
export type Cell = { readonly category: UsageCategory; readonly period: Period };

/**
 * Every category in every period of a kind, newest period first; a page of it is cut out without making the rest. The first and the last
 * period are as much of them as lies within.
 */
export class UsageGrid {
  readonly #kind: PeriodKind;
  readonly #within: Period;
  readonly #categories: readonly UsageCategory[];

  constructor(kind: PeriodKind, within: Period, categories: readonly UsageCategory[]) {
    this.#kind = kind;
    this.#within = within;
    this.#categories = categories;
  }

  /** A cursor is the first day of a cell's period and the name of its category, so that it holds when a new day begins. */
  page({ limit, after, before }: PageRequest): PageOf<Cell> {
    const width = this.#categories.length;
    const first = -ordinalOf(this.#kind, this.#within.end) * width;
    const end = (1 - ordinalOf(this.#kind, this.#within.start)) * width;
    const begin = before === undefined ? first : Math.max(first, this.#positionOf(before) - limit);
    const from = after === undefined ? begin : this.#positionOf(after) + 1;
    const to = before === undefined ? Math.min(end, from + limit) : Math.min(end, this.#positionOf(before));
    const cells = Array.from({ length: Math.max(0, to - from) }, (_, i) => this.#cellAt(from + i));
    const [top, bottom] = [cells[0], cells.at(-1)];
    return {
      rows: cells,
      next: bottom !== undefined && to < end ? this.#cursorOf(bottom) : null,
      previous: top !== undefined && from > first ? this.#cursorOf(top) : null,
    };
  }

  #cellAt(position: number): Cell {
    const width = this.#categories.length;
    const row = Math.floor(position / width);
    // The page's bounds keep both inside.
    const category = this.#categories[position - row * width] as UsageCategory;
    const period = sharedDays(periodAt(this.#kind, -row), this.#within) as Period;
    return { category, period };
  }

  #cursorOf({ category, period }: Cell): string {
    return `${period.start}.${category.name}`;
  }

  #positionOf(cursor: string): number {
    const [, day = "", name] = /^(\d{4}-\d\d-\d\d)\.([a-z0-9-]+)$/.exec(cursor) ?? [];
    const column = this.#categories.findIndex((category) => category.name === name);
    if (column < 0 || readDateSpan(day) === undefined) throw new InvalidCursor();
    const { start, end } = this.#within;
    // The one in the middle: a day outside is as its nearest inside.
    const inside = [start, day, end].sort()[1] as string;
    return -ordinalOf(this.#kind, inside) * this.#categories.length + column;
  }
}
