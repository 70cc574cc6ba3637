/** The words of the text. Each is drawn again only when something about it changes; what is picked is drawn behind them. */

import type { RefObject } from "preact";
import { pure } from "./pure";
import type { Token } from "./task";
import { say } from "./words";

interface TextProps {
  readonly element: RefObject<HTMLDivElement | null>;
  readonly tokens: readonly Token[];
  readonly wrap: boolean;
  readonly direction: "ltr" | "rtl";
  readonly editable: boolean;
  /** The height of the row that begins with a token. */
  readonly struts: ReadonlyMap<number, number>;
  /** What screen readers say in place of a token's text. */
  readonly names: ReadonlyMap<number, string>;
  /** The token that the tab key goes to. */
  readonly tabStop: number;
  /** The first token of what is picked. */
  readonly picked: number | null;
}

export const TextOfTask = pure(({ element, tokens, wrap, direction, editable, struts, names, tabStop, picked }: TextProps) => (
  <div
    ref={element}
    class="pf-rel-text"
    data-wrap={wrap}
    dir={direction}
    {...(editable ? { role: "listbox", "aria-label": say().text, "aria-description": say().textHelp } : {})}
  >
    {tokens.map((token, place) => (
      <Word
        key={place}
        place={place}
        token={token}
        wrap={wrap}
        editable={editable}
        strut={struts.get(place) ?? null}
        name={names.get(place) ?? null}
        tabStop={place === tabStop}
        picked={place === picked}
      />
    ))}
  </div>
));

interface WordProps {
  readonly place: number;
  readonly token: Token;
  readonly wrap: boolean;
  readonly editable: boolean;
  readonly strut: number | null;
  readonly name: string | null;
  readonly tabStop: boolean;
  readonly picked: boolean;
}

const LONG = 28;

const Word = pure(({ place, token, wrap, editable, strut, name, tabStop, picked }: WordProps) => {
  const breaks = /\n/.test(token.text) ? "↵" : null;
  const gap = gapShown(token, wrap);
  return (
    <>
      <span
        class="pf-rel-word"
        data-token={place}
        data-disabled={token.disabled}
        data-blank={token.blank}
        data-long={token.text.length > LONG}
        data-strut={strut !== null}
        style={{ ...token.style, ...(strut !== null && { "--row": `${strut}px` }) }}
        {...(editable && !token.blank && roleOf(token, name, tabStop, picked))}
      >
        {breaks ?? token.text}
      </span>
      {gap}
    </>
  );
});

function roleOf(token: Token, name: string | null, tabStop: boolean, picked: boolean) {
  return {
    role: "option" as const,
    tabIndex: tabStop ? 0 : -1,
    "aria-selected": picked,
    ...(token.disabled && { "aria-disabled": true }),
    ...(name !== null && { "aria-label": name }),
  };
}

/** A new line in the text is one on the screen where lines wrap. */
function gapShown(token: Token, wrap: boolean): string {
  const whole = token.text.includes("\n") ? `${token.text}${token.gap}` : token.gap;
  if (whole === "") return "";
  return wrap && whole.includes("\n") ? "\n" : " ";
}
