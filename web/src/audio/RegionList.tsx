import { useEffect, useRef } from "preact/hooks";
import type { Label } from "../parts/labels";
import { colorFor } from "./Regions";
import { TimeField } from "./TimeField";
import { Tool, keepFocus } from "./Transport";
import type { Edge, Region } from "./spans";
import { formatTime } from "./time";
import { say } from "./words";
import "./region_list.css";

interface RegionListProps {
  readonly regions: readonly Region[];
  readonly labels: readonly Label[];
  readonly selected: string | null;
  readonly onSelect: (region: Region) => void;
  readonly onPlay: (region: Region) => void;
  /** Null where regions are only looked at. */
  readonly edit: {
    readonly put: (id: string, edge: Edge, at: number) => void;
    readonly nudge: (id: string, edge: Edge, by: number) => void;
    readonly remove: (region: Region) => void;
  } | null;
  readonly hint: string;
}

/** The regions in order of time, each with its exact times. */
export function RegionList({ regions, labels, selected, onSelect, onPlay, edit, hint }: RegionListProps) {
  const list = useRef<HTMLElement>(null);
  useEffect(() => {
    list.current?.querySelector('[data-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [selected]);
  const remove = (region: Region) => {
    // The row goes, and the focus with it: it stays in the list.
    if (list.current?.contains(document.activeElement)) list.current.focus();
    edit?.remove(region);
  };
  return (
    <section class="pf-region-list" ref={list} tabIndex={-1} aria-label={`${say().regions}: ${say().regionCount(regions.length)}`}>
      {regions.length === 0 && <p class="pf-quiet pf-region-hint">{hint}</p>}
      <ol>
        {regions.map((region) => (
          <Row
            key={region.id}
            region={region}
            color={colorFor(region, labels)}
            selected={region.id === selected}
            onSelect={onSelect}
            onPlay={onPlay}
            edit={edit === null ? null : { ...edit, remove }}
          />
        ))}
      </ol>
    </section>
  );
}

type RowProps = Pick<RegionListProps, "onSelect" | "onPlay" | "edit"> & {
  readonly region: Region;
  readonly color: string;
  readonly selected: boolean;
};

function Row({ region, color, selected, onSelect, onPlay, edit }: RowProps) {
  const name = region.label ?? say().unlabelled;
  const { id, start, end } = region;
  const field = (edge: Edge) => (
    <TimeField
      name={edge === "start" ? say().startOf(name) : say().endOf(name)}
      value={region[edge]}
      put={(at) => edit?.put(id, edge, at)}
      nudge={(by) => edit?.nudge(id, edge, by)}
    />
  );
  return (
    <li class="pf-region-row" data-selected={selected} style={{ "--label": color }}>
      <button
        type="button"
        class="pf-region-pick"
        aria-pressed={selected}
        aria-label={say().select(name, formatTime(start), formatTime(end))}
        onMouseDown={keepFocus}
        onClick={() => onSelect(region)}
      >
        <span>{name}</span>
      </button>
      <span class="pf-region-times">
        {edit === null ? <b>{formatTime(start)}</b> : field("start")}
        <span aria-hidden="true">–</span>
        {edit === null ? <b>{formatTime(end)}</b> : field("end")}
      </span>
      <span class="pf-region-length" aria-hidden="true">
        {(end - start).toFixed(3)} s
      </span>
      <span class="pf-region-tools">
        <Tool icon="play" name={say().playRegion(name)} onClick={() => onPlay(region)} />
        {edit !== null && <Tool icon="remove" name={say().remove(name)} onClick={() => edit.remove(region)} />}
      </span>
    </li>
  );
}
