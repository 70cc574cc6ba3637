"""JSON in and out."""

import asyncio
from typing import Any

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from prodflow.core.errors import AnswerError

MAX_BODY_BYTES = 32 * 2**20
MAX_BODY_S = 120.0


def respond(value: Any, status: int = 200) -> Response:
    """Answer with JSON."""
    body = orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS, default=str)
    return Response(body, status, {"cache-control": "no-store"}, "application/json")


def problem(status: int, error: str, detail: str, path: str = "$") -> Response:
    """Answer with an error: a short name, what came and what to do, and its place in the body."""
    return respond({"error": error, "detail": detail, "path": path}, status)


async def read_object(request: Request, *, max_bytes: int = MAX_BODY_BYTES) -> dict[str, Any]:
    """Return the body, a JSON object.

    Raises:
        AnswerError: status 413 if it is too large, 408 if it takes too long, 400 if it is no JSON object.
    """
    try:
        async with asyncio.timeout(MAX_BODY_S):
            chunks = await _read(request, max_bytes)
    except ClientDisconnect as error:
        raise AnswerError("the connection was closed before the body was there", status=400) from error
    except TimeoutError as error:
        raise AnswerError(f"the body did not come within {MAX_BODY_S:g} s", status=408) from error
    try:
        body = orjson.loads(b"".join(chunks) or b"{}")
    except orjson.JSONDecodeError as error:
        raise AnswerError(f"the body is no JSON: {error}") from error
    if not isinstance(body, dict):
        raise AnswerError(f"the body is a JSON object, got {type(body).__name__}")
    return body


async def _read(request: Request, max_bytes: int) -> list[bytes]:
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > max_bytes:
            raise AnswerError(f"the body is larger than {max_bytes:,} bytes", status=413)
        chunks.append(chunk)
    return chunks
