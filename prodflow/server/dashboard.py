"""The dashboard: what the server and the store know, computed beside the annotators and kept until answers come."""

import asyncio
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

    async def numbers(self) -> dict[str, Any]:
        """Return everything there is to know, computed anew where answers came, as plain values."""
        for _ in PARTS:
            await self._refresh(now=_AT_ONCE)
        live = self._live()
        counts = self._parts["counts"]
        remaining = estimate_remaining(run_of(live), counts["totals"]["answers"], counts["buckets"])
        return {"dataset": self._controller.dataset, "live": live, "remaining": remaining, **self._parts}

    async def follow(self, gone: Callable[[], bool]) -> AsyncIterator[bytes]:
        """Yield server-sent events for a page: its panels, and those that changed, until it is gone."""
        known: dict[str, str] = {}
        while not gone():
            changed = await self._refresh(now=time.monotonic())
            if "counts" in self._parts:
                made = await asyncio.to_thread(self._panels)
                fresh = {key: text for key, text in made.items() if known.get(key) != text}
                if fresh or known.keys() != made.keys():
                    body = {"order": list(made), "panels": fresh, "dataset": self._controller.dataset}
                    yield b"data: %s\n\n" % orjson.dumps(body)
                    known = made
            if not changed:
                yield b": here\n\n"
                await asyncio.sleep(PAUSE_S)

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

    async def _refresh(self, *, now: float) -> bool:
        """Compute the first part that is behind and not resting; tell whether one was."""
        if self._busy.locked() and now != _AT_ONCE:
            return False
        async with self._busy:
            [(last,)] = await asyncio.to_thread(
                reads.rows_of, self._reader.folder, "select coalesce(max(seq), 0) from events"
            ) or [(0,)]
            for name in PARTS:
                if self._seen.get(name) != last and self._rests_until.get(name, 0.0) <= now:
                    self._seen[name] = last
                    await self._compute(name)
                    return True
        return False

    async def _compute(self, name: str) -> None:
        began = time.monotonic()
        work = asyncio.get_running_loop().run_in_executor(
            self._worker, PARTS[name], self._reader, self._controller.dataset
        )
        try:
            self._parts[name] = await work
        except UnknownNameError:
            self._parts.pop(name, None)  # nobody has come yet, and the dataset is made with the first
        except Exception:
            log.exception("the dashboard's %s cannot be computed", name)
        now = time.monotonic()
        self._rests_until[name] = now + max(_REST_S, _REST_FACTOR * (now - began))

    def close(self) -> None:
        """Stop computing."""
        self._worker.shutdown(wait=True, cancel_futures=True)
