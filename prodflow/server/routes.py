"""The routes: parse, ask the service, answer."""

import asyncio
import re
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from prodflow import __version__
from prodflow.core.errors import AnswerError, ProdflowError, StoreError
from prodflow.server.built import WEB, app_page
from prodflow.server.dashboard_routes import DASHBOARD_ROUTES
from prodflow.server.metrics import CONTENT_TYPE
from prodflow.server.openapi import describe_api
from prodflow.server.peaks import Busy
from prodflow.server.refusal import page as refusal_page
from prodflow.server.refusal import wants_page
from prodflow.server.response import problem, read_object, respond
from prodflow.server.service import Service
from prodflow.server.settings import app_settings
from prodflow.server.visitor import own_session, require_admin, require_role, visitor_of
from prodflow.server.waveform import MAX_SECONDS, WaveformError


def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


async def page(request: Request) -> Response:
    """The annotators' app."""
    return app_page()


async def beside_the_page(request: Request) -> Response:
    """A file of the app that keeps its name."""
    return FileResponse(WEB / Path(request.url.path).name, headers={"cache-control": "no-cache"})


async def recipe_file(request: Request) -> Response:
    """A script or a style sheet of the recipe; its address changes with its content."""
    served = request.app.state.recipe_files.served
    found = served.get(request.scope["path"].removeprefix(request.scope.get("root_path", "")).lstrip("/"))
    if found is None:
        return problem(404, "no such file", "the recipe has no script or style sheet of this name")
    forever = request.query_params.get("v") == found.version
    caching = "private, max-age=31536000, immutable" if forever else "no-cache"
    return Response(found.content, media_type=found.media_type, headers={"cache-control": caching})


async def _session_id(request: Request, given: Any) -> str:
    """The session that a request is about: one that the visitor may act for."""
    service, visitor = _service(request), visitor_of(request)
    if given is not None and not isinstance(given, str):
        raise AnswerError(f"session_id={given!r:.60} is no text", path="$.session_id")
    unnamed = given == service.controller.session_id and visitor.name is None
    return await service.session_id(own_session(visitor, service.controller.dataset, None if unnamed else given))


async def project(request: Request) -> Response:
    """What the app needs to know before the first task."""
    service, asked = _service(request), request.query_params.get("session")
    name = asked or visitor_of(request).name
    fresh = secrets.token_hex(8) if service.controller.config["fresh_sessions"] and not name else None
    given = service.controller.get_session_name(name or fresh)
    session_id = await (service.session_id(given) if fresh else _session_id(request, given))
    settings = app_settings(service.controller, session_id, name or fresh, request.app.state.recipe_files)
    visitor = visitor_of(request)
    return respond({**settings, "annotator": name, "role": visitor.role, "signed_in": visitor.signed_in})


async def get_session_questions(request: Request) -> Response:
    """A batch of tasks."""
    body, service = await read_object(request), _service(request)
    count = body.get("n")
    if count is not None and not (isinstance(count, int) and 0 < count <= 1000):
        raise AnswerError(f"n={count!r:.40} is no number from 1 to 1,000", path="$.n")
    return respond(await service.questions(await _session_id(request, body.get("session_id")), count))


async def give_answers(request: Request) -> Response:
    """Answers, stored once each."""
    body, service = await read_object(request), _service(request)
    return respond(await service.answers(await _session_id(request, body.get("session_id")), body.get("answers")))


async def validate_answer(request: Request) -> Response:
    """An answer for the recipe to look at, not to be stored."""
    body, service = await read_object(request), _service(request)
    answer = body["answer"] if isinstance(body.get("answer"), dict) else body
    if not answer.keys() - {"session_id"}:
        raise AnswerError("there is no answer in the body", path="$.answer")
    await service.validate(await _session_id(request, body.get("session_id")), answer)
    return respond({"valid": True})


async def undo(request: Request) -> Response:
    """An answer taken back."""
    body, service = await read_object(request), _service(request)
    session_id = await _session_id(request, body.get("session_id"))
    return respond(await service.undo(session_id, body.get("_task_hash"), body.get("_event_id")))


async def progress(request: Request) -> Response:
    """How far a session and the dataset are."""
    service = _service(request)
    return respond(await service.standing(await _session_id(request, request.query_params.get("session_id") or None)))


async def history(request: Request) -> Response:
    """A session's latest answers."""
    service, limit = _service(request), request.query_params.get("limit", "50")
    if not re.fullmatch("[0-9]{1,4}", limit) or not 0 < int(limit) <= 1000:
        raise AnswerError(f"limit={limit!r:.40} is no number from 1 to 1,000", path="limit")
    session_id = await _session_id(request, request.query_params.get("session_id") or None)
    return respond({"answers": await service.history(session_id, int(limit))})


async def logout(request: Request) -> Response:
    """The end of a visitor's cookie; the link that it came of stays as good as it was."""
    response = respond({"status": "signed out"})
    try:
        await asyncio.to_thread(request.app.state.gate.sign_out, request.scope, request.headers, response)
    except StoreError as error:
        refused = problem(503, "store", str(error))
        refused.headers["set-cookie"] = response.headers["set-cookie"]
        return refused
    return response


async def event(request: Request) -> Response:
    """A function of the recipe, called from its page."""
    return respond(await _service(request).call_hook(request.path_params["name"], await read_object(request)))


async def media(request: Request) -> Response:
    """A file by its opaque id."""
    found = await asyncio.to_thread(_service(request).media.find, request.path_params["media_id"])
    if found is None:
        return problem(404, "no such file", "the file behind this id is not there (any more)")
    headers = {
        "cache-control": "private, max-age=86400",
        "content-security-policy": "default-src 'none'; sandbox",
    }
    return FileResponse(found[0], media_type=found[1], headers=headers)


async def peaks(request: Request) -> Response:
    """The waveform of a recording, or of a stretch of it."""
    columns, start, end = _stretch(request)
    found = await asyncio.to_thread(_service(request).media.find, request.path_params["media_id"])
    if found is None:
        return problem(404, "no such file", "the file behind this id is not there (any more)")
    if not found[1].startswith(("audio/", "video/")):
        return problem(415, "no waveform", f"{found[1]} has none")
    try:
        waveform = await _service(request).peaks.get(found[0])
    except Busy:
        return respond({"status": "working"}, 202)
    except (WaveformError, OSError) as error:
        return problem(415, "no waveform", str(error) if isinstance(error, WaveformError) else "it cannot be read")
    start, end = min(start, waveform.seconds), min(end, waveform.seconds)
    values = await asyncio.to_thread(waveform.reduce, start, end, columns)
    body = {"duration": waveform.seconds, "start": start, "end": end, "peak": waveform.peak, "peaks": values}
    reply = respond(body)
    reply.headers["cache-control"] = "private, max-age=86400"
    return reply


def _stretch(request: Request) -> tuple[int, float, float]:
    asked = request.query_params
    columns, start, end = asked.get("columns", "2000"), asked.get("start", "0"), asked.get("end", str(MAX_SECONDS))
    if not re.fullmatch("[0-9]{1,5}", columns) or not 0 < int(columns) <= 20_000:
        raise AnswerError(f"columns={columns!r:.40} is no number from 1 to 20,000", path="columns")
    for name, value in (("start", start), ("end", end)):
        if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", value):
            raise AnswerError(f"{name}={value!r:.40} is no number of seconds", path=name)
    if float(end) < float(start):
        raise AnswerError(f"end={end} is before start={start}", path="end")
    return int(columns), float(start), float(end)


async def events(request: Request) -> Response:
    """The journal of this dataset as server-sent events, from a cursor on: for admins."""
    require_admin(request)
    cursor = request.headers.get("last-event-id") or request.query_params.get("cursor", "0")
    if not re.fullmatch("[0-9]{1,18}", cursor):
        raise AnswerError(f"cursor={cursor!r:.40} is no number", path="cursor")
    return StreamingResponse(
        _follow(request, int(cursor)), media_type="text/event-stream", headers={"cache-control": "no-store"}
    )


async def _follow(request: Request, cursor: int) -> AsyncIterator[bytes]:
    service = _service(request)
    while not await request.is_disconnected() and not request.app.state.closing.is_set():
        for row in await asyncio.to_thread(service.controller.events_since, cursor, 100):
            cursor = row["seq"]
            yield b"id: %d\ndata: %s\n\n" % (cursor, orjson.dumps(row))
        await asyncio.sleep(0.5)


async def health(request: Request) -> Response:
    """Whether the server is there."""
    return respond({"status": "ok"})


async def ready(request: Request) -> Response:
    """Whether the server can take answers now."""
    state = request.app.state
    reason = "stopping" if state.closing.is_set() else await state.readiness.why_not()
    return respond({"status": reason or "ok"}, 503 if reason else 200)


async def metrics(request: Request) -> Response:
    """Numbers for Prometheus: for admins, and links for metrics."""
    require_role(request, "metrics")
    text = await asyncio.to_thread(request.app.state.metrics.text)
    return Response(text, media_type=CONTENT_TYPE, headers={"cache-control": "no-store"})


async def version(request: Request) -> Response:
    """Which version answers."""
    return respond({"version": __version__})


async def openapi(request: Request) -> Response:
    """These routes, as OpenAPI."""
    return respond(describe_api())


async def on_problem(request: Request, error: Exception) -> Response:
    """What prodflow raised on purpose, as JSON."""
    if isinstance(error, AnswerError):
        if error.status == 403 and wants_page(request.scope, request.headers):
            return refusal_page(403, "This is not open to you", f"{str(error)[:1].upper()}{str(error)[1:]}.")
        return problem(error.status, "refused", str(error), error.path)
    if isinstance(error, HTTPException):
        response = problem(error.status_code, "refused", error.detail)
        response.headers.update(error.headers or {})
        return response
    if isinstance(error, StoreError):
        return problem(503, "store", str(error))
    if isinstance(error, RecursionError):
        return problem(400, "refused", "the body has more levels than any task")
    return problem(500, "failed", str(error) if isinstance(error, ProdflowError) else "see the server's log")


EXCEPTION_HANDLERS: dict[Any, Any] = {
    ProdflowError: on_problem,
    HTTPException: on_problem,
    RecursionError: on_problem,
    Exception: on_problem,
}

ROUTES = [
    Route("/", page),
    Route("/project", project),
    Route("/get_session_questions", get_session_questions, methods=["POST"]),
    Route("/give_answers", give_answers, methods=["POST"]),
    Route("/validate_answer", validate_answer, methods=["POST"]),
    Route("/undo", undo, methods=["POST"]),
    Route("/progress", progress),
    Route("/history", history),
    Route("/logout", logout, methods=["POST"]),
    Route("/event/{name}", event, methods=["POST"]),
    Route("/media/{media_id}", media),
    Route("/peaks/{media_id}", peaks),
    Route("/events", events),
    Route("/health", health),
    Route("/health/live", health),
    Route("/health/ready", ready),
    Route("/metrics", metrics),
    Route("/version", version),
    Route("/openapi.json", openapi),
    *DASHBOARD_ROUTES,
    Mount("/assets", StaticFiles(directory=WEB / "assets", check_dir=False)),
    *(Route(f"/{name}", beside_the_page) for name in ("icon.svg", "theme.js")),
    *(Route(path, recipe_file) for path in ("/recipe.js", "/recipe.css", "/recipe/{name}")),
]
