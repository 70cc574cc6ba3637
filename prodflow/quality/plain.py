"""Results as plain values, for JSON."""

from typing import Any

from prodflow.quality.matching import Matched


def to_plain(value: Any) -> Any:
    """Return dataclasses, keys of pairs and counts as plain values, for JSON."""
    if isinstance(value, Matched):
        return {"ours": value.ours, "theirs": value.theirs, "both": value.both, "tasks": value.tasks, "f1": value.f1}
    if hasattr(value, "__dataclass_fields__"):
        return {name: to_plain(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, dict):
        return {
            " / ".join(map(str, key)) if isinstance(key, tuple) else key: to_plain(item) for key, item in value.items()
        }
    return [to_plain(item) for item in value] if isinstance(value, list) else value
