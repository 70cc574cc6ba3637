"""Whether the server is alive, and whether it can take answers: for load balancers, and for whoever starts it again."""

import asyncio
import logging
import shutil
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

from prodflow.core.clock import running_s
from prodflow.core.errors import ProdflowError
from prodflow.store.place import why_not_writable

log = logging.getLogger("prodflow")

LEAST_FREE_BYTES = 20 * 2**20
_EVERY_S = 1.0
_PATIENCE_S = 5.0


class Readiness:
    """Tries whether an answer could be stored, once a second at most however often it is asked.

    Args:
        store: the store's folder.
        try_writing: commits something that says nothing to the journal.
    """

    def __init__(self, store: Path, try_writing: "Callable[[], Future[None]]") -> None:
        """Try nothing yet."""
        self._store = store
        self._try_writing = try_writing
        self._one_at_a_time = asyncio.Lock()
        self._tried_s = float("-inf")
        self._reason: str | None = None

    async def why_not(self) -> str | None:
        """Say why no answers can be taken, None where they can; without paths, since anybody may ask."""
        async with self._one_at_a_time:
            if running_s() - self._tried_s >= _EVERY_S:
                before, self._reason = self._reason, await self._try()
                self._tried_s = running_s()
                if self._reason != before:
                    log.warning("health: %s", self._reason or "answers can be stored again")
            return self._reason

    async def _try(self) -> str | None:
        try:
            if shutil.disk_usage(self._store).free < LEAST_FREE_BYTES:
                return "disk full"
        except OSError:
            return "store cannot be reached"
        try:
            await asyncio.wait_for(asyncio.wrap_future(self._try_writing()), _PATIENCE_S)
        except TimeoutError:
            return "store does not answer"
        except ProdflowError:
            why = await asyncio.to_thread(why_not_writable, self._store)
            return f"store cannot be written: {why or 'its disk reports an error'}"
        return None
