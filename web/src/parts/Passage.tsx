import "./passage.css";

/** Plain text of a task; the shorter it is the larger it is set. */
export function Passage({ text }: { readonly text: string }) {
  const size = text.length <= 140 ? "large" : text.length <= 500 ? "medium" : "small";
  return (
    <p class={`pf-passage pf-passage-${size}`} dir="auto">
      {text}
    </p>
  );
}
