"""The store as it was: events that came later are left out, so that what they replaced counts again."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from prodflow.core.errors import SettingError

AsOf = str | date | datetime | int


@dataclass(frozen=True)
class Moment:
    """Up to when.

    Args:
        seq: the last event that counts, or None.
        time: the time of the last event that counts, in UTC without a zone, or None.
    """

    seq: int | None = None
    time: datetime | None = None

    def events(self) -> str:
        """Return SQL's condition on events."""
        return f"seq <= {self.seq}" if self.time is None else f"ts <= {self._literal()}"

    def rows(self, column: str) -> str:
        """Return SQL's condition on other tables, which have no seq but may have a time."""
        return "true" if self.time is None else f"{column} <= {self._literal()}"

    def _literal(self) -> str:
        assert self.time is not None
        return f"timestamp '{self.time.isoformat(sep=' ')}'"


def moment_of(as_of: AsOf) -> Moment:
    """Read a moment: the `seq` of an event, or a time; a day stands for its end, a time without a zone is in UTC.

    Raises:
        SettingError: if it is neither.

    >>> moment_of("2026-03-01T12:00+01:00").time
    datetime.datetime(2026, 3, 1, 11, 0)
    >>> moment_of(17).events()
    'seq <= 17'
    """
    if isinstance(as_of, bool):
        raise _wrong(as_of)
    if isinstance(as_of, str):
        as_of = _read(as_of.strip())
    if isinstance(as_of, int):
        return Moment(seq=as_of)
    if not isinstance(as_of, datetime):
        as_of = datetime.combine(as_of, time.max)
    return Moment(time=as_of.astimezone(UTC).replace(tzinfo=None) if as_of.tzinfo else as_of)


def _read(text: str) -> date | int:
    if text.isdigit():
        return int(text)
    try:
        return date.fromisoformat(text)
    except ValueError:
        pass
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise _wrong(text) from None


def _wrong(value: object) -> SettingError:
    return SettingError(
        f"as_of={value!r} is no moment; give a day ('2026-03-01'), a time ('2026-03-01T12:00', UTC) or an event's seq"
    )
