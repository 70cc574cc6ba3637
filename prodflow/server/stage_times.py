"""Where the time of the stream's thread goes: looked at now and then from beside, so that stages pay nothing for it."""

import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from types import FrameType

from prodflow.server.worker import Worker

_EVERY_S = 0.05
_LEARNING, _READING, _ASKING = "learning from answers", "reading the source", "asking and routing"


class StageTimes:
    """Seconds by stage, from samples of a thread's stack, 20 a second.

    A sample counts for the innermost stage on the stack: what a stage waits for is not its own.

    Args:
        thread_name: how the name of the thread begins that the stream runs in.
        stages: tells the names of the stream's stages.
    """

    def __init__(self, thread_name: str, stages: Callable[[], Iterable[str]]) -> None:
        """Start to look."""
        self._thread_name = thread_name
        self._stages = stages
        self._samples: Counter[str] = Counter()
        self._stopped = threading.Event()
        self._looking = threading.Thread(target=self._look, name="prodflow-stage-times", daemon=True)
        self._looking.start()

    def seconds(self) -> dict[str, float]:
        """Return the seconds of each stage so far, the longest first."""
        return {name: count * _EVERY_S for name, count in self._samples.copy().most_common()}

    def close(self) -> None:
        """Look no more."""
        self._stopped.set()
        self._looking.join()

    def _look(self) -> None:
        while not self._stopped.wait(_EVERY_S):
            thread = next((one for one in threading.enumerate() if one.name.startswith(self._thread_name)), None)
            frame = sys._current_frames().get(thread.ident or 0) if thread is not None else None
            if frame is not None and (name := stage_of(frame, set(self._stages()))) is not None:
                self._samples[name] += 1


_IDLE = Worker.__module__
"""Where the thread is while it waits for work."""


def stage_of(frame: FrameType | None, stages: set[str]) -> str | None:
    """Return the stage that a stack is in, from its innermost frame; None where the thread waits for work."""
    first = True
    found: str | None = None
    while frame is not None:
        code = frame.f_code
        if first and frame.f_globals.get("__name__") == _IDLE:
            return None
        if found is None and code.co_name in stages:
            found = code.co_name
        elif found is None and str(frame.f_globals.get("__name__", "")).startswith("prodflow.loaders."):
            found = _READING if code.co_name not in ("_metered", "__next__") else None
        if code.co_name == "learn" and found not in stages:
            return _LEARNING
        frame, first = frame.f_back, False
    return found or _ASKING
