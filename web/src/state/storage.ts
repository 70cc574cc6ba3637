/** Where unsent answers wait: IndexedDB, which outlives a reload, a closed tab and a crash of the browser. */

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

export interface Storage {
  /** False when nothing outlives the tab, as in some private windows. */
  readonly durable: boolean;
  all(): Promise<readonly Stored[]>;
  put(items: readonly Stored[]): Promise<void>;
  remove(eventIds: readonly string[]): Promise<void>;
}

const STORE = "outbox";

/** IndexedDB where the browser lets us, else memory. */
export async function openStorage(name = "prodflow"): Promise<Storage> {
  try {
    return indexed(await openDatabase(name));
  } catch (error) {
    console.warn("prodflow: this browser keeps no data; unsent answers live in this tab only", error);
    return createMemoryStorage();
  }
}

export function createMemoryStorage(): Storage {
  const items = new Map<string, Stored>();
  return {
    durable: false,
    all: async () => [...items.values()],
    put: async (added) => added.forEach((item) => items.set(item.eventId, item)),
    remove: async (eventIds) => eventIds.forEach((eventId) => items.delete(eventId)),
  };
}

function openDatabase(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "eventId" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("IndexedDB did not open"));
    request.onblocked = () => reject(new Error("IndexedDB is blocked by another tab"));
  });
}

function indexed(database: IDBDatabase): Storage {
  // A newer version of the app in another tab may change the database: make way for it.
  database.onversionchange = () => database.close();

  function write(act: (store: IDBObjectStore) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, "readwrite");
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error("IndexedDB took nothing"));
      act(transaction.objectStore(STORE));
    });
  }

  return {
    durable: true,
    all: () =>
      new Promise((resolve, reject) => {
        const request = database.transaction(STORE).objectStore(STORE).getAll() as IDBRequest<Stored[]>;
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error ?? new Error("IndexedDB cannot be read"));
      }),
    put: (items) => write((store) => items.forEach((item) => store.put(item))),
    remove: (eventIds) => write((store) => eventIds.forEach((eventId) => store.delete(eventId))),
  };
}
