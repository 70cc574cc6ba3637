import { useComputed } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { keyLabel } from "../state/keymap";
import type { Deck } from "./deck";
import { PlayerIcon, type PlayerIconName } from "./icons";
import { RATES } from "./settings";
import { isWhole } from "./stretch";
import { formatTime } from "./time";
import { say } from "./words";
import "./transport.css";

export const JUMP_S = 1;
export const ZOOM = 1.6;

/** What plays the recording, and how: buttons for all that keys do. */
export function Transport({ deck, children }: { readonly deck: Deck; readonly children?: ComponentChildren }) {
  const { player, duration } = deck;
  const playing = player.playing.value;
  const isAll = isWhole(deck.shown, duration ?? 0);
  const jump = (by: number) => deck.seek(player.time.value + by);
  return (
    <div class="pf-transport">
      <div class="pf-transport-group">
        <Tool icon="back" name={say().back} onClick={() => jump(-JUMP_S)} />
        <button
          type="button"
          class="pf-play"
          aria-label={playing ? say().pause : say().play}
          title={`${playing ? say().pause : say().play} (${keyLabel("enter")})`}
          onMouseDown={keepFocus}
          onClick={player.toggle}
        >
          <PlayerIcon name={playing ? "pause" : "play"} size={26} />
        </button>
        <Tool icon="forward" name={say().forward} onClick={() => jump(JUMP_S)} />
        <Tool
          icon="loop"
          name={say().loop}
          keyName="l"
          pressed={player.loop.value}
          onClick={() => player.setLoop(!player.loop.value)}
        />
        <Clock deck={deck} />
      </div>
      {children}
      <div class="pf-transport-group pf-transport-end">
        <Speed deck={deck} />
        <Tool icon="zoomOut" name={say().zoomOut} keyName="-" disabled={isAll} onClick={() => deck.zoom(1 / ZOOM)} />
        <Tool icon="whole" name={say().zoomWhole} keyName="z" disabled={isAll} onClick={deck.showAll} />
        <Tool icon="zoomIn" name={say().zoomIn} keyName="+" onClick={() => deck.zoom(ZOOM)} />
      </div>
    </div>
  );
}

function Clock({ deck: { player, duration } }: { readonly deck: Deck }) {
  const at = useComputed(() => formatTime(player.time.value));
  return (
    <p class="pf-clock">
      <span class="pf-clock-at">{at}</span>
      <span class="pf-clock-end"> / {duration === null ? "–:––" : formatTime(duration)}</span>
    </p>
  );
}

function Speed({ deck: { player } }: { readonly deck: Deck }) {
  const rate = player.rate.value;
  const rates = [...new Set([...RATES, rate])].sort((one, other) => one - other);
  return (
    <select
      class="pf-speed"
      aria-label={say().speed}
      title={`${say().speed} (S, D)`}
      value={rate}
      onChange={(event) => {
        player.setRate(Number(event.currentTarget.value));
        // After a click, keys are to mean again what they mean on the page.
        if (!event.currentTarget.matches(":focus-visible")) event.currentTarget.blur();
      }}
    >
      {rates.map((one) => (
        <option key={one} value={one}>
          {one}×
        </option>
      ))}
    </select>
  );
}

interface ToolProps {
  readonly icon: PlayerIconName;
  readonly name: string;
  readonly keyName?: string;
  readonly pressed?: boolean;
  readonly disabled?: boolean;
  readonly onClick: () => void;
}

export function Tool({ icon, name, keyName, pressed, disabled = false, onClick }: ToolProps) {
  return (
    <button
      type="button"
      class="pf-tool pf-transport-tool"
      aria-label={name}
      title={keyName === undefined ? name : `${name} (${keyLabel(keyName)})`}
      aria-disabled={disabled}
      {...(pressed !== undefined && { "aria-pressed": pressed })}
      onMouseDown={keepFocus}
      onClick={() => !disabled && onClick()}
    >
      <PlayerIcon name={icon} />
    </button>
  );
}

/** A click leaves the focus where it is: keys go on meaning what they meant. */
export function keepFocus(event: MouseEvent): void {
  event.preventDefault();
}
