"""Write docs/reference from signatures, docstrings, the commands' own help and the default configuration."""

import inspect
import re
import sys
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_type_hints

REFERENCE = Path(__file__).parent / "reference"
NOTE = "<!-- Written by `make docs` from the code: do not edit. -->\n"

CONFIGURATION = {
    "host": "Address to listen on. Loopback is open; any other address needs a token.",
    "port": "Port to listen on.",
    "batch_size": "Tasks the web app asks for at once.",
    "feed_overlap": "Give every task to every session (true), or each task to one session only (false).",
    "annotations_per_task": "Give each task to about this many sessions; takes the place of `feed_overlap`.",
    "allowed_hosts": "Host names the server answers to; by default loopback's on loopback, any elsewhere.",
    "allowed_sessions": "Session names that may be used, separated by commas; all if not set.",
    "exclude_by": '`"task"`: leave out questions answered before; `"input"`: leave out data seen before.',
    "auto_exclude_current": "Leave out what the dataset has already.",
    "total_examples_target": "The number of answers that counts as 100 % progress; 0 goes by the source.",
    "lease_s": "Seconds after which a task that was given out and not answered goes to somebody else.",
    "drop_open_tasks": "Ask no open tasks of earlier runs that had another source, other labels or another view.",
    "work_stealing": "Let others have a task whose time ran out, as far as the router allows; false: it waits.",
    "max_waiting": "Tasks that may wait for annotators who do not ask, before no more of the source are read.",
    "fresh_sessions": "Start over each time the page is loaded: a new session that nobody named, for demos.",
    "keep_base64": "Store data URIs of media as they are, not the path they came from.",
    "validate": "Check the settings before the server starts, and each task against what its view needs.",
    "show_stats": "Show counts of answers in the sidebar.",
    "instructions": "What the app shows on demand: HTML, or a file that ends in .html, .txt or .md.",
    "store": "Folder of the store; `store` in the home folder if not set.",
    "logging": '`"basic"` or `"verbose"`.',
    "log_format": '`"json"`: the server writes its log as JSON, a line for each request too; else `"text"`.',
    "exit_patience_s": "Seconds that a server told to stop waits for the recipe's `update` and `on_exit`.",
    "token": "What an admin has to show; made of the store's key if not set, and printed at the start.",
    "require_login": "Whether visitors show who they are; by default everywhere but on loopback without a proxy.",
    "url_sessions": "Whether `?session=` may name any session; by default without a login, and for admins.",
    "root_path": "The path that a proxy serves the app under, such as `/annotate`.",
    "trusted_proxies": "Addresses or networks of proxies whose forwarded headers count, separated by commas.",
    "media_roots": "Folders whose media may be shown beside the source's own, in place of the one started from.",
    "private_networks": 'Private networks that URLs in data may lead to, separated by commas, or "all".',
    "oidc": "An OpenID Connect provider whose users may sign in: see *Invite annotators*.",
    "public_url": "Where browsers find the app; links are made of it.",
}


def pages() -> dict[str, str]:
    """Return the text of every page by its file name."""
    from prodflow.core import registry

    return {
        "operators.md": registered("Operators", OPERATORS, registry.operators),
        "loaders.md": registered("Loaders", LOADERS, registry.loaders),
        "routers.md": registered("Routers", ROUTERS, registry.routers),
        "models.md": registered("Models", MODELS, registry.models),
        "recipes.md": registered("Recipes", RECIPES, registry.recipes),
        "python.md": public_names(),
        "commands.md": commands(),
        "configuration.md": configuration(),
        "errors.md": errors(),
        "prodigy.md": prodigy_names(),
    }


OPERATORS = """\
Call an operator with a stream and it runs; with settings only, and it declares a stage to join with `|`.
Each is a command of the same name too (`prodflow filter-empty --key text`), from JSON lines to JSON lines.
A *stateless* operator takes `on_error="skip"` or `"quarantine"`."""
LOADERS = """\
A loader starts a stream. It is guessed from the ending of a file's name, or named with `--loader`.
All take `on_error=` where the text says so, and read `.gz` and `.zst` files as they are."""
ROUTERS = "A router says who is asked a task: `router(controller, session_id, task)` gives session ids."
MODELS = "A model scores a stream and learns from answers: `model(stream)` and `model.update(answers)`."
RECIPES = "A recipe returns the parts of an annotation app; `prodflow NAME` serves it."


def registered(title: str, words: str, names: Any) -> str:
    """A page with a section for each name of a registry."""
    sections = [section(name, names.get(name)) for name in names]
    return "\n".join([NOTE, f"# {title}\n", f"{words}\n", *sections])


def section(name: str, thing: Any) -> str:
    """One object: its signature, its docstring, and what the framework knows about it."""
    function = getattr(thing, "function", thing)
    called = name if name.isidentifier() else function.__name__
    lines = [f"## {name}\n", "```python", signature(called, function), "```\n"]
    lines.append(markdown(inspect.getdoc(thing) or ""))
    if getattr(thing, "stateless", False):
        lines.append("Stateless.\n")
    if extensions := getattr(thing, "extensions", ()):
        lines.append(f"Guessed from: {', '.join(f'`.{ending}`' for ending in extensions)}.\n")
    return "\n".join(lines)


def signature(name: str, function: Any) -> str:
    """`name(parameters) -> type`, a line for each parameter where one line would be long."""
    if inspect.isclass(function) and issubclass(function, Exception):
        return name
    found = inspect.signature(function)
    hints = plain_hints(function)
    shown = [
        parameter.replace(annotation=hints[key]) if "Annotated" in str(parameter.annotation) else parameter
        for key, parameter in found.parameters.items()
        if key != "self" and "Hidden" not in str(parameter.annotation)
    ]
    text = f"{name}{found.replace(parameters=shown)}"
    text = re.sub(r"\b(collections\.abc|typing|pathlib|prodflow(\.\w+)+)\.(?=[A-Z])", "", text)
    text = re.sub(r"Optional\[((?:[^\[\]]|\[[^\[\]]*\])*)\]", r"\1 | None", text)
    text = re.sub(r"(Itera(?:ble|tor))\[dict\[str, Any\]", r"\1[Task", text)
    text = re.sub(r"(\[|\| )tuple\[float, dict\[str, Any\]\]", r"\1Scored", text)
    text = re.sub(r"<(?:function|class) '?(?:[\w.]*\.)?(\w+)'?[^>]*>", r"\1", text)
    if len(text) <= 100:
        return text
    head, _, rest = text.partition("(")
    inside, _, tail = rest.rpartition(")")
    lines = "".join(f"    {parameter},\n" for parameter in split(inside))
    return f"{head}(\n{lines}){tail}"


def plain_hints(function: Any) -> dict[str, Any]:
    """The annotations without what only the framework reads in them."""
    return get_type_hints(function.__init__ if inspect.isclass(function) else function)


def split(parameters: str) -> list[str]:
    """Split at the commas that are not inside brackets."""
    parts, depth = [""], 0
    for letter in parameters:
        depth += (letter in "([{") - (letter in ")]}")
        if letter == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts]


SECTION = re.compile(r"^(Args|Raises|Returns|Yields|Attributes):$")


def markdown(docstring: str) -> str:
    """A Google docstring as Markdown: lists for its sections, fences for its examples."""
    return "\n".join(_lines(docstring)).replace("\n\n\n", "\n\n")


def _lines(docstring: str) -> Iterator[str]:
    for paragraph in re.split(r"\n\s*\n", docstring.strip()):
        head, _, body = paragraph.partition("\n")
        if SECTION.match(head):
            yield f"**{head[:-1]}**\n"
            yield from _entries(textwrap.dedent(body))
        elif paragraph.startswith(">>>"):
            yield f"```pycon\n{paragraph}\n```"
        elif paragraph.startswith("    "):
            yield f"```text\n{textwrap.dedent(paragraph)}\n```"
        else:
            yield paragraph
        yield ""


def _entries(body: str) -> Iterator[str]:
    """The entries of a section, `name: meaning`, each with its indented lines."""
    for entry in re.split(r"\n(?=\S)", body):
        words = " ".join(line.strip() for line in entry.splitlines())
        name, colon, meaning = words.partition(": ")
        yield f"- `{name}`: {meaning}" if colon and re.fullmatch(r"[\w*, .\[\]|]+", name) else f"- {words}"


def public_names() -> str:
    """The names of `prodflow` itself."""
    import prodflow

    sections = []
    for name in prodflow.__all__:
        thing = getattr(prodflow, name)
        if callable(thing):
            sections.append(section(name, thing) + methods(thing))
    words = "The names that `import prodflow` gives; each is loaded on first use."
    return "\n".join([NOTE, "# Python\n", f"{words}\n", *sections])


def methods(thing: Any) -> str:
    """The public methods and properties that a class defines itself, a line each."""
    if not inspect.isclass(thing) or issubclass(thing, Exception):
        return ""
    rows = []
    for name, member in vars(thing).items():
        if name.startswith("_") or not (doc := inspect.getdoc(member)):
            continue
        if isinstance(member, property):
            rows.append(f"- `.{name}`: {doc.splitlines()[0]}")
        elif callable(member) or isinstance(member, classmethod):
            parameters = list(inspect.signature(getattr(thing, name)).parameters.values())
            names = ", ".join(str(p.replace(annotation=p.empty)) for p in parameters if p.name != "self")
            rows.append(f"- `.{name}({names})`: {doc.splitlines()[0]}")
    return "\n".join(["", *rows, ""]) if rows else ""


def commands() -> str:
    """The commands, as they explain themselves with `--help`."""
    import click

    from prodflow.cli import main as module

    group = next(value for value in vars(module).values() if isinstance(value, click.Group))
    context = click.Context(
        group, info_name="prodflow", terminal_width=100, help_option_names=group.context_settings["help_option_names"]
    )
    lines = [NOTE, "# Commands\n", "```text", group.get_help(context), "```\n"]
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None or command.hidden:
            continue
        inner = click.Context(command, info_name=name, parent=context, terminal_width=100)
        lines += [f"## prodflow {name}\n", "```text", command.get_help(inner), "```\n"]
    return "\n".join(lines)


def configuration() -> str:
    """Every key that prodflow reads."""
    from prodflow.core import config

    rows = [f"| `{key}` | `{default!r}` | {CONFIGURATION[key]} |" for key, default in sorted(config.DEFAULTS.items())]
    return "\n".join(
        [
            NOTE,
            "# Configuration\n",
            markdown(inspect.getdoc(config) or ""),
            "Keys of recipes and of your own go through to the web app.\n",
            "| key | default | meaning |",
            "|---|---|---|",
            *rows,
            "",
        ]
    )


def errors() -> str:
    """The tree of errors."""
    from prodflow.core import errors as module

    found: Mapping[str, type[module.ProdflowError]] = {
        name: value
        for name, value in vars(module).items()
        if inspect.isclass(value) and issubclass(value, module.ProdflowError)
    }
    rows = [f"| `{name}` | {kind.exit_code} | {_first_line(kind)} |" for name, kind in found.items()]
    table = ["| error | exit code | meaning |", "|---|---|---|", *rows, ""]
    return "\n".join([NOTE, "# Errors\n", markdown(inspect.getdoc(module) or ""), *table])


PRODIGY = """\
What programs written for Prodigy find under its names, where prodflow stands in for it: see
[bring recipes from Prodigy](../how-to/bring-prodigy-recipes.md). What is not listed is not there: importing it says
so."""


def prodigy_names() -> str:
    """What stands in place of each of Prodigy's names."""
    from prodflow.compat.names import MODULES

    lines = [NOTE, "# Names of Prodigy\n", f"{PRODIGY}\n"]
    for module, names in MODULES.items():
        if names:
            rows = [f"| `{name}` | {_stand_in(place)} |" for name, place in sorted(names.items())]
            lines += [f"## {module}\n", "| name | in prodflow |", "|---|---|", *rows, ""]
    return "\n".join(lines)


def _stand_in(place: str) -> str:
    module, _, name = place.partition(":")
    return f"the recipe `{name}`" if module == "recipe" else f"`{module}.{name}`"


def _first_line(thing: Any) -> str:
    return (inspect.getdoc(thing) or "").splitlines()[0]


def stale() -> list[str]:
    """The names of pages that are not what the code says now."""
    made = pages()
    found = {path.name: path.read_text(encoding="utf-8") for path in REFERENCE.glob("*.md")}
    return sorted(name for name in {*made, *found} if made.get(name) != found.get(name))


def main() -> None:
    """Write the pages, and remove those that are no longer made."""
    made = pages()
    REFERENCE.mkdir(exist_ok=True)
    for path in REFERENCE.glob("*.md"):
        if path.name not in made:
            path.unlink()
    for name, text in made.items():
        (REFERENCE / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        sys.exit(f"stale: {', '.join(names)}; run make docs" if (names := stale()) else 0)
    main()
