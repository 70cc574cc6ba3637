import { SafeHtml } from "../../html/SafeHtml";
import { Body } from "../../parts/Body";
import { Thumb } from "../../parts/Thumb";
import { type Option, contentOf, optionsOf } from "../../parts/content";
import { words } from "../../words";
import { useKeys } from "../keys";
import type { ViewProps } from "../view";
import { choose, isSingle, keyOfOption, numberKey, picked } from "./pick";
import "./choice.css";

export function Choice(props: ViewProps) {
  const { task, settings } = props;
  const options = optionsOf(task) ?? [];
  const chosen = picked(task);
  const single = isSingle(settings);
  const content = contentOf(task);
  useKeys((name, event) => {
    const option = options[numberKey(name)];
    if (option === undefined || event.repeat) return false;
    choose(props, option.id);
    return true;
  });
  return (
    <div class={content?.kind === "image" ? "pf-choice pf-choice-with-picture" : "pf-choice"}>
      {content !== null && (
        <div class="pf-choice-question">
          <Body task={task} />
        </div>
      )}
      <fieldset class={`pf-options ${layoutOf(options)}`}>
        <legend class="pf-hidden">
          {words.options}. {single ? words.pickOne : words.pickAny}
        </legend>
        {options.map((option, place) => (
          <label key={option.id} class="pf-option" style={option.style}>
            <input
              class="pf-hidden"
              type={single ? "radio" : "checkbox"}
              name="option"
              value={String(option.id)}
              checked={chosen.includes(option.id)}
              onClick={() => single && chosen.includes(option.id) && choose(props, option.id)}
              onChange={() => choose(props, option.id)}
            />
            <span class={single ? "pf-mark pf-mark-round" : "pf-mark"} aria-hidden="true" />
            <span class="pf-option-content">
              <OptionContent option={option} />
            </span>
            {keyOfOption(place) !== null && (
              <kbd class="pf-key" aria-hidden="true">
                {keyOfOption(place)}
              </kbd>
            )}
          </label>
        ))}
      </fieldset>
    </div>
  );
}

const MANY = 7;
const SHORT_TEXT = 24;

/** Pictures in columns; many options closer together, and side by side where they are short. */
function layoutOf(options: readonly Option[]): string {
  if (options.some((option) => option.content?.kind === "image")) return "pf-options-pictures";
  if (options.length < MANY) return "";
  const short = options.every((option) => option.content?.kind === "text" && option.content.text.length <= SHORT_TEXT);
  return short ? "pf-options-many pf-options-short" : "pf-options-many";
}

function OptionContent({ option }: { readonly option: Option }) {
  const { content, id } = option;
  if (content === null) return <>{String(id)}</>;
  if (content.kind === "image") return <Thumb url={content.url} alt={String(id)} />;
  return content.kind === "html" ? <SafeHtml html={content.html} inline /> : <>{content.text}</>;
}
