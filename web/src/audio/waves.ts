/** The waveforms of recordings: computed by the server where it can, else by the browser where that is affordable. */

import type { Peaks } from "./bars";
import { peaksOf } from "./bars";
import { isRecord } from "../types";

export interface Wave {
  readonly duration: number;
  /** The largest value in the recording, of 1. */
  readonly peak: number;
  readonly overview: Peaks;
  /** More columns of a stretch; null where the overview has all there are. */
  readonly closer: ((start: number, end: number, columns: number) => Promise<Peaks | null>) | null;
}

export type WaveReply =
  | { readonly status: "ready"; readonly wave: Wave }
  | { readonly status: "none"; readonly reason: NoWave };

/** Why there is no waveform. */
export type NoWave = "missing" | "undecodable" | "too long" | "elsewhere" | "unreachable";

const MEDIA = "media/";
const OVERVIEW_COLUMNS = 4000;
const ASK_AGAIN_MS = 1000;
const MOST_ASKED = 180;
const MOST_KEPT = 12;
const MOST_BYTES = 32 * 2 ** 20;
const MOST_SECONDS = 600;
const DECODED_RATE = 8000;
const DECODED_COLUMNS_PER_SECOND = 1000;

export interface Waves {
  /** Ask the server for a waveform soon; nothing happens for those that are here. */
  prefetch(url: string): void;
  /** The server's waveform; null where the server has none, and the browser may try. */
  get(url: string): Promise<WaveReply | null>;
}

type Fetch = (url: string) => Promise<Response>;

export function createWaves(fetchIt: Fetch = (url) => fetch(url), waitMs: number = ASK_AGAIN_MS): Waves {
  const known = new Map<string, Promise<WaveReply | null>>();

  function get(url: string): Promise<WaveReply | null> {
    const reply = known.get(url) ?? ask(url, fetchIt, waitMs);
    known.delete(url);
    known.set(url, reply);
    for (const oldest of known.keys()) {
      if (known.size <= MOST_KEPT) break;
      known.delete(oldest);
    }
    // What failed is asked again next time.
    void reply.then((found) => found?.status === "none" && known.get(url) === reply && known.delete(url));
    return reply;
  }

  return { prefetch: (url) => void get(url), get };
}

async function ask(url: string, fetchIt: Fetch, waitMs: number): Promise<WaveReply | null> {
  if (!url.startsWith(MEDIA)) return null;
  const address = `peaks/${url.slice(MEDIA.length)}`;
  try {
    for (let asked = 0; asked < MOST_ASKED; asked += 1) {
      const response = await fetchIt(`${address}?columns=${OVERVIEW_COLUMNS}`);
      if (response.status === 404) return { status: "none", reason: "missing" };
      if (response.status === 415) return null;
      if (response.ok && response.status !== 202) return readyOf(await response.json(), address, fetchIt);
      await new Promise((resolve) => setTimeout(resolve, waitMs));
    }
  } catch {
    return { status: "none", reason: "unreachable" };
  }
  return { status: "none", reason: "too long" };
}

function readyOf(body: unknown, address: string, fetchIt: Fetch): WaveReply {
  const overview = readPeaks(body);
  if (overview === null || !isRecord(body)) return { status: "none", reason: "unreachable" };
  const closer = async (start: number, end: number, columns: number) => {
    const response = await fetchIt(`${address}?columns=${columns}&start=${start.toFixed(3)}&end=${end.toFixed(3)}`);
    return response.status === 200 ? readPeaks(await response.json()) : null;
  };
  return { status: "ready", wave: { duration: Number(body["duration"]), peak: Number(body["peak"]), overview, closer } };
}

function readPeaks(body: unknown): Peaks | null {
  if (!isRecord(body) || !Array.isArray(body["peaks"])) return null;
  return { start: Number(body["start"]), end: Number(body["end"]), values: Int8Array.from(body["peaks"] as number[]) };
}

/** Decode in the browser: only what is short and small, since all its samples are in memory for a moment. */
export async function decodeWave(url: string, duration: number): Promise<WaveReply> {
  if (duration > MOST_SECONDS) return { status: "none", reason: "too long" };
  const data = await bytesOf(url);
  if (typeof data === "string") return { status: "none", reason: data };
  try {
    const decoded = await new OfflineAudioContext(1, 1, DECODED_RATE).decodeAudioData(data);
    const channels = Array.from({ length: decoded.numberOfChannels }, (_, place) => decoded.getChannelData(place));
    const columns = Math.ceil(decoded.duration * DECODED_COLUMNS_PER_SECOND);
    const { peaks, peak } = peaksOf(channels, decoded.duration, columns);
    return { status: "ready", wave: { duration: decoded.duration, peak, overview: peaks, closer: null } };
  } catch {
    return { status: "none", reason: "undecodable" };
  }
}

async function bytesOf(url: string): Promise<ArrayBuffer | NoWave> {
  if (url.startsWith("data:")) return url.length > 2 * MOST_BYTES ? "too long" : bytesOfDataUri(url);
  if (new URL(url, document.baseURI).origin !== location.origin) return "elsewhere";
  try {
    const abort = new AbortController();
    const response = await fetch(url, { signal: abort.signal });
    if (!response.ok) return response.status === 404 ? "missing" : "unreachable";
    if (Number(response.headers.get("content-length") ?? Infinity) > MOST_BYTES) {
      abort.abort();
      return "too long";
    }
    return await response.arrayBuffer();
  } catch {
    return "unreachable";
  }
}

/** The page's rules forbid to fetch a data URI. */
function bytesOfDataUri(uri: string): ArrayBuffer | NoWave {
  const comma = uri.indexOf(",");
  if (!uri.slice(0, comma).toLowerCase().endsWith(";base64")) return "undecodable";
  try {
    return Uint8Array.from(atob(uri.slice(comma + 1)), (letter) => letter.charCodeAt(0)).buffer;
  } catch {
    return "undecodable";
  }
}
