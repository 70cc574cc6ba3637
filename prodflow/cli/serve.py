"""Start a recipe from Python as from the command line."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prodflow.core import registry
from prodflow.core.errors import SettingError

if TYPE_CHECKING:
    from prodflow.recipes.recipe import Recipe
    from prodflow.session.controller import Controller


def serve(command: str, *args: Any, **config: Any) -> None:
    """Start a recipe's server; returns when the server stops.

    Args:
        command: a recipe's command line without `prodflow`, e.g. `"mark my_set ./photos --view-id image"`; a recipe
            of this program needs no `-F`.
        args: where the command is only a name: values of the recipe's arguments, in the order of its function; else
            further words of the command.
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

    words = files_first(shlex.split(command))
    while words[:1] == ["-F"]:
        load_files([Path(name) for name in words[1:2]])
        words = words[2:]
    if not words:
        raise SettingError("serve: the command is empty; give a recipe and its arguments")
    recipe = registry.recipes.get(words[0])
    if len(words) == 1 and args and not any(_is_option(value) for value in args):
        return controller_of(recipe, recipe(**_by_place(recipe, args)), config)
    try:
        given = dict(recipe_command(recipe).make_context(words[0], [*words[1:], *map(str, args)]).params)
    except click.ClickException as error:
        raise SettingError(f"serve: {words[0]}: {error.format_message()}") from error
    chosen = {name: given.pop(name) for name in SERVER_OPTIONS if name not in recipe.parameters and name in given}
    overrides = {key: value for key, value in chosen.items() if value is not None} | config
    return controller_of(recipe, recipe(**given), overrides)


def _is_option(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("-") and value != "-"


def _by_place(recipe: "Recipe", values: tuple[Any, ...]) -> dict[str, Any]:
    """The arguments of a recipe from values in the order of its function; options without a default are None."""
    if len(values) > len(recipe.parameters):
        raise SettingError(f"serve: {recipe.name}: {len(values)} values for {len(recipe.parameters)} arguments")
    given = dict(zip(recipe.parameters, values))
    for name, parameter in recipe.parameters.items():
        if name in given or parameter.default is not parameter.empty:
            continue
        argument = recipe.arguments[name]
        if not argument.optional:
            raise SettingError(f"serve: {recipe.name}: {name} is missing")
        given[name] = False if argument.style == "flag" else None
    return given
