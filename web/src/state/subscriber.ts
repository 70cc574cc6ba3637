/** A value that one subscriber hears about: all that the state factories know of the user interface. */
export interface Subject<T> {
  get(): T;
  set(value: T): void;
  subscribe(listener: (value: T) => void): void;
}

export function createSubject<T>(first: T): Subject<T> {
  let value = first;
  let heard: ((value: T) => void) | null = null;
  return {
    get: () => value,
    set(changed) {
      if (Object.is(changed, value)) return;
      value = changed;
      heard?.(value);
    },
    subscribe(listener) {
      heard = listener;
      listener(value);
    },
  };
}
