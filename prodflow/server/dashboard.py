"""The dashboard: what the server and the store know, computed beside the annotators and kept until answers come."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import orjson

from prodflow.core.errors import UnknownNameError
from prodflow.core.media import is_data_uri, is_url
from prodflow.dashboard.numbers import PARTS
from prodflow.dashboard.page import panels, run_of
from prodflow.dashboard.remaining import estimate_remaining
from prodflow.server.media import MediaIds
from prodflow.server.stage_times import StageTimes
from prodflow.session.controller import Controller
from prodflow.store import reads
from prodflow.store.reader import connect
from prodflow.store.routing import answers_lacking

log = logging.getLogger("prodflow")

PAUSE_S = 1.0
"""How often a page that is open is looked after."""

_AT_ONCE = float("inf")
_REST_S = 2.0
_REST_FACTOR = 5
"""A part that took a second to compute rests for five, so that annotators never wait for statistics."""


def live_state(controller: Controller) -> dict[str, Any]:
    """Return what only the running server knows: how far the source is, what became of tasks, what the model learnt."""
    stream, config = controller.stream, controller.config
    counts = controller.asked_counts
    came = counts.pop("came", 0)
    everybody = max(1, len(controller.session_ids)) if config["feed_overlap"] else 1
    stages = [
        {"stage": count.stage, "received": count.received, "yielded": count.yielded, "reason": count.reason}
        for count in getattr(stream, "counts", ())
    ]
    return {
        "recipe": controller.name,
        "view_id": controller.view_id,
        "read": _number(stream, "position"),
        "size": _number(stream, "size"),
        "unit": getattr(stream, "unit", ""),
        "came": came,
        "left_out": counts,
        "stages": stages,
        "open": len(controller.open_tasks()),
        "answers_per_task": config["annotations_per_task"] or everybody,
        "target": config["total_examples_target"] * max(1, len(controller.session_ids)),
        "lacking": answers_lacking(controller.db.folder, controller.dataset),
        "losses": controller.losses,
    }


def _number(stream: Any, name: str) -> int | None:
    value = getattr(stream, name, None)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


class Dashboard:
    """The numbers of a controller's dataset, part by part, as fresh as they can be had without disturbing anybody.

    Args:
        controller: whose.
        media: gives the pictures of tasks their addresses.
        times: knows where the time of the stream goes.
    """

    def __init__(self, controller: Controller, media: MediaIds, times: StageTimes) -> None:
        """Compute nothing before somebody looks."""
        self._controller = controller
        self._media = media
        self._times = times
        self._reader = connect(controller.db.folder)
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="prodflow-dashboard")
        self._parts: dict[str, Any] = {}
        self._seen: dict[str, int] = {}
        self._rests_until: dict[str, float] = {}
        self._busy = asyncio.Lock()
        self._computing: asyncio.Task[None] | None = None
        self._news = asyncio.Event()

    async def numbers(self) -> dict[str, Any]:
        """Return everything there is to know, computed anew where answers came, as plain values."""
        for _ in PARTS:
            await self._compute(_AT_ONCE)
        live = self._live()
        counts = self._parts["counts"]
        remaining = estimate_remaining(run_of(live), counts["totals"]["answers"], counts["buckets"])
        return {"dataset": self._controller.dataset, "live": live, "remaining": remaining, **self._parts}

    async def follow(self, gone: Callable[[], bool]) -> AsyncIterator[bytes]:
        """Yield server-sent events for a page: its panels, and those that changed, until it is gone."""
        known: dict[str, str] = {}
        while not gone():
            news = self._news
            if self._computing is None or self._computing.done():
                self._computing = asyncio.create_task(self._compute(time.monotonic()))
            fresh: dict[str, str] = {}
            if "counts" in self._parts:
                made = await asyncio.to_thread(self._panels)
                fresh = {key: text for key, text in made.items() if known.get(key) != text}
                if fresh or known.keys() != made.keys():
                    body = {"order": list(made), "panels": fresh, "dataset": self._controller.dataset}
                    yield b"data: %s\n\n" % orjson.dumps(body)
                    known = made
            if not fresh:
                yield b": here\n\n"
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(news.wait(), PAUSE_S)

    def _panels(self) -> dict[str, str]:
        return {**panels(self._parts, self._live(), self._picture)}

    def _live(self) -> dict[str, Any]:
        timings = [{"stage": name, "seconds": seconds} for name, seconds in self._times.seconds().items()]
        return {**live_state(self._controller), "timings": timings}

    def _picture(self, place: str) -> str | None:
        if is_url(place) or is_data_uri(place):
            return place
        shown = self._media.shown({"image": place})
        address = shown["image"]
        return address if address != place else None

    async def _compute(self, now: float) -> None:
        """Compute what makes the first parts that are behind and not resting; what is known is told at once."""
        async with self._busy:
            found = await asyncio.to_thread(
                reads.rows_of, self._reader.folder, "select coalesce(max(seq), 0) from events"
            )
            last = found[0][0] if found else 0
            for name in PARTS:
                if self._seen.get(name) != last and self._rests_until.get(name, 0.0) <= now:
                    self._seen[name] = last
                    await self._run(name)
                    return

    async def _run(self, name: str) -> None:
        loop, began = asyncio.get_running_loop(), time.monotonic()
        steps = PARTS[name](self._reader, self._controller.dataset)
        try:
            while (step := await loop.run_in_executor(self._worker, next, steps, None)) is not None:
                if step.whole or step.part not in self._parts:
                    self._parts[step.part] = step.numbers
                    self._tell()
        except UnknownNameError:
            # Nobody has come yet, and the dataset is made with the first.
            self._parts = {part: numbers for part, numbers in self._parts.items() if part == "counts"}
        except Exception:
            log.exception("the dashboard's numbers (%s) cannot be computed", name)
        now = time.monotonic()
        self._rests_until[name] = now + max(_REST_S, _REST_FACTOR * (now - began))

    def _tell(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    def close(self) -> None:
        """Stop computing."""
        self._worker.shutdown(wait=True, cancel_futures=True)
