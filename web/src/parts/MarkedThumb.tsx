import { useState } from "preact/hooks";
import { Thumb } from "./Thumb";
import type { Shape } from "./shapes";
import "./marked_thumb.css";

interface MarkedThumbProps {
  readonly url: string;
  readonly alt: string;
  readonly shapes: readonly Shape[];
}

/** More cannot be told apart at this size. */
const MOST_SHOWN = 100;

/** A small picture with its shapes on top. */
export function MarkedThumb({ url, alt, shapes }: MarkedThumbProps) {
  const [size, setSize] = useState<string | null>(null);
  if (shapes.length === 0) return <Thumb url={url} alt={alt} />;
  const measure = ({ target }: Event) => {
    if (target instanceof HTMLImageElement) setSize(`0 0 ${target.naturalWidth} ${target.naturalHeight}`);
  };
  return (
    <span class="pf-marked-thumb" onLoadCapture={measure}>
      <Thumb url={url} alt={alt} />
      {size !== null && (
        <svg viewBox={size} aria-hidden="true">
          {shapes.slice(0, MOST_SHOWN).map(({ points, color }, place) => (
            <polygon key={place} points={points.map((point) => point.join(",")).join(" ")} style={{ color }} />
          ))}
        </svg>
      )}
    </span>
  );
}
