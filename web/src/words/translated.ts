import { language } from "./index";

/** The words of a view, which come with it: `const say = translated({ en, de })`, then `say().draw`. */
export function translated<Words>(languages: { readonly en: Words } & Readonly<Record<string, Words>>): () => Words {
  return () => languages[language] ?? languages[language.split("-")[0] ?? ""] ?? languages.en;
}
