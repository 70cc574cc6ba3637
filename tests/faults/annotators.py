"""Annotators in a process of their own: `annotators.py ADDRESS FOLDER NAME:HABIT ...`.

Each behaves as the app does on a bad day, until there is nothing more to do: an event id is made before the first try,
and an answer is sent again until it is acknowledged. What was acknowledged goes to FOLDER/NAME.txt. While the file
FOLDER/hurry is not there, they take their time.
"""

import asyncio
import json
import random
import sys
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2

BATCH = 20
HABITS = ("quick", "slow", "refreshes", "drops", "doubles")


class Annotator:
    """One annotator with a habit."""

    def __init__(self, address: str, folder: Path, name: str, habit: str) -> None:
        self.address = address
        self.folder = folder
        self.session_id = f"load-{name}"
        self.habit = habit
        self.rng = random.Random(name)
        self.acknowledged = (folder / f"{name}.txt").open("w", encoding="utf-8", buffering=1)
        self.client = httpx2.AsyncClient(base_url=address, timeout=20)

    async def work(self) -> None:
        """Ask and answer until nothing comes any more, and nothing can come: all have said so for a while."""
        idle = 0
        while idle < 3:
            tasks = await self.ask()
            if self.habit == "refreshes" and tasks and self.rng.random() < 0.5:
                again = await self.ask()
                missing = {task["_task_hash"] for task in tasks} - {task["_task_hash"] for task in again}
                assert not missing, f"a refresh lost {len(missing)} tasks"
            idle = 0 if tasks else idle + self.in_a_hurry()
            if not tasks:
                await asyncio.sleep(0.3)
            for start in range(0, len(tasks), 5):
                await self.pause()
                await self.answer(tasks[start : start + 5])
        await self.client.aclose()
        self.acknowledged.close()

    def in_a_hurry(self) -> bool:
        return (self.folder / "hurry").exists()

    async def pause(self) -> None:
        if not self.in_a_hurry():
            slowness = 1.5 if self.habit == "slow" else 0.15
            await asyncio.sleep(self.rng.uniform(0, slowness))

    async def ask(self) -> list[dict[str, Any]]:
        reply = await self.send("get_session_questions", {"session_id": self.session_id, "n": BATCH})
        tasks: list[dict[str, Any]] = reply["tasks"]
        assert len({task["_task_hash"] for task in tasks}) == len(tasks), "a task came twice in a batch"
        return tasks

    async def answer(self, tasks: list[dict[str, Any]]) -> None:
        answers = [
            {"_task_hash": task["_task_hash"], "answer": "accept", "_event_id": str(uuid.uuid4())} for task in tasks
        ]
        body = {"session_id": self.session_id, "answers": answers}
        if self.habit == "drops" and self.rng.random() < 0.4:
            await self.drop("give_answers", body, whole=self.rng.random() < 0.5)
        if self.habit == "doubles" and self.rng.random() < 0.5:
            await asyncio.gather(self.send("give_answers", body), self.send("give_answers", body))
        await self.send("give_answers", body)
        for answer in answers:
            self.acknowledged.write(f"{answer['_event_id']} {answer['_task_hash']}\n")

    async def send(self, route: str, body: dict[str, Any]) -> Any:
        """Send until there is an answer; the server may be away for a while."""
        while True:
            try:
                reply = await self.client.post(route, json=body)
            except httpx2.TransportError:
                await asyncio.sleep(0.05)
                continue
            if reply.status_code == 503:
                await asyncio.sleep(0.05)
                continue
            assert reply.status_code == 200, (route, reply.status_code, reply.text)
            return reply.json()

    async def drop(self, route: str, body: dict[str, Any], *, whole: bool) -> None:
        """Send, and hang up: in the middle of the body, or before the answer comes."""
        place, data = urlsplit(self.address), json.dumps(body).encode()
        head = f"POST /{route} HTTP/1.1\r\nHost: {place.netloc}\r\nContent-Length: {len(data)}\r\n\r\n".encode()
        try:
            _, writer = await asyncio.open_connection(place.hostname, place.port)
            writer.write(head + (data if whole else data[: len(data) // 2]))
            await writer.drain()
            writer.transport.abort()
        except OSError:
            return  # the server is away


async def main(address: str, folder: Path, who: list[str]) -> None:
    """Let all of them work, and fail with the first that meets what must not be."""
    async with asyncio.TaskGroup() as group:
        for word in who:
            name, _, habit = word.partition(":")
            group.create_task(Annotator(address, folder, name, habit).work())


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:]))
