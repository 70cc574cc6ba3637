"""The server's log as JSON: one object a line, with the number of the request it is about."""

import logging
import time
from typing import Any

import orjson

from prodflow.core.errors import ConfigError
from prodflow.server.watch import REQUEST_ID

FORMATS = ("text", "json")


class JsonLines(logging.Formatter):
    """Writes a record as a JSON object: time, level, logger, message, request, and what the record brings beside it."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without its end."""
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        line: dict[str, Any] = {
            "time": f"{moment}.{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if (request_id := REQUEST_ID.get()) is not None:
            line["request"] = request_id
        line |= getattr(record, "facts", {})
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return orjson.dumps(line, default=str).decode(errors="replace")


def set_up_log(log_format: Any) -> None:
    """Write the log in a format from now on: `text` as it is, `json` with a line for each request too.

    Raises:
        ConfigError: if there is no such format.
    """
    if log_format not in FORMATS:
        raise ConfigError(f"configuration: log_format={log_format!r:.40} is none of {', '.join(FORMATS)}")
    if log_format == "text":
        return
    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(logging.StreamHandler())
    for handler in root.handlers:
        handler.setFormatter(JsonLines())
    root.setLevel(min(root.level, logging.INFO))
