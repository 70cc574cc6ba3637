"""The floor: the least a durable annotation server must do, one SQLite commit a batch, and nothing else."""

import itertools
import sqlite3
import sys
import threading
from pathlib import Path

import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


def make_app(file: Path) -> Starlette:
    """Hand out numbered texts, and store what comes back."""
    connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    connection.execute("pragma journal_mode=wal")
    connection.execute("pragma synchronous=full")
    connection.execute("create table answers(seq integer primary key, event_id text unique, content text) strict")
    lock, numbers = threading.Lock(), itertools.count()

    def store(answers: list[dict[str, object]]) -> None:
        with lock:
            connection.execute("begin immediate")
            rows = [(answer["_event_id"], orjson.dumps(answer).decode()) for answer in answers]
            connection.executemany("insert into answers(event_id, content) values (?, ?)", rows)
            connection.execute("commit")

    async def questions(request: Request) -> Response:
        await request.body()
        tasks = [{"text": f"text {next(numbers)}", "_task_hash": next(numbers)} for _ in range(10)]
        return Response(orjson.dumps({"tasks": tasks}), media_type="application/json")

    async def give(request: Request) -> Response:
        body = orjson.loads(await request.body())
        await run_in_threadpool(store, body["answers"])
        return Response(b"{}", media_type="application/json")

    routes = [
        Route("/get_session_questions", questions, methods=["POST"]),
        Route("/give_answers", give, methods=["POST"]),
    ]
    return Starlette(routes=routes)


if __name__ == "__main__":
    uvicorn.run(make_app(Path(sys.argv[1])), port=int(sys.argv[2]), log_config=None, access_log=False)
