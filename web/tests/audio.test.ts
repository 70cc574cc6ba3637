import { expect, test, vi } from "vitest";
import { type Peaks, isCoarse, pathOf, peaksOf, rangeOf } from "../src/audio/bars";
import { dragged, gripAt } from "../src/audio/grip";
import { createPlayer } from "../src/audio/player";
import { audioSettingsOf } from "../src/audio/settings";
import { beyond, clipped, edited, lanesOf, moved, regionsOf, withEdge, withIds, without } from "../src/audio/spans";
import { following, inside, panned, showing, zoomed } from "../src/audio/stretch";
import { formatTime, parseTime, ticksOf } from "../src/audio/time";
import { createWaves } from "../src/audio/waves";
import { sourceOf } from "../src/audio/view";
import { say } from "../src/audio/words";
import { speak } from "../src/words";

const region = (id: string, start: number, end: number) => ({ id, start, end, label: null, color: null });

test("times are written as people read them", () => {
  expect([0, 3.2451, 62.5, 3723.0004].map((seconds) => formatTime(seconds))).toEqual(["0:00.000", "0:03.245", "1:02.500", "1:02:03.000"]);
  expect(formatTime(59.9996)).toBe("1:00.000");
  expect([formatTime(61.26, 0), formatTime(61.26, 1)]).toEqual(["1:01", "1:01.3"]);
});

test("times are read in all ways of writing, and nothing else is", () => {
  expect(["62.5", "1:02,5", "0:00:01", ".25", " 7 ", "90:00"].map(parseTime)).toEqual([62.5, 62.5, 1, 0.25, 7, 5400]);
  expect(["", "a", "1:", "-1", "1:2:3:4", "1e3", "NaN", "1.2.3"].map(parseTime)).toEqual(Array(8).fill(null));
  for (const seconds of [0, 0.001, 59.999, 60, 3599.999, 7200.123]) expect(parseTime(formatTime(seconds))).toBe(seconds);
});

test("a ruler has marks where there is room, for any length", () => {
  expect(ticksOf(0, 10, 500).map((tick) => tick.text)).toEqual(["0:00", "0:02", "0:04", "0:06", "0:08", "0:10"]);
  expect(ticksOf(61.23, 0.02, 400).map((tick) => tick.text)).toEqual(["1:01.230", "1:01.235", "1:01.240", "1:01.245", "1:01.250"]);
  for (const seconds of [0.01, 1, 60, 7200, 86_400, 1e6]) expect(ticksOf(0, seconds, 800).length).toBeLessThan(12);
  expect(ticksOf(0, 0, 800)).toEqual([]);
});

test("the moment under the pointer stays there while zooming, and the stretch stays inside", () => {
  const shown = zoomed({ start: 0, seconds: 100 }, 4, 40, 100, 1);
  expect(shown).toEqual({ start: 30, seconds: 25 });
  expect(zoomed(shown, 1000, 40, 100, 1).seconds).toBe(1);
  expect(zoomed(shown, 0.001, 40, 100, 1)).toEqual({ start: 0, seconds: 100 });
  expect(panned(shown, 1000, 100)).toEqual({ start: 75, seconds: 25 });
  expect(inside({ start: -5, seconds: 500 }, 100)).toEqual({ start: 0, seconds: 100 });
});

test("the stretch follows the playhead once it leaves, and shows a region as a whole", () => {
  const shown = { start: 10, seconds: 10 };
  expect(following(shown, 15, 100)).toBe(shown);
  expect(following(shown, 20.1, 100).start).toBeCloseTo(19.3);
  expect(showing(shown, 12, 14, 100)).toBe(shown);
  expect(showing(shown, 50, 52, 100)).toEqual({ start: 46, seconds: 10 });
  expect(showing(shown, 50, 70, 100)).toEqual({ start: 47, seconds: 26 });
});

test("what is no span is kept and counted, and ids are unique", () => {
  let made = 0;
  const makeId = () => `new${(made += 1)}`;
  const given = [{ start: 2, end: 1, label: "A", id: "x", more: 1 }, { start: 0, end: 1 }, "?", { start: "0", end: 1 }, { start: 3, end: 4, id: "x" }];
  const spans = withIds(given, makeId);
  expect(spans.map((span) => (span as { id?: string }).id)).toEqual(["x", "new1", undefined, undefined, "new2"]);
  const { regions, unreadable } = regionsOf(spans);
  expect(unreadable).toBe(2);
  expect(regions.map(({ id, start, end }) => [id, start, end])).toEqual([["new1", 0, 1], ["x", 1, 2], ["new2", 3, 4]]);
  expect(without(edited(spans, "x", () => ({ label: "B" }), 10), "new1")).toEqual([
    { start: 1, end: 2, label: "B", id: "x", more: 1 },
    "?",
    { start: "0", end: 1 },
    { start: 3, end: 4, id: "new2" },
  ]);
  expect([withIds("spans", makeId), regionsOf({}).unreadable, regionsOf(null).regions]).toEqual([[], 1, []]);
});

test("colours that are none never reach a style", () => {
  expect(regionsOf([{ start: 0, end: 1, color: "red;background:url(x)" }]).regions[0]!.color).toBeNull();
});

test("times are whole milliseconds inside the recording", () => {
  expect(clipped({ start: -1, end: 99 }, 12.3456)).toEqual({ start: 0, end: 12.345 });
  expect(clipped({ start: 1.00049, end: 1.00051 }, 10)).toEqual({ start: 1, end: 1.001 });
  expect(clipped({ start: 99, end: 100 }, 10)).toEqual({ start: 9.999, end: 10 });
  expect(beyond([region("a", 0, 10.05), region("b", 9, 10.2), region("c", 11, 12)], 10)).toBe(2);
});

test("a region keeps its length when it is moved, and its edges do not cross", () => {
  expect(moved({ start: 1, end: 3 }, 100, 10)).toEqual({ start: 8, end: 10 });
  expect(moved({ start: 1, end: 3 }, -100, 10)).toEqual({ start: 0, end: 2 });
  expect(withEdge({ start: 1, end: 3 }, "start", 5, 10)).toEqual({ start: 2.999, end: 3 });
  expect(withEdge({ start: 1, end: 3 }, "end", 0, 10)).toEqual({ start: 1, end: 1.001 });
  expect(moved({ start: 9, end: 15 }, 0.5, 10)).toEqual({ start: 9, end: 10 });
});

test("names of overlapping regions stand in rows of their own", () => {
  const lanes = lanesOf([region("a", 0, 5), region("b", 1, 2), region("c", 2, 3), region("d", 2.5, 6)]);
  expect([...lanes.values()]).toEqual([0, 1, 1, 2]);
});

test("a pointer takes the edge before the body, the selected before others, the short before the long", () => {
  const regions = [region("long", 0, 10), region("short", 4, 6)];
  expect(gripAt(regions, null, 5, 0.1)).toEqual({ kind: "body", id: "short" });
  expect(gripAt(regions, "long", 5, 0.1)).toEqual({ kind: "body", id: "long" });
  expect(gripAt(regions, null, 3.95, 0.1)).toEqual({ kind: "edge", id: "short", edge: "start" });
  expect(gripAt(regions, null, 10.05, 0.1)).toEqual({ kind: "edge", id: "long", edge: "end" });
  expect(gripAt(regions, null, 11, 0.1)).toEqual({ kind: "empty" });
  expect(gripAt([region("tiny", 4, 4.1)], null, 4.05, 0.1)).toEqual({ kind: "body", id: "tiny" });
});

test("dragging draws over a region that is not selected, and moves the one that is", () => {
  const regions = [region("a", 0, 10)];
  const body = { kind: "body", id: "a" } as const;
  expect(dragged(body, regions, null, 6, 4, 20)).toEqual({ id: null, start: 4, end: 6 });
  expect(dragged(body, regions, "a", 6, 8, 20)).toEqual({ id: "a", start: 2, end: 12 });
  expect(dragged({ kind: "edge", id: "a", edge: "end" }, regions, null, 10.1, 12.1, 20)).toEqual({ id: "a", start: 0, end: 12 });
  expect(dragged({ kind: "empty" }, regions, null, 15, 99, 20)).toEqual({ id: null, start: 15, end: 20 });
});

const peaks: Peaks = { start: 0, end: 4, values: Int8Array.from([-1, 1, -2, 2, -3, 3, -4, 4]) };

test("a bar reaches as far as the lowest and highest value in it", () => {
  expect(rangeOf(peaks, 1, 3)).toEqual([-3, 3]);
  expect(rangeOf(peaks, 1.2, 1.4)).toEqual([-2, 2]);
  expect(rangeOf(peaks, 4, 5)).toBeNull();
  expect(rangeOf({ start: 0, end: 0, values: new Int8Array() }, 0, 1)).toBeNull();
});

test("bars keep their place in time while the stretch moves", () => {
  const loud: Peaks = { start: 0, end: 100, values: Int8Array.from({ length: 2000 }, (_, place) => (place % 2 ? 1 : -1) * (place % 127)) };
  const drawing = { width: 300, height: 100, bars: audioSettingsOf({}).bars, gain: 1 };
  const heights = (start: number) => [...pathOf(loud, { ...drawing, shown: { start, seconds: 30 } }).matchAll(/M\S+ (\S+)V/g)].map((found) => found[1]);
  expect(heights(0).slice(1, 99)).toEqual(heights(0.15).slice(1, 99));
  expect(heights(0.3).slice(0, 90)).toEqual(heights(0).slice(1, 91));
});

test("an overview is too coarse once there is less than a column a bar", () => {
  const { bars } = audioSettingsOf({});
  const overview: Peaks = { start: 0, end: 1000, values: new Int8Array(8000) };
  expect([1000, 100, 10].map((seconds) => isCoarse(overview, { start: 0, seconds }, 900, bars))).toEqual([false, false, true]);
});

test("samples of a browser become peaks of all channels", () => {
  const left = Float32Array.from([0, 0.5, 0, 0]);
  const right = Float32Array.from([0, 0, -0.25, 0]);
  const found = peaksOf([left, right], 4, 2);
  expect([found.peak, [...found.peaks.values]]).toEqual([0.5, [0, 127, -63, 0]]);
  expect(peaksOf([], 0, 10).peaks.values.length).toBe(0);
});

test("settings of a recipe that make no sense are brought to what does", () => {
  const found = audioSettingsOf({ audio_rate: 99, audio_bar_width: "wide", audio_max_zoom: -1, show_audio_minimap: 0, audio_loop: true });
  expect([found.rate, found.bars.width, found.maxZoom, found.minimap, found.loop]).toEqual([2, 2, 10, true, true]);
});

test("it speaks German", async () => {
  await speak("de-CH");
  expect([say().play, say().regionCount(2)]).toEqual(["Abspielen", "2 Abschnitte"]);
  await speak("en");
});

test("a task plays its video, else its audio", () => {
  expect(sourceOf({ _task_hash: 1, audio: "a", video: "v" })).toEqual({ kind: "video", url: "v" });
  expect(sourceOf({ _task_hash: 1, audio: "a" })).toEqual({ kind: "audio", url: "a" });
  expect(sourceOf({ _task_hash: 1, audio: { url: "a" }, video: "" })).toBeNull();
});

const reply = (status: number, body: unknown = {}) => new Response(JSON.stringify(body), { status });
const READY = { duration: 4, start: 0, end: 4, peak: 0.5, peaks: [-1, 1, -2, 2] };

test("a waveform that is not ready is asked for again, and fetched once for all", async () => {
  const replies = [reply(202), reply(503), reply(200, READY)];
  const asked: string[] = [];
  const waves = createWaves(async (url) => (asked.push(url), replies.shift()!), 1);
  waves.prefetch("media/a");
  const [one, other] = await Promise.all([waves.get("media/a"), waves.get("media/a")]);
  expect(one).toBe(other);
  expect(one).toMatchObject({ status: "ready", wave: { duration: 4, peak: 0.5 } });
  expect(asked).toEqual(Array(3).fill("peaks/a?columns=4000"));
});

test("why there is no waveform is known, and what failed is asked for again", async () => {
  let status = 404;
  const waves = createWaves(async () => {
    if (status === 0) throw new TypeError("no network");
    return reply(status, status === 200 ? READY : {});
  }, 1);
  expect(await waves.get("media/a")).toEqual({ status: "none", reason: "missing" });
  status = 0;
  expect(await waves.get("media/a")).toEqual({ status: "none", reason: "unreachable" });
  status = 200;
  expect(await waves.get("media/a")).toMatchObject({ status: "ready" });
  status = 415;
  expect(await waves.get("media/b")).toBeNull();
  expect(await waves.get("data:audio/wav;base64,")).toBeNull();
});

/** An element that plays nothing: the test says where it is. */
function fakeElement() {
  const element = document.createElement("audio");
  const at = { currentTime: 0, duration: 10, paused: true, ended: false };
  for (const key of Object.keys(at) as (keyof typeof at)[]) {
    Object.defineProperty(element, key, { get: () => at[key], set: (value) => void Object.assign(at, { [key]: value }) });
  }
  element.play = async () => (Object.assign(at, { paused: false }), void element.dispatchEvent(new Event("play")));
  element.pause = () => (Object.assign(at, { paused: true }), void element.dispatchEvent(new Event("pause")));
  const reach = (seconds: number) => {
    element.dispatchEvent(new Event("seeked"));
    at.currentTime = seconds;
    element.dispatchEvent(new Event("timeupdate"));
  };
  return { element, at, reach };
}

test("a part stops at its end, or goes round in a loop", () => {
  vi.stubGlobal("requestAnimationFrame", () => 0);
  const { element, at, reach } = fakeElement();
  const player = createPlayer(element, { rate: 1, loop: false });
  element.dispatchEvent(new Event("loadedmetadata"));
  expect(player.duration.value).toBe(10);
  player.playPart({ start: 2, end: 3 });
  reach(2.5);
  expect([player.playing.value, player.time.value]).toEqual([true, 2.5]);
  reach(3.01);
  expect([player.playing.value, player.time.value, player.part.value]).toEqual([false, 3, null]);
  player.setLoop(true);
  player.playPart({ start: 2, end: 3 });
  reach(3.01);
  expect([player.playing.value, at.currentTime]).toEqual([true, 2]);
  player.seek(8);
  reach(9);
  expect([player.part.value, player.time.value]).toEqual([null, 9]);
  vi.unstubAllGlobals();
});

test("a recording that does not know its length is read to the end once", () => {
  const { element, at } = fakeElement();
  at.duration = Infinity;
  const player = createPlayer(element, { rate: 1, loop: false });
  element.dispatchEvent(new Event("loadedmetadata"));
  expect([at.currentTime, player.duration.value]).toEqual([1e7, null]);
  at.duration = 6;
  element.dispatchEvent(new Event("durationchange"));
  expect([at.currentTime, player.time.value, player.duration.value]).toEqual([0, 0, 6]);
});
