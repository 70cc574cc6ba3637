"""The main job on bundled images: by hand in the browser, or by a simulated annotator."""

import threading
import uuid
import webbrowser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from prodflow.core.config import get_home
from prodflow.core.errors import ProdflowError

DATASET = "demo"
SIMULATED = "demo-simulated"
CHECKED_EVERY = 20


@click.command("demo")
@click.option("--label", default="SANDAL", show_default=True, help="The label in question; several with commas.")
@click.option("--port", type=click.IntRange(0, 65535), help="The port to listen on; 0 takes a free one.  [8080]")
@click.option("--open/--no-open", "opened", default=True, help="Open the browser.")
@click.option("--simulate", type=click.IntRange(min=1), metavar="N", help="Give N answers from the known labels.")
def demo_command(label: str, port: int | None, opened: bool, simulate: int | None) -> None:
    """Annotate 4,000 bundled images of clothes while a PyTorch model learns from the answers."""
    from prodflow.samples import fashion_images

    folder = fashion_images(get_home() / "demo" / "train")
    if simulate:
        run_simulation(folder, label, simulate)
    else:
        _run_by_hand(folder, label, port, opened)


def _run_by_hand(folder: Path, label: str, port: int | None, opened: bool) -> None:
    from prodflow.recipes.image_teach import image_teach
    from prodflow.server.serve import run_server
    from prodflow.session.controller import Controller

    def announce(address: str) -> None:
        click.echo(f"Annotate at {address} (Ctrl-C stops)", err=True)
        click.echo("Query the answers from another terminal, also while this runs:", err=True)
        click.echo(f"  {_query(DATASET)}", err=True)
        if opened:
            threading.Thread(target=webbrowser.open, args=[address], daemon=True).start()

    overrides = {} if port is None else {"port": port}
    run_server(
        Controller.from_components("image.teach", image_teach(DATASET, folder, label=label), overrides),
        announce=announce,
    )


def run_simulation(folder: Path, label: str, count: int) -> None:
    """Answer `count` tasks over HTTP from the known labels, and print how the model's accuracy grows."""
    from prodflow.core import registry
    from prodflow.recipes.image_teach import ask_about, image_teach
    from prodflow.recipes.labels import get_labels
    from prodflow.samples import fashion_images, fashion_labels

    test = fashion_images(get_home() / "demo" / "test", split="test")
    known = fashion_labels()
    with registry.stores.get("default")() as database:
        database.drop_dataset(SIMULATED)
    components = image_teach(SIMULATED, folder, label=label)
    classifier = components["update"].__self__
    plain = ({"image": str(path), "meta": {"file": path.name}} for path in sorted(test.iterdir()))
    unseen = [{**task, **_decided(task, known)} for task in ask_about(plain, labels=get_labels(label))]
    click.echo("answers  accuracy on 1,000 unseen images")
    with _Served(components) as client:
        for number in _answered(client, known, count):
            if number % CHECKED_EVERY == 0 or number == count:
                click.echo(f"{number:7}  {classifier.accuracy(unseen):.3f}")
    click.echo(f"Look at them:  {_query(SIMULATED)}")


def _query(dataset: str) -> str:
    return f"""prodflow sql "select answer, count(*) from answers where dataset = '{dataset}' group by answer\""""


class _Served:
    """The real server in a thread, and an HTTP client of it."""

    def __init__(self, components: dict[str, Any]) -> None:
        self._components = components

    def __enter__(self) -> Any:
        import httpx2

        from prodflow.server.app import create_app
        from prodflow.server.process import Server
        from prodflow.server.serve import listen
        from prodflow.session.controller import Controller

        controller = Controller.from_components("image.teach", self._components, {"port": 0})
        listening = listen("127.0.0.1", 0)
        ready = threading.Event()
        self._server = Server(create_app(controller), ready.set)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listening]})
        self._thread.start()
        if not ready.wait(60):
            raise ProdflowError("demo: the server did not start within 60 s")
        self._client = httpx2.Client(base_url=f"http://127.0.0.1:{listening.getsockname()[1]}", timeout=60)
        return self._client

    def __exit__(self, *_: object) -> None:
        self._client.close()
        self._server.should_exit = True
        self._thread.join()


def _answered(client: Any, known: dict[str, str], count: int) -> Iterator[int]:
    """Answer as the app does, one by one; yield how many are answered."""
    done = 0
    while done < count:
        tasks = _ok(client.post("/get_session_questions", json={}))["tasks"]
        if not tasks:
            return
        for task in tasks[: count - done]:
            answer = {
                "_task_hash": task["_task_hash"],
                "_event_id": str(uuid.uuid4()),
                **_decided(task, known),
            }
            _ok(client.post("/give_answers", json={"answers": [answer]}))
            done += 1
            yield done


def _decided(task: dict[str, Any], known: dict[str, str]) -> dict[str, Any]:
    true = known[task["meta"]["file"]]
    if "options" not in task:
        return {"answer": "accept" if task["label"] == true else "reject"}
    offered = [option["id"] for option in task["options"]]
    return {"answer": "accept", "accept": [true]} if true in offered else {"answer": "reject", "accept": []}


def _ok(response: Any) -> Any:
    if response.status_code != 200:
        raise ProdflowError(f"demo: the server answered {response.status_code}: {response.text}")
    return response.json()
