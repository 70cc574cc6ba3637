"""The commands that train models on answers."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from prodflow.cli.table import echo_table
from prodflow.core.errors import SettingError

if TYPE_CHECKING:
    from prodflow.training.annotations import Component
    from prodflow.training.pipeline import Settings, Trained

F = TypeVar("F", bound=Callable[..., Any])

_COMPONENTS: tuple["Component", ...] = ("ner", "spancat", "textcat", "textcat_multilabel")
_STORE = click.option(
    "--store", type=click.Path(path_type=Path), help="The store's folder; by default the configured one."
)


def _text_options(command: F) -> F:
    """The datasets of each component, and how to train."""
    options = [
        *(
            click.option(
                f"--{name.replace('_', '-')}", name, help=f"Datasets for {name}, with commas; eval:NAME to measure on."
            )
            for name in _COMPONENTS
        ),
        click.option("--lang", default="en", show_default=True, help="The language of a new pipeline."),
        click.option("--base-model", help="A pipeline to go on from."),
        click.option("--eval-split", default=0.2, show_default=True, help="The share of texts kept to measure on."),
        click.option("--max-steps", default=1000, show_default=True, help="Batches to learn at most."),
        click.option("--seed", default=0, show_default=True, help="Of everything random."),
        click.option("--set", "overrides", multiple=True, metavar="PATH=VALUE", help="A setting of spaCy's own."),
        _STORE,
    ]
    for option in reversed(options):
        command = option(command)
    return command


def _datasets(given: dict[str, Any]) -> "dict[Component, list[str]]":
    return {name: [one.strip() for one in given[name].split(",") if one.strip()] for name in _COMPONENTS if given[name]}


def _settings(given: dict[str, Any]) -> "Settings":
    import orjson

    from prodflow.training.pipeline import Settings

    overrides: dict[str, Any] = {}
    for text in given["overrides"]:
        path, equals, value = text.partition("=")
        if not equals or "." not in path:
            raise click.UsageError(f"--set {text!r}: give PATH=VALUE, such as training.dropout=0.2")
        try:
            overrides[path] = orjson.loads(value)
        except orjson.JSONDecodeError:
            overrides[path] = value
    names = ("lang", "base_model", "eval_split", "max_steps", "seed")
    return Settings(**{name: given[name] for name in names}, overrides=overrides)


@click.command("train")
@click.argument("output", type=click.Path(path_type=Path), required=False)
@click.option("--image", help="Datasets of images, with commas: trains the image classifier instead.")
@click.option("--backbone", help="Where the features of images come from, such as timm:efficientnet_b0.")
@_text_options
def train_command(output: Path | None, image: str | None, backbone: str | None, **given: Any) -> None:
    """Train a model on the answers of datasets, and measure it on answers kept aside.

    Texts train a spaCy pipeline, saved in the folder OUTPUT as model-best; images the image classifier, saved in the
    file OUTPUT.
    """
    from prodflow.store.database import connect

    datasets = _datasets(given)
    if bool(datasets) == bool(image):
        raise click.UsageError("say what to learn: --image, or one or several of --ner, --spancat, --textcat …")
    with connect(given["store"]) as db:
        if image:
            _train_images(db, image, output, backbone, given)
            return
        from prodflow.training.pipeline import train

        trained = train(datasets, db=db, output=output, settings=_settings(given))
    _echo_scores(trained)
    if output is not None:
        click.echo(f"saved in {output / 'model-best'}", err=True)


def _train_images(db: Any, image: str, output: Path | None, backbone: str | None, given: dict[str, Any]) -> None:
    from prodflow.training.images import train_images

    names = [name.strip() for name in image.split(",") if name.strip()]
    trained = train_images(
        names, db=db, output=output, backbone=backbone, eval_split=given["eval_split"], seed=given["seed"]
    )
    echo_table(("component", "accuracy", "learnt", "measured"), [_row("image", trained.accuracy, trained)], _NUMBERS)
    if output is not None:
        click.echo(f"saved in {output}", err=True)


_NUMBERS = ("score", "accuracy", "learnt", "measured", "share")


def _row(name: str, score: float, trained: Any) -> list[object]:
    return [name, f"{score:.3f}", trained.train, trained.dev]


def _echo_scores(trained: "Trained") -> None:
    rows = [_row(name, score, trained) for name, score in trained.scores.items()]
    echo_table(("component", "score", "learnt", "measured"), rows, _NUMBERS)
    if trained.changed:
        click.echo(
            f"note: {trained.changed} answers contradict earlier ones to the same text; the later count", err=True
        )


@click.command("train-curve")
@_text_options
@click.option("--samples", default=4, show_default=True, help="How many shares: 4 for 25, 50, 75 and 100 %.")
@click.option("--plot", type=click.Path(path_type=Path), help="Draw the curve into this file (png, svg, pdf).")
def train_curve_command(samples: int, plot: Path | None, **given: Any) -> None:
    """Train on growing shares of the texts: a curve that still rises says that more answers will help."""
    from prodflow.store.database import connect
    from prodflow.training.pipeline import train_curve

    datasets = _datasets(given)
    if not datasets:
        raise click.UsageError("say what to learn: one or several of --ner, --spancat, --textcat …")
    if plot is not None and plot.suffix not in (".png", ".svg", ".pdf"):
        raise click.UsageError(f"--plot {plot}: name a .png, .svg or .pdf file")

    def report(share: float, trained: "Trained") -> None:
        click.echo(f"{share:.0%} of the texts: {trained.train} learnt", err=True)

    with connect(given["store"]) as db:
        points = train_curve(datasets, db=db, settings=_settings(given), samples=samples, report=report)
    rows = [
        [f"{share:.0%}", trained.train, *(f"{trained.scores[name]:.3f}" for name in datasets)]
        for share, trained in points
    ]
    echo_table(("share", "learnt", *datasets), rows, ("share", "learnt", *datasets))
    if plot is not None:
        _plot(plot, points, list(datasets))


def _plot(path: Path, points: "list[tuple[float, Trained]]", components: "list[Component]") -> None:
    try:
        from matplotlib.figure import Figure
    except ModuleNotFoundError as error:
        raise SettingError("--plot needs matplotlib: pip install matplotlib") from error
    figure = Figure(figsize=(6, 4), layout="constrained")
    axes = figure.subplots()
    for name in components:
        axes.plot(
            [trained.train for _, trained in points],
            [trained.scores[name] for _, trained in points],
            marker="o",
            label=name,
        )
    axes.set(xlabel="texts learnt from", ylabel="score on texts kept aside", ylim=(0, 1), xlim=(0, None))
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(path)


@click.command("data-to-spacy")
@click.argument("output", type=click.Path(path_type=Path))
@_text_options
def data_to_spacy_command(output: Path, **given: Any) -> None:
    """Write the answers of datasets as spaCy's training data: corpora, labels and a configuration for `spacy train`."""
    from prodflow.store.database import connect
    from prodflow.training.pipeline import data_to_spacy

    datasets = _datasets(given)
    if not datasets:
        raise click.UsageError("say what to write: one or several of --ner, --spancat, --textcat …")
    with connect(given["store"]) as db:
        found = data_to_spacy(output, datasets, db=db, settings=_settings(given))
    click.echo(f"wrote {len(found.train)} texts to learn from and {len(found.dev)} to measure on to {output}", err=True)
    click.echo(f"python -m spacy train {output / 'config.cfg'} --output {output / 'model'}")
