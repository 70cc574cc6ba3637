import { useEffect, useMemo, useRef } from "preact/hooks";
import type { Label } from "../parts/labels";
import { colorFor } from "./Regions";
import { TimeField } from "./TimeField";
import { Tool, keepFocus } from "./Transport";
import { pure } from "./pure";
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
export function RegionList(props: RegionListProps) {
  const { regions, labels, selected, hint } = props;
  const list = useRef<HTMLElement>(null);
  const actions = useActions(props, list);
  useEffect(() => {
    list.current?.querySelector('[data-selected="true"]')?.scrollIntoView({ block: "nearest" });
  }, [selected]);
  return (
    <section
      class="pf-region-list"
      ref={list}
      tabIndex={-1}
      aria-label={`${say().regions}: ${say().regionCount(regions.length)}`}
    >
      {regions.length === 0 && <p class="pf-quiet pf-region-hint">{hint}</p>}
      <ol>
        {regions.map((region) => (
          <Row
            key={region.id}
            region={region}
            color={colorFor(region, labels)}
            selected={region.id === selected}
            actions={actions}
            editable={props.edit !== null}
          />
        ))}
      </ol>
    </section>
  );
}

type Actions = ReturnType<typeof useActions>;

/** The same object as long as the list is there, so that rows are not drawn anew; it does what is right now. */
function useActions(props: RegionListProps, list: { readonly current: HTMLElement | null }) {
  const latest = useRef(props);
  latest.current = props;
  return useMemo(
    () => ({
      select: (region: Region) => latest.current.onSelect(region),
      play: (region: Region) => latest.current.onPlay(region),
      put: (id: string, edge: Edge, at: number) => latest.current.edit?.put(id, edge, at),
      nudge: (id: string, edge: Edge, by: number) => latest.current.edit?.nudge(id, edge, by),
      remove(region: Region) {
        // The row goes, and the focus with it: it stays in the list.
        if (list.current?.contains(document.activeElement)) list.current.focus();
        latest.current.edit?.remove(region);
      },
    }),
    [],
  );
}

interface RowProps {
  readonly region: Region;
  readonly color: string;
  readonly selected: boolean;
  readonly actions: Actions;
  readonly editable: boolean;
}

const Row = pure<RowProps>(({ region, color, selected, actions, editable }) => {
  const name = region.label ?? say().unlabelled;
  const { id, start, end } = region;
  const field = (edge: Edge) => (
    <TimeField
      name={edge === "start" ? say().startOf(name) : say().endOf(name)}
      value={region[edge]}
      put={(at) => actions.put(id, edge, at)}
      nudge={(by) => actions.nudge(id, edge, by)}
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
        onClick={() => actions.select(region)}
      >
        <span>{name}</span>
      </button>
      <span class="pf-region-times">
        {editable ? field("start") : <b>{formatTime(start)}</b>}
        <span aria-hidden="true">–</span>
        {editable ? field("end") : <b>{formatTime(end)}</b>}
      </span>
      <span class="pf-region-length" aria-hidden="true">
        {(end - start).toFixed(3)} s
      </span>
      <span class="pf-region-tools">
        <Tool icon="play" name={say().playRegion(name)} onClick={() => actions.play(region)} />
        {editable && <Tool icon="remove" name={say().remove(name)} onClick={() => actions.remove(region)} />}
      </span>
    </li>
  );
});
