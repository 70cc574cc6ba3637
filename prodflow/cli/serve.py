"""Start a recipe from Python as from the command line."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prodflow.core import registry
from prodflow.core.errors import SettingError

if TYPE_CHECKING:
    from prodflow.session.controller import Controller


def serve(command: str, *args: Any, **config: Any) -> None:
    """Start a recipe's server; returns when the server stops.

    Args:
        command: a recipe's command line without `prodflow`, e.g. `"mark my_set ./photos --view-id image"`; a recipe
            of this program needs no `-F`.
        args: further arguments of the recipe, in their order.
        config: configuration over everything else, e.g. `port=9000`.

    Raises:
        SettingError: if there is no such recipe, or one of its arguments is wrong.
    """
    controller = prepare(command, *args, **config)
    if controller is not None:
        from prodflow.server.serve import run_server

        run_server(controller)


def prepare(command: str, *args: Any, **config: Any) -> "Controller | None":
    """Run a recipe and return its controller, not served yet; None where the recipe does all itself.

    The arguments are those of `serve`.

    Raises:
        SettingError: if there is no such recipe, or one of its arguments is wrong.
    """
    import click

    from prodflow.cli.main import files_first, load_files
    from prodflow.cli.recipes import SERVER_OPTIONS, controller_of, recipe_command

    words = files_first(shlex.split(command) + [str(value) for value in args])
    while words[:1] == ["-F"]:
        load_files([Path(name) for name in words[1:2]])
        words = words[2:]
    if not words:
        raise SettingError("serve: the command is empty; give a recipe and its arguments")
    recipe = registry.recipes.get(words[0])
    try:
        given = dict(recipe_command(recipe).make_context(words[0], words[1:]).params)
    except click.ClickException as error:
        raise SettingError(f"serve: {words[0]}: {error.format_message()}") from error
    chosen = {name: given.pop(name) for name in SERVER_OPTIONS if name not in recipe.parameters and name in given}
    overrides = {key: value for key, value in chosen.items() if value is not None} | config
    return controller_of(recipe, recipe(**given), overrides)
