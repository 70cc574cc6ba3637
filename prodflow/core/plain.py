"""Values of other libraries as JSON has them."""

from datetime import date
from math import isnan
from pathlib import PurePath
from typing import Any


def as_json(value: Any) -> Any:
    """Return a value with numbers and arrays of numpy or torch, paths and dates inside it as JSON has them.

    NaN, which is how pandas writes what is missing, becomes None. What is none of these stays as it is.

    >>> from pathlib import PurePosixPath
    >>> import numpy
    >>> as_json({"score": numpy.float32(0.5), "boxes": numpy.array([[1, 2]]), "file": PurePosixPath("a/b")})
    {'score': 0.5, 'boxes': [[1, 2]], 'file': 'a/b'}
    """
    if isinstance(value, dict):
        return {as_json(key): as_json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [as_json(item) for item in value]
    if isinstance(value, PurePath):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if callable(getattr(value, "tolist", None)):
        return as_json(value.tolist())
    return None if isinstance(value, float) and isnan(value) else value
