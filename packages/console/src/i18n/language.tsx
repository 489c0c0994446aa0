import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from "react";

export type Language = "en" | "ja";

const KEPT_AS = "trunkline-language";

type LanguageChoice = {
  readonly language: Language;
  /** The reader's own choice, which this browser keeps. */
  readonly setLanguage: (language: Language) => void;
  /** What the reader has said elsewhere: taken when nothing was chosen in this browser. */
  readonly adopt: (language: Language) => void;
};

const LanguageContext = createContext<LanguageChoice>({ language: "en", setLanguage: () => {}, adopt: () => {} });

/** Gives the language to everything below: the one chosen last in this browser, else the browser's own. */
export function LanguageProvider({ children }: { readonly children: ReactNode }) {
  const [language, show] = useState<Language>(firstLanguage);
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const setLanguage = useCallback((chosen: Language) => {
    localStorage.setItem(KEPT_AS, chosen);
    show(chosen);
  }, []);
  const adopt = useCallback((known: Language) => {
    if (localStorage.getItem(KEPT_AS) === null) show(known);
  }, []);
  const choice = useMemo(() => ({ language, setLanguage, adopt }), [language, setLanguage, adopt]);
  return <LanguageContext value={choice}>{children}</LanguageContext>;
}

function firstLanguage(): Language {
  const kept = localStorage.getItem(KEPT_AS);
  if (kept === "en" || kept === "ja") return kept;
  return navigator.language.toLowerCase().startsWith("ja") ? "ja" : "en";
}

export function useLanguage(): LanguageChoice {
  return useContext(LanguageContext);
}

/** A text, or a function of what varies in it. */
// biome-ignore lint/suspicious/noExplicitAny: each text has parameters of its own; `defineTexts` keeps the two languages alike
type Text = string | ((...parts: any[]) => string);

/**
 * Texts of one page in both languages. They stand beside the page and are loaded with it; the compiler sees to it that neither language
 * lacks one. A function says what varies: `calls: (n: number) => n === 1 ? "1 call" : `${n} calls``.
 */
export function defineTexts<En extends Readonly<Record<string, Text>>>(texts: {
  readonly en: En;
  readonly ja: { readonly [Key in keyof En]: En[Key] extends string ? string : En[Key] };
}): Readonly<Record<Language, En>> {
  // The Japanese strings are other literals of the same kind.
  return texts as unknown as Readonly<Record<Language, En>>;
}

/** The texts of `defineTexts` in the language of the reader. */
export function useTexts<T>(texts: Readonly<Record<Language, T>>): T {
  return texts[useLanguage().language];
}
