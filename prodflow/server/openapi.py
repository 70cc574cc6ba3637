"""The HTTP API, described."""

from typing import Any

from prodflow import __version__

_SESSION = {"type": ["string", "null"], "description": "`<dataset>-<name>`, or null for the unnamed session"}
_HASH = {"type": "integer", "minimum": 1 - 2**53, "maximum": 2**53 - 1}
_EVENT_ID = {
    "type": "string",
    "minLength": 1,
    "maxLength": 64,
    "description": "made by the client before the first try",
}
_ANSWER = {
    "type": "object",
    "required": ["answer", "_task_hash"],
    "properties": {
        "answer": {"enum": ["accept", "reject", "ignore"]},
        "_task_hash": _HASH,
        "_event_id": _EVENT_ID,
        "_seconds": {"type": "number", "minimum": 0, "maximum": 86400},
    },
}
_TO_CHECK = {
    "type": "object",
    "minProperties": 1,
    "properties": {"session_id": _SESSION},
    "description": "an answer under `answer`, or the answered task itself",
}


def _body(required: list[str], **properties: Any) -> dict[str, Any]:
    schema = {"type": "object", "required": required, "properties": properties}
    return {"required": bool(required), "content": {"application/json": {"schema": schema}}}


def _query(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema}


def _route(summary: str, *, errors: str = "", **rest: Any) -> dict[str, Any]:
    refusal = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    responses: dict[str, Any] = {"200": {"description": "done"}}
    responses |= {status: {"description": "refused", "content": refusal} for status in errors.split()}
    return {"summary": summary, "responses": responses, **rest}


def describe_api() -> dict[str, Any]:
    """Return the OpenAPI document of the server."""
    session_query = _query("session_id", {"type": "string"})
    limit = _query("limit", {"type": "integer", "minimum": 1, "maximum": 1000})
    name = {"name": "name", "in": "path", "required": True, "schema": {"type": "string"}}
    media_id = {**name, "name": "media_id"}
    stretch = [
        _query("columns", {"type": "integer", "minimum": 1, "maximum": 20_000, "default": 2000}),
        _query("start", {"type": "number", "minimum": 0, "default": 0, "description": "seconds"}),
        _query("end", {"type": "number", "minimum": 0, "description": "seconds; the end if not given"}),
    ]
    count = {"type": "integer", "minimum": 1, "maximum": 1000}
    answers = {"type": "array", "items": _ANSWER}
    refused = "400 403 404 413"
    return {
        "openapi": "3.1.0",
        "info": {"title": "prodflow", "version": __version__},
        "paths": {
            "/project": {
                "get": _route("Settings of the app", parameters=[_query("session", {"type": "string"})], errors=refused)
            },
            "/get_session_questions": {
                "post": _route("A batch of tasks", requestBody=_body([], session_id=_SESSION, n=count), errors=refused)
            },
            "/give_answers": {
                "post": _route(
                    "Store answers",
                    requestBody=_body(["answers"], session_id=_SESSION, answers=answers),
                    errors=f"{refused} 409 422 503",
                )
            },
            "/validate_answer": {
                "post": _route(
                    "Check an answer",
                    requestBody={"required": True, "content": {"application/json": {"schema": _TO_CHECK}}},
                    errors=f"{refused} 422",
                )
            },
            "/undo": {
                "post": _route(
                    "Take an answer back",
                    requestBody=_body(["_task_hash"], session_id=_SESSION, _task_hash=_HASH, _event_id=_EVENT_ID),
                    errors=f"{refused} 409",
                )
            },
            "/progress": {"get": _route("How far it is", parameters=[session_query], errors=refused)},
            "/history": {"get": _route("Latest answers", parameters=[session_query, limit], errors=refused)},
            "/logout": {"post": _route("Sign out: the cookie ends, here and for whoever has a copy", errors="403 503")},
            "/event/{name}": {
                "post": _route("Call a recipe's hook", parameters=[name], requestBody=_body([]), errors=refused)
            },
            "/media/{media_id}": {"get": _route("A file by its id", parameters=[media_id], errors="404")},
            "/peaks/{media_id}": {
                "get": _route("The waveform of a recording", parameters=[media_id, *stretch], errors="400 404 415")
            },
            "/health": {"get": _route("Whether the server is there")},
            "/health/live": {"get": _route("Whether the server is there")},
            "/health/ready": {"get": _route("Whether answers can be taken", errors="503")},
            "/metrics": {"get": _route("Numbers for Prometheus", errors="403")},
            "/version": {"get": _route("Which version answers")},
            "/dashboard/data": {"get": _route("The numbers of the dashboard, for admins", errors="403")},
        },
        "components": {
            "schemas": {
                "Problem": {
                    "type": "object",
                    "required": ["error", "detail", "path"],
                    "properties": {key: {"type": "string"} for key in ("error", "detail", "path")},
                }
            }
        },
    }
