"""Names that are most likely meant to be one."""

from collections.abc import Iterable


def near_names(values: Iterable[str]) -> list[str]:
    """Warn of names that differ in case or spaces only.

    >>> near_names(["Cat", "dog", "cat "])
    ["'Cat', 'cat ' differ in case or spaces only and count as different"]
    """
    alike: dict[str, list[str]] = {}
    for value in values:
        alike.setdefault(" ".join(value.casefold().split()), []).append(value)
    return [
        f"{', '.join(map(repr, names))} differ in case or spaces only and count as different"
        for names in alike.values()
        if len(names) > 1
    ]
