"""Whether the server is alive, and whether it can take answers: for load balancers, and for whoever starts it again."""

import os
import shutil
from pathlib import Path

LEAST_FREE_BYTES = 20 * 2**20


def not_ready(store: Path, *, closing: bool) -> str | None:
    """Say in a word why no answers can be taken, None where they can.

    Args:
        store: the store's folder.
        closing: whether the server was asked to stop.
    """
    if closing:
        return "stopping"
    if not os.access(store, os.W_OK):
        return "store cannot be written"
    try:
        free = shutil.disk_usage(store).free
    except OSError:
        return "store cannot be reached"
    return "disk full" if free < LEAST_FREE_BYTES else None
