/** Tabs of one browser in which the same person works on the same dataset. */

export interface Tabs {
  tellAnswered(taskHash: number): void;
  hear(answered: (taskHash: number) => void): void;
}

export function openTabs(scope: string): Tabs {
  const channel = new BroadcastChannel(`prodflow ${scope}`);
  return {
    tellAnswered: (taskHash) => channel.postMessage(taskHash),
    hear: (answered) => {
      channel.onmessage = ({ data }: MessageEvent<number>) => answered(data);
    },
  };
}
