"""Time for what lasts a while: the machine's clock may be set anew at any moment, and durations must not jump with it.

What happened when, such as an answer's `_timestamp`, is told by the machine's clock as it is; the order of events is
that of the journal.
"""

import time

_RUNNING = getattr(time, "CLOCK_BOOTTIME", None)


def running_s() -> float:
    """Return seconds since some moment; they go on whatever the clock is set to; on Linux also in sleep."""
    return time.monotonic() if _RUNNING is None else time.clock_gettime(_RUNNING)


_STARTED_S, _RUNNING_THEN_S = time.time(), running_s()


def steady_s() -> float:
    """Return seconds since 1970, as the clock said when this process started and counted on from there.

    >>> before = steady_s()
    >>> 0 <= steady_s() - before < 60
    True
    """
    return _STARTED_S + running_s() - _RUNNING_THEN_S


def latest_s() -> float:
    """Return seconds since 1970, for what ends at a date: a clock that goes back does not make it last longer."""
    return max(time.time(), steady_s())
