import { useState } from "preact/hooks";
import { words } from "../words";
import { Icon } from "../frame/icons";

const CRISP_BELOW_PX = 96;

interface ThumbProps {
  readonly url: string;
  readonly alt: string;
  readonly onBroken?: () => void;
}

/** A small picture: an option's, or one of the history. */
export function Thumb({ url, alt, onBroken }: ThumbProps) {
  const [brokenUrl, setBroken] = useState<string | null>(null);
  if (brokenUrl === url) {
    return (
      <span class="pf-thumb pf-thumb-broken" title={words.pictureBroken}>
        <Icon name="broken" size={18} />
      </span>
    );
  }
  return (
    <img
      class="pf-thumb"
      src={url}
      alt={alt}
      draggable={false}
      onLoad={(event) => {
        const { classList, naturalWidth } = event.currentTarget;
        classList.toggle("pf-crisp-self", naturalWidth > 0 && naturalWidth < CRISP_BELOW_PX);
      }}
      onError={() => {
        setBroken(url);
        onBroken?.();
      }}
    />
  );
}
