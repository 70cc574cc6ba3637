/** Where unsent answers and unfinished tasks wait: IndexedDB, which outlives a reload, a closed tab and a crash. */

import type { Answer, AnswerEvent, Changes, Task } from "../types";

interface StoredBase {
  readonly eventId: string;
  /** The server, dataset and session it belongs to. */
  readonly scope: string;
  /** Events are sent in this order. */
  readonly order: number;
  readonly task: Task;
  readonly refused: { readonly status: number; readonly message: string } | null;
}

export interface StoredAnswer extends StoredBase {
  readonly kind: "answer";
  readonly answer: Answer;
  readonly changes: Changes;
  readonly body: AnswerEvent;
}

export interface StoredUndo extends StoredBase {
  readonly kind: "undo";
}

export type Stored = StoredAnswer | StoredUndo;

/** What was made of a task that is not answered yet. */
export interface StoredDraft {
  /** Scope and task. */
  readonly key: string;
  readonly scope: string;
  readonly taskHash: number;
  readonly changes: Changes;
  readonly atMs: number;
}

/** Things by their key. */
export interface Shelf<Item> {
  all(): Promise<readonly Item[]>;
  put(items: readonly Item[]): Promise<void>;
  remove(keys: readonly string[]): Promise<void>;
}

export interface Storage extends Shelf<Stored> {
  /** False when nothing outlives the tab, as in some private windows. */
  readonly durable: boolean;
  readonly drafts: Shelf<StoredDraft>;
}

const VERSION = 2;
/** The stores, and what names an item in each. */
const KEYS = { outbox: "eventId", drafts: "key" } as const;
type StoreName = keyof typeof KEYS;

/** IndexedDB where the browser lets us, else memory. */
export async function openStorage(name = "prodflow"): Promise<Storage> {
  try {
    const database = await openDatabase(name);
    return { durable: true, ...shelfOf<Stored>(database, "outbox"), drafts: shelfOf<StoredDraft>(database, "drafts") };
  } catch (error) {
    console.warn("prodflow: this browser keeps no data; unsent answers live in this tab only", error);
    return createMemoryStorage();
  }
}

export function createMemoryStorage(): Storage {
  const outbox = memoryShelf<Stored>((item) => item.eventId);
  return { durable: false, ...outbox, drafts: memoryShelf<StoredDraft>((draft) => draft.key) };
}

function memoryShelf<Item>(keyOf: (item: Item) => string): Shelf<Item> {
  const items = new Map<string, Item>();
  return {
    all: async () => [...items.values()],
    put: async (added) => added.forEach((item) => items.set(keyOf(item), item)),
    remove: async (keys) => keys.forEach((key) => items.delete(key)),
  };
}

function openDatabase(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, VERSION);
    request.onupgradeneeded = () => {
      const { result } = request;
      for (const store of Object.keys(KEYS) as StoreName[]) {
        if (!result.objectStoreNames.contains(store)) result.createObjectStore(store, { keyPath: KEYS[store] });
      }
    };
    request.onsuccess = () => {
      // A newer version of the app in another tab may change the database: make way for it.
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => reject(request.error ?? new Error("IndexedDB did not open"));
    request.onblocked = () => reject(new Error("IndexedDB is blocked by another tab"));
  });
}

function shelfOf<Item>(database: IDBDatabase, name: StoreName): Shelf<Item> {
  function write(act: (store: IDBObjectStore) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(name, "readwrite");
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error("IndexedDB took nothing"));
      act(transaction.objectStore(name));
      // At once: what is written while the page goes away must not wait for its next turn.
      transaction.commit?.();
    });
  }

  return {
    all: () =>
      new Promise((resolve, reject) => {
        const request = database.transaction(name).objectStore(name).getAll() as IDBRequest<Item[]>;
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error ?? new Error("IndexedDB cannot be read"));
      }),
    put: (items) => write((store) => items.forEach((item) => store.put(item))),
    remove: (keys) => write((store) => keys.forEach((key) => store.delete(key))),
  };
}
