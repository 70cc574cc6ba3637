"""Annotators in a process of their own: `annotators.py ADDRESS FOLDER PAUSE_S NAME:HABIT ...`.

Each behaves as the app does on a bad day, until there is nothing more to do: an event id is made before the first try,
and an answer is sent again until it is acknowledged. What was acknowledged goes to FOLDER/NAME.txt. While the file
FOLDER/hurry is not there, they take their time: PAUSE_S for five answers, on average. They speak HTTP themselves: a
hundred clients of a library would need more of the machine than the server does.
"""

import asyncio
import json
import random
import sys
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

BATCH = 20
HABITS = {"quick": 0.4, "slow": 3.0, "refreshes": 0.5, "drops": 0.6, "doubles": 0.5}
"""How much of the pause each takes; they are as many of each."""


class Away(Exception):
    """The server is not there, or hung up."""


class Connection:
    """A connection to the server, kept open as a browser does and opened again when it is lost."""

    def __init__(self, address: str) -> None:
        self._place = urlsplit(address)
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, route: str, body: dict[str, Any]) -> tuple[int, bytes]:
        """Send JSON and return status and body of the reply."""
        try:
            async with asyncio.timeout(30):
                reader, writer = await self._open()
                writer.write(self._request(route, body))
                await writer.drain()
                head = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")
                headers = dict(line.lower().split(b": ", 1) for line in head[1:] if line)
                reply = await reader.readexactly(int(headers[b"content-length"]))
        except (OSError, EOFError, TimeoutError) as error:
            self.close()
            raise Away from error
        except asyncio.CancelledError:
            self.close()
            raise
        return int(head[0].split()[1]), reply

    async def drop(self, route: str, body: dict[str, Any], *, whole: bool) -> None:
        """Send, and hang up: in the middle of the body, or before the answer comes."""
        request = self._request(route, body)
        try:
            _, writer = await self._open()
            writer.write(request if whole else request[: -len(request) // 3])
            await writer.drain()
        except OSError:
            return  # the server is away
        finally:
            self.close()

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._streams is None:
            self._streams = await asyncio.open_connection(self._place.hostname, self._place.port, limit=2**20)
        return self._streams

    def _request(self, route: str, body: dict[str, Any]) -> bytes:
        data = json.dumps(body).encode()
        return (
            f"POST /{route} HTTP/1.1\r\nHost: {self._place.netloc}\r\nContent-Length: {len(data)}\r\n\r\n".encode()
            + data
        )

    def close(self) -> None:
        """Hang up, with whatever is on its way."""
        if self._streams is not None:
            self._streams[1].transport.abort()
            self._streams = None


class Annotator:
    """One annotator with a habit."""

    def __init__(self, address: str, folder: Path, pause_s: float, name: str, habit: str) -> None:
        self.address = address
        self.folder = folder
        self.session_id = f"load-{name}"
        self.habit = habit
        self.pause_s = 2 * pause_s * HABITS[habit]
        self.rng = random.Random(name)
        self.acknowledged = (folder / f"{name}.txt").open("w", encoding="utf-8", buffering=1)
        self.answered: set[int] = set()
        self.connection = Connection(address)

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
        self.connection.close()
        self.acknowledged.close()

    def in_a_hurry(self) -> bool:
        return (self.folder / "hurry").exists()

    async def pause(self) -> None:
        """Take time, but not beyond the moment when it has to hurry."""
        end = asyncio.get_running_loop().time() + self.rng.uniform(0, self.pause_s)
        while (left := end - asyncio.get_running_loop().time()) > 0 and not self.in_a_hurry():
            await asyncio.sleep(min(left, 1.0))

    async def ask(self) -> list[dict[str, Any]]:
        reply = await self.send("get_session_questions", {"session_id": self.session_id, "n": BATCH})
        tasks: list[dict[str, Any]] = reply["tasks"]
        hashes = {task["_task_hash"] for task in tasks}
        assert len(hashes) == len(tasks), "a task came twice in a batch"
        assert not hashes & self.answered, "what was answered and acknowledged came again"
        return tasks

    async def answer(self, tasks: list[dict[str, Any]]) -> None:
        answers = [
            {"_task_hash": task["_task_hash"], "answer": "accept", "_event_id": str(uuid.uuid4())} for task in tasks
        ]
        body = {"session_id": self.session_id, "answers": answers}
        if self.habit == "drops" and self.rng.random() < 0.4:
            await self.connection.drop("give_answers", body, whole=self.rng.random() < 0.5)
        if self.habit == "doubles" and self.rng.random() < 0.5:
            await asyncio.gather(self.send_once("give_answers", body), self.send("give_answers", body))
        await self.send("give_answers", body)
        for answer in answers:
            self.answered.add(answer["_task_hash"])
            self.acknowledged.write(f"{answer['_event_id']} {answer['_task_hash']}\n")

    async def send_once(self, route: str, body: dict[str, Any]) -> None:
        """Send on a connection of its own, beside the other, and take what comes."""
        beside = Connection(self.address)
        try:
            status, _ = await beside.post(route, body)
            assert status in (200, 503), (route, status)
        except Away:
            return
        finally:
            beside.close()

    async def send(self, route: str, body: dict[str, Any]) -> Any:
        """Send until there is an answer; the server may be away for a while."""
        while True:
            try:
                status, reply = await self.connection.post(route, body)
            except Away:
                status = 503
            if status == 503:
                await asyncio.sleep(0.2)
                continue
            assert status == 200, (route, status, reply)
            return json.loads(reply)


async def main(address: str, folder: Path, pause_s: float, who: list[str]) -> None:
    """Let all of them work, and fail with the first that meets what must not be."""
    async with asyncio.TaskGroup() as group:
        for word in who:
            name, _, habit = word.partition(":")
            group.create_task(Annotator(address, folder, pause_s, name, habit).work())


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), float(sys.argv[3]), sys.argv[4:]))
