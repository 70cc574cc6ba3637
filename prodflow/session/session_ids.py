"""The ids of the sessions that are here, for routers to choose from."""

from collections.abc import Iterable, Set


class SessionIds(list[str]):
    """A list of ids in the order they came: pop from it, index it, or use it as a set; it is yours alone.

    >>> ids = SessionIds(["news-alex", "news-jo"])
    >>> ids == {"news-jo", "news-alex"}, ids - {"news-jo"}, ids.pop(0)
    (True, {'news-alex'}, 'news-alex')
    """

    def __eq__(self, other: object) -> bool:
        return set(self) == other if isinstance(other, Set) else super().__eq__(other)

    __hash__ = None

    def __or__(self, other: Iterable[str]) -> set[str]:
        return {*self, *other}

    def __and__(self, other: Iterable[str]) -> set[str]:
        return set(self).intersection(other)

    def __sub__(self, other: Iterable[str]) -> set[str]:
        return set(self).difference(other)

    __ror__, __rand__ = __or__, __and__

    def __rsub__(self, other: Iterable[str]) -> set[str]:
        return set(other).difference(self)

    def add(self, session_id: str) -> None:
        """Add an id, unless it is there."""
        if session_id not in self:
            self.append(session_id)

    def discard(self, session_id: str) -> None:
        """Take an id out, if it is there."""
        if session_id in self:
            self.remove(session_id)
