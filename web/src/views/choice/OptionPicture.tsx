import { useState } from "preact/hooks";
import { Icon } from "../../frame/icons";
import { Thumb } from "../../parts/Thumb";
import { words } from "../../words";

interface OptionPictureProps {
  readonly url: string;
  readonly name: string;
  readonly caption: string | null;
}

/** The picture of an option with its caption; a missing one says which it is and can be loaded again. */
export function OptionPicture({ url, name, caption }: OptionPictureProps) {
  const [tries, setTries] = useState(0);
  const [brokenTry, setBroken] = useState(-1);
  if (brokenTry < tries) {
    return (
      <>
        <Thumb key={tries} url={url} alt={caption === null ? name : ""} onBroken={() => setBroken(tries)} />
        {caption !== null && <span class="pf-option-caption">{caption}</span>}
      </>
    );
  }
  return (
    <span class="pf-option-broken">
      <Icon name="broken" size={28} />
      <span>
        {words.pictureBroken}: <b>{name}</b>
      </span>
      <button
        type="button"
        class="pf-button pf-button-small"
        onMouseDown={(event) => event.preventDefault()}
        onClick={() => setTries(tries + 1)}
      >
        {words.pictureRetry}
      </button>
    </span>
  );
}
