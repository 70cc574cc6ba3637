import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../frame/icons";
import { inkOn } from "../text/tints";
import { words } from "../words";
import { fit } from "./fit";
import type { Shape } from "./shapes";
import { usePicture } from "./use_picture";
import "./picture.css";

interface PictureProps {
  readonly url: string;
  /** What to call it when it cannot be shown. */
  readonly name: string;
  readonly shapes?: readonly Shape[];
}

interface Room {
  readonly width: number;
  readonly height: number;
}

/** A picture in all the room there is: fitted, or enlarged when it is small, with its shapes on top. */
export function Picture({ url, name, shapes = [] }: PictureProps) {
  const stage = useRef<HTMLDivElement>(null);
  const holder = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState<Room | null>(null);
  const { picture, take, retry } = usePicture(url);
  const element = picture.status === "ready" ? picture.element : null;

  useLayoutEffect(() => {
    const box = stage.current!;
    const measure = () =>
      setRoom((old) => {
        const { clientWidth: width, clientHeight: height } = box;
        return old?.width === width && old.height === height ? old : { width, height };
      });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(box);
    return () => observer.disconnect();
  }, []);

  useLayoutEffect(() => {
    const shown = take();
    if (holder.current === null || shown === null) return;
    shown.alt = words.pictureOf;
    holder.current.replaceChildren(shown);
  }, [url, element, room === null]);

  const size = element === null || room === null ? null : fit(sizeOf(element), room);
  return (
    <div class="pf-picture" ref={stage}>
      {size !== null && element !== null && (
        <div class={size.crisp ? "pf-picture-box pf-crisp" : "pf-picture-box"} style={pixels(size)}>
          <div class="pf-picture-holder" ref={holder} />
          {shapes.length > 0 && <Shapes shapes={shapes} natural={sizeOf(element)} shown={size} />}
        </div>
      )}
      {picture.status === "loading" && <p class="pf-picture-loading" role="status">{words.loading}</p>}
      {picture.status === "broken" && <BrokenPicture name={name} onRetry={retry} />}
    </div>
  );
}

/** In place of a picture that cannot be loaded or read: which one, and a way to try again. */
export function BrokenPicture({ name, onRetry }: { readonly name: string; readonly onRetry: () => void }) {
  return (
    <div class="pf-picture-broken" role="alert">
      <Icon name="broken" size={44} />
      <p class="pf-strong">{words.pictureBroken}</p>
      <p class="pf-picture-name">{shortName(name)}</p>
      <p>{words.pictureBrokenText}</p>
      <button type="button" class="pf-button" onClick={onRetry}>
        {words.pictureRetry}
      </button>
    </div>
  );
}

/** The shapes, in pixels of the original: the SVG stretches, its lines do not. */
function Shapes({ shapes, ...sizes }: { readonly shapes: readonly Shape[]; readonly natural: Room; readonly shown: Room }) {
  const { natural } = sizes;
  const names = [...new Set(shapes.flatMap((shape) => (shape.label === null ? [] : [shape.label])))];
  return (
    <>
      <svg
        class="pf-shapes"
        viewBox={`0 0 ${natural.width} ${natural.height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={words.shapes(names.join(", "))}
      >
        {shapes.map((shape, index) => {
          const points = shape.points.map((point) => point.join(",")).join(" ");
          return (
            <g key={index}>
              <polygon class="pf-shape-halo" points={points} />
              <polygon class="pf-shape" points={points} style={{ stroke: shape.color, fill: shape.color }} />
            </g>
          );
        })}
      </svg>
      <div class="pf-shape-names" aria-hidden="true">
        {shapes.map((shape, index) => shape.label !== null && <ShapeName key={index} shape={shape} {...sizes} />)}
      </div>
    </>
  );
}

const NAME_PX = 20;
const LETTER_PX = 8.5;

function ShapeName({ shape, natural, shown }: { readonly shape: Shape; readonly natural: Room; readonly shown: Room }) {
  const left = Math.min(...shape.points.map(([x]) => x)) / natural.width;
  const top = Math.min(...shape.points.map(([, y]) => y)) / natural.height;
  // At the upper edge of the picture the name goes inside the shape.
  const inside = top * shown.height < NAME_PX;
  // One that would not fit before the right edge ends there.
  const atEnd = left * shown.width + (shape.label?.length ?? 0) * LETTER_PX + 12 > shown.width;
  return (
    <span
      class={inside ? "pf-shape-name pf-shape-name-inside" : "pf-shape-name"}
      style={{ ...(atEnd ? { right: 0 } : { left: percent(left) }), top: percent(top), background: shape.color, color: inkOn(shape.color) }}
    >
      {shape.label}
    </span>
  );
}

function sizeOf(element: HTMLImageElement): Room {
  return { width: element.naturalWidth, height: element.naturalHeight };
}

function pixels(size: Room): { width: string; height: string } {
  return { width: `${size.width}px`, height: `${size.height}px` };
}

function percent(share: number): string {
  return `${(Math.min(Math.max(share, 0), 1) * 100).toFixed(3)}%`;
}

function shortName(name: string): string {
  if (name.startsWith("data:")) return `${name.slice(0, name.indexOf(",")).slice(0, 40)} …`;
  return name.length <= 120 ? name : `… ${name.slice(-119)}`;
}
