/** What the annotator should read once: at a task, or at the top of the page. */

import { createSubject } from "./subscriber";

export interface Notice {
  readonly id: number;
  readonly tone: "bad" | "note";
  readonly text: string;
  /** The task it belongs to; null where it is of the whole page. */
  readonly taskHash: number | null;
}

const MOST_SHOWN = 3;

export type Notices = ReturnType<typeof createNotices>;

export function createNotices() {
  const subject = createSubject<readonly Notice[]>([]);
  let lastId = 0;
  return {
    get: subject.get,
    subscribe: subject.subscribe,
    /** Show it; one with the same words at the same place takes the place of the former. */
    add(notice: Omit<Notice, "id">): void {
      lastId += 1;
      const others = subject.get().filter(({ text, taskHash }) => text !== notice.text || taskHash !== notice.taskHash);
      subject.set([...others.slice(1 - MOST_SHOWN), { ...notice, id: lastId }]);
    },
    dismiss: (id: number) => subject.set(subject.get().filter((notice) => notice.id !== id)),
    /** Those of tasks that were left are of no more use. */
    leaveTask: (taskHash: number | null) => {
      const kept = subject.get().filter((notice) => notice.taskHash === null || notice.taskHash === taskHash);
      if (kept.length < subject.get().length) subject.set(kept);
    },
  };
}
