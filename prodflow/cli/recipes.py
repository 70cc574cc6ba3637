"""Recipes as commands."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from prodflow.cli.arguments import RecipeCommand, parameter_of
from prodflow.cli.ndjson import quiet_on_broken_pipe
from prodflow.core.describe import summary_of
from prodflow.recipes.recipe import Recipe

if TYPE_CHECKING:
    from prodflow.session.controller import Controller

SERVER_OPTIONS = (
    *("host", "port", "batch_size", "feed_overlap", "annotations_per_task", "drop_open_tasks", "root_path"),
)


def recipe_command(recipe: Recipe) -> click.Command:
    """Return the command of a recipe: its arguments, and where to serve it."""
    params = [parameter_of(recipe.parameters[name], argument) for name, argument in recipe.arguments.items()]
    taken = {param.name for param in params}
    params += [option for option in _server_options() if option.name not in taken]

    def run(**given: Any) -> None:
        overrides = {
            name: given.pop(name) for name in SERVER_OPTIONS if name not in recipe.parameters and name in given
        }
        with quiet_on_broken_pipe():
            components = recipe(**given)
        serve_components(recipe, components, {key: value for key, value in overrides.items() if value is not None})

    return RecipeCommand(
        recipe,
        params,
        callback=run,
        help=_help_of(recipe),
        context_settings={"token_normalize_func": lambda word: word.replace("_", "-")},
    )


def serve_components(recipe: Recipe, components: Any, overrides: Mapping[str, Any]) -> None:
    """Serve what a recipe returned: its components, a controller, or nothing.

    Raises:
        SettingError: if it is none of these.
    """
    controller = controller_of(recipe, components, overrides)
    if controller is not None:
        from prodflow.server.serve import run_server

        run_server(controller)


def controller_of(recipe: Recipe, components: Any, overrides: Mapping[str, Any]) -> "Controller | None":
    """Return the controller of what a recipe returned; None where there is nothing to serve.

    Raises:
        SettingError: if it is neither components, nor a controller, nor nothing.
    """
    from prodflow.core.errors import SettingError
    from prodflow.session.controller import Controller

    if components is None or components is False:
        return None
    if isinstance(components, Mapping):
        return Controller.from_components(recipe.name, components, overrides)
    if not isinstance(components, Controller):
        raise SettingError(f"recipe {recipe.name}: it returned {components!r:.60}, not a dict of components")
    components.config.update(overrides)
    return components


def _help_of(recipe: Recipe) -> str:
    """The summary, and what the positional arguments are: click lists options only."""
    positional = {
        name.upper(): argument.help
        for name, argument in recipe.arguments.items()
        if argument.style == "positional" and argument.help
    }
    width = max(map(len, positional), default=0) + 2
    rows = [f"  {name:<{width}}{words}" for name, words in positional.items()]
    return "\n\n".join([summary_of(recipe.__doc__), *(["\b\nArguments:\n" + "\n".join(rows)] if rows else [])])


def _server_options() -> list[click.Option]:
    return [
        click.Option(
            ["--host"],
            help="The address to listen on; any but this machine's own asks for a token.  [127.0.0.1]",
        ),
        click.Option(
            ["--port"],
            type=click.IntRange(0, 65535),
            help="The port to listen on; 0 takes a free one.  [8080]",
        ),
        click.Option(
            ["--batch-size"],
            type=click.IntRange(1, 1000),
            help="How many tasks an annotator gets at once.  [10]",
        ),
        click.Option(["--feed-overlap/--no-feed-overlap"], default=None, help="Give every task to every annotator."),
        click.Option(
            ["--annotations-per-task"],
            type=click.FloatRange(1),
            help="Give each task to so many annotators on average.",
        ),
        click.Option(
            ["--drop-open-tasks"],
            is_flag=True,
            default=None,
            help="Ask no open tasks of earlier runs that had another source, other labels or another view.",
        ),
        click.Option(["--root-path"], help="The path that a proxy serves the app under, e.g. /annotate."),
    ]
