import { useRef } from "preact/hooks";

export interface Steps<Value> {
  /** Call before a change with the value as it is, so that it can come back. */
  readonly before: (value: Value) => void;
  /** The value before the last change, or null when there is none. */
  readonly back: (now: Value) => Value | null;
  /** The value that was taken back last, or null when there is none. */
  readonly forth: (now: Value) => Value | null;
}

const MOST_KEPT = 200;

/** The steps of an editor on one task, to be taken back one by one. */
export function useSteps<Value>(): Steps<Value> {
  const kept = useRef<{ past: Value[]; future: Value[] }>({ past: [], future: [] });
  return {
    before(value) {
      kept.current.past = [...kept.current.past.slice(1 - MOST_KEPT), value];
      kept.current.future = [];
    },
    back(now) {
      const value = kept.current.past.pop();
      if (value === undefined) return null;
      kept.current.future.push(now);
      return value;
    },
    forth(now) {
      const value = kept.current.future.pop();
      if (value === undefined) return null;
      kept.current.past.push(now);
      return value;
    },
  };
}
