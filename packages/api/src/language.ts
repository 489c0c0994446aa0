/** Languages that texts for people are kept in. */
export type Language = "en" | "ja";

/**
 * The language to answer in, by `Accept-Language` (RFC 9110 §12.5.4): the one with the highest weight, the first of equals; English when
 * none of ours is among them.
 */
export function preferredLanguage(acceptLanguage: string): Language {
  let best: { readonly language: Language; readonly weight: number } | undefined;
  for (const range of acceptLanguage.split(",").slice(0, 20)) {
    const [tag = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
    const language = /^(en|ja)(?:-|$)/.exec(tag)?.[1] as Language | undefined;
    const weight = Number(parameters.find((one) => one.startsWith("q="))?.slice(2) ?? 1);
    if (language !== undefined && weight > (best?.weight ?? 0)) best = { language, weight };
  }
  return best?.language ?? "en";
}
