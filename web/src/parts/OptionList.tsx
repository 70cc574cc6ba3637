import { SafeHtml } from "../html/SafeHtml";
import { isRecord } from "../types";
import { Icon } from "../frame/icons";
import { Thumb } from "./Thumb";
import type { Option } from "./content";
import "./option_list.css";

/** Options to look at, with those that were picked; nothing to pick. */
export function OptionList({ options, task }: { readonly options: readonly Option[]; readonly task: unknown }) {
  const accept = isRecord(task) && Array.isArray(task["accept"]) ? (task["accept"] as unknown[]) : [];
  return (
    <ul class="pf-option-list">
      {options.map((option, place) => (
        <li key={place} data-picked={accept.includes(option.id)}>
          <span class="pf-option-tick">{accept.includes(option.id) && <Icon name="accept" size={16} />}</span>
          <OptionContent option={option} />
        </li>
      ))}
    </ul>
  );
}

function OptionContent({ option: { content, id } }: { readonly option: Option }) {
  if (content === null) return <span>{String(id)}</span>;
  if (content.kind === "image") return <Thumb url={content.url} alt={String(id)} />;
  return content.kind === "html" ? <SafeHtml html={content.html} inline /> : <span>{content.text}</span>;
}
