"""From Arrow's values to what JSON can say."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from prodflow.core.media import bytes_to_b64, sniff_type


def converters_of(schema: Any) -> dict[str, Callable[[Any], Any]]:
    """Return what to call on the values of a column, for the columns that need it."""
    return {field.name: plain_value for field in schema if _needs_conversion(field.type)}


def without_nanoseconds(batch: Any) -> Any:
    """Cut times to microseconds: Python's own have no more."""
    from pyarrow import timestamp, types

    for number, field in enumerate(batch.schema):
        if types.is_timestamp(field.type) and field.type.unit == "ns":
            cut = batch.column(number).cast(timestamp("us", field.type.tz), safe=False)
            batch = batch.set_column(number, field.name, cut)
    return batch


def _needs_conversion(kind: Any) -> bool:
    from pyarrow import types

    if types.is_nested(kind):
        inner = [kind.field(number).type for number in range(kind.num_fields)]
        return types.is_map(kind) or any(map(_needs_conversion, inner))
    if types.is_dictionary(kind):
        return _needs_conversion(kind.value_type)
    return not (
        types.is_boolean(kind)
        or types.is_integer(kind)
        or types.is_floating(kind)
        or types.is_null(kind)
        or types.is_string(kind)
        or types.is_large_string(kind)
    )


def plain_value(value: Any) -> Any:
    """Return a value as JSON can say it.

    >>> plain_value({"bytes": b"GIF89a", "path": None}), plain_value([Decimal("1.5"), date(2024, 2, 29)])
    ('data:image/gif;base64,R0lGODlh', [1.5, '2024-02-29'])
    """
    if isinstance(value, bytes):
        return _from_bytes(value)
    if isinstance(value, dict):
        return _from_struct(value)
    if isinstance(value, list):
        if value and all(isinstance(item, tuple) for item in value):
            return {str(plain_value(key)): plain_value(item) for key, item in value}
        return [plain_value(item) for item in value]
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    return float(value) if isinstance(value, Decimal) else value


def _from_bytes(data: bytes) -> str:
    kind = sniff_type(data)
    if kind is None:
        try:
            return data.decode()
        except UnicodeDecodeError:
            kind = "application/octet-stream"
    return bytes_to_b64(data, kind)


def _from_struct(value: dict[str, Any]) -> Any:
    """Images and sounds are often kept as their bytes beside the name of the file they came from."""
    if value.keys() == {"bytes", "path"} and (isinstance(value["bytes"], bytes) or isinstance(value["path"], str)):
        return value["path"] if value["bytes"] is None else _from_bytes(value["bytes"])
    return {key: plain_value(item) for key, item in value.items()}
