import "fake-indexeddb/auto";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openDrafts } from "../src/state/drafts";
import { createMemoryStorage, openStorage } from "../src/state/storage";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => vi.useRealTimers());

let clock = 0;
const now = () => (clock += 1);

test("a draft is there again after a reload, and gone when it is forgotten", async () => {
  const { drafts: shelf } = createMemoryStorage();
  const first = await openDrafts(shelf, "server set ada", now);
  first.keep(1, { spans: [1] });
  first.keep(1, { spans: [1, 2] });
  await vi.advanceTimersByTimeAsync(400);

  const again = await openDrafts(shelf, "server set ada", now);
  expect(again.find(1)).toEqual({ spans: [1, 2] });
  again.forget(1);
  expect((await openDrafts(shelf, "server set ada", now)).find(1)).toBeNull();
});

test("one session never sees the drafts of another", async () => {
  const { drafts: shelf } = createMemoryStorage();
  const ada = await openDrafts(shelf, "server set ada", now);
  ada.keep(1, { spans: [1] });
  await ada.save();
  const jo = await openDrafts(shelf, "server set jo", now);
  expect(jo.find(1)).toBeNull();
  jo.forget(1);
  expect((await openDrafts(shelf, "server set ada", now)).find(1)).not.toBeNull();
});

test("what is typed without a pause is written all the same", async () => {
  const { drafts: shelf } = createMemoryStorage();
  const put = vi.spyOn(shelf, "put");
  const drafts = await openDrafts(shelf, "s", now);
  for (let letter = 0; letter < 20; letter += 1) {
    drafts.keep(1, { text: "x".repeat(letter) });
    await vi.advanceTimersByTimeAsync(50);
  }
  expect(put.mock.calls.length).toBeGreaterThanOrEqual(2);
  expect(put.mock.calls.length).toBeLessThanOrEqual(5);
});

test("the fifty newest are kept", async () => {
  const { drafts: shelf } = createMemoryStorage();
  const drafts = await openDrafts(shelf, "s", now);
  for (let hash = 0; hash < 60; hash += 1) drafts.keep(hash, { number: hash });
  await drafts.save();
  const kept = (await shelf.all()).map((draft) => draft.taskHash).sort((one, other) => one - other);
  expect(kept).toEqual(Array.from({ length: 50 }, (_, place) => place + 10));
});

test("a disk that takes nothing costs a warning, not the page", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const { drafts: shelf } = createMemoryStorage();
  shelf.put = async () => Promise.reject(new Error("full"));
  shelf.all = async () => Promise.reject(new Error("broken"));
  const drafts = await openDrafts(shelf, "s", now);
  drafts.keep(1, { a: 1 });
  await drafts.save();
  expect(drafts.find(1)).toEqual({ a: 1 });
  expect(warn).toHaveBeenCalledTimes(2);
  warn.mockRestore();
});

test("a browser that has answers from before drafts were kept still has them", async () => {
  vi.useRealTimers();
  const old = await new Promise<IDBDatabase>((resolve) => {
    const request = indexedDB.open("upgraded", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("outbox", { keyPath: "eventId" });
    request.onsuccess = () => resolve(request.result);
  });
  await new Promise<void>((resolve) => {
    const transaction = old.transaction("outbox", "readwrite");
    transaction.objectStore("outbox").put({ eventId: "one", order: 1 });
    transaction.oncomplete = () => resolve();
  });
  old.close();

  const storage = await openStorage("upgraded");
  expect(await storage.all()).toEqual([{ eventId: "one", order: 1 }]);
  await storage.drafts.put([{ key: "s 1", scope: "s", taskHash: 1, changes: { a: 1 }, atMs: 1 }]);
  expect(await storage.drafts.all()).toHaveLength(1);
});
