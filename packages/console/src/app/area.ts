import type { ComponentType } from "react";
import type { Language } from "../i18n/language.tsx";

type Words = Readonly<Record<Language, string>>;

/** A page: where it is, and how its code is loaded when somebody goes there. */
type PageRoute = {
  /** Below `/console`, parameters as `$name`. */
  readonly path: string;
  readonly load: () => Promise<{ readonly default: ComponentType }>;
};

/** An entry of the navigation. */
type NavigationEntry = {
  readonly path: string;
  readonly label: Words;
};

/** A part of the console: its entries in the navigation, and its pages. */
export type Area = {
  readonly label: Words;
  /** Shown to operators alone. */
  readonly operatorOnly?: boolean;
  readonly navigation: readonly NavigationEntry[];
  readonly pages: readonly PageRoute[];
};
