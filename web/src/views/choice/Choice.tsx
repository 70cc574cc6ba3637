import { useId, useRef, useState } from "preact/hooks";
import { SafeHtml } from "../../html/SafeHtml";
import { Body } from "../../parts/Body";
import { type Option, contentOf, optionsOf } from "../../parts/content";
import { words } from "../../words";
import { useKeys } from "../keys";
import type { ViewProps } from "../view";
import { Finder } from "./Finder";
import { OptionPicture } from "./OptionPicture";
import { type Shown, columnsOf, layoutOf, matching } from "./layout";
import { choose, isSingle, keyOfOption, numberKey, picked } from "./pick";
import "./choice.css";

const FINDER_ABOVE = 20;

export function Choice(props: ViewProps) {
  const { task } = props;
  const content = contentOf(task);
  return (
    <div class={content?.kind === "image" ? "pf-choice pf-choice-with-picture" : "pf-choice"}>
      {content !== null && (
        <div class="pf-choice-question">
          <Body task={task} />
        </div>
      )}
      <Options {...props} options={optionsOf(task) ?? []} />
    </div>
  );
}

function Options(props: ViewProps & { readonly options: readonly Option[] }) {
  const { task, settings, options } = props;
  const [wanted, setWanted] = useState("");
  const finder = useRef<HTMLInputElement>(null);
  const byArrow = useRef(false);
  const group = useId();
  const single = isSingle(settings);
  const chosen = picked(task);
  const many = options.length > FINDER_ABOVE;
  const shown = matching(options, wanted);
  // Arrows walk through a single choice and pick on the way: that is not yet an answer.
  const toggle = ({ option }: Shown) => choose(props, option.id, !byArrow.current);
  useKeys((name, event) => {
    if (event.repeat) return false;
    if (many && name === "/" && finder.current !== null) return finder.current.focus(), true;
    const one = shown[numberKey(name)];
    if (one !== undefined) choose(props, one.option.id);
    return one !== undefined;
  });
  return (
    <div class="pf-choice-options">
      {many && (
        <Finder
          field={finder}
          wanted={wanted}
          find={setWanted}
          take={() => shown[0] !== undefined && wanted !== "" && choose(props, shown[0].option.id)}
          found={shown.length}
          chosen={options.filter((option) => chosen.includes(option.id))}
          drop={(id) => choose(props, id)}
        />
      )}
      <fieldset
        class={`pf-options ${layoutOf(options)}`}
        style={columnsOf(options.length)}
        dir="auto"
        onKeyDownCapture={(event) => (byArrow.current = event.key.startsWith("Arrow"))}
        onPointerDownCapture={() => (byArrow.current = false)}
      >
        <legend class="pf-hidden" dir="ltr">
          {words.options}. {single ? words.pickOne : words.pickAny}
        </legend>
        {shown.map((one, row) => (
          <OptionRow
            key={one.place}
            option={one.option}
            row={row}
            group={group}
            single={single}
            checked={chosen.includes(one.option.id)}
            toggle={() => toggle(one)}
          />
        ))}
      </fieldset>
    </div>
  );
}

interface RowProps {
  readonly option: Option;
  readonly row: number;
  readonly group: string;
  readonly single: boolean;
  readonly checked: boolean;
  readonly toggle: () => void;
}

function OptionRow({ option, row, group, single, checked, toggle }: RowProps) {
  const key = keyOfOption(row);
  return (
    <label class="pf-option" style={option.style}>
      <input
        class="pf-hidden"
        type={single ? "radio" : "checkbox"}
        name={group}
        value={String(option.id)}
        checked={checked}
        onClick={() => single && checked && toggle()}
        onChange={toggle}
      />
      <span class={single ? "pf-mark pf-mark-round" : "pf-mark"} aria-hidden="true" />
      <span class="pf-option-content">
        <OptionContent option={option} />
      </span>
      {key !== null && (
        <kbd class="pf-key" aria-hidden="true">
          {key}
        </kbd>
      )}
    </label>
  );
}

function OptionContent({ option }: { readonly option: Option }) {
  const { content, id, caption } = option;
  if (content === null) return <>{String(id)}</>;
  if (content.kind === "html") return <SafeHtml html={content.html} inline />;
  if (content.kind === "text") return <>{content.text}</>;
  return <OptionPicture url={content.url} name={caption ?? String(id)} caption={caption} />;
}
