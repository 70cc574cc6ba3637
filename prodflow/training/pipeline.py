"""Training a spaCy pipeline on the answers of datasets, with spaCy's own configuration and loop."""

import contextlib
import random
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from prodflow.core.errors import SettingError
from prodflow.core.extras import needs_extra
from prodflow.core.language import load_language
from prodflow.store.database import Database
from prodflow.training.annotations import Annotations, Component, labels_of, read_annotations
from prodflow.training.documents import SPANS_KEY, WRONG_KEY, make_documents

_SCORES = {
    "ner": "ents_f",
    "spancat": f"spans_{SPANS_KEY}_f",
    "textcat": "cats_score",
    "textcat_multilabel": "cats_score",
}
_OWN_TOK2VEC = {
    "@architectures": "spacy.HashEmbedCNN.v2",
    "pretrained_vectors": None,
    "width": 96,
    "depth": 4,
    "embed_size": 2000,
    "window_size": 1,
    "maxout_pieces": 3,
    "subword_features": True,
}
_MAX_STEPS = 1000
_EVAL_EVERY = 50

Datasets = Mapping[Component, Sequence[str]]


@dataclass(frozen=True)
class Settings:
    """How a pipeline is trained.

    Args:
        lang: the language of a new pipeline.
        base_model: a pipeline whose components are trained further; those that are not named stay as they are.
        eval_split: the share of texts set aside to measure on, where no `eval:` dataset is given.
        max_steps: batches to learn at most; it stops before when the score grows no more.
        seed: of everything random.
        overrides: spaCy's own settings by dotted path, such as `{"training.dropout": 0.2}`.
    """

    lang: str = "en"
    base_model: str | None = None
    eval_split: float = 0.2
    max_steps: int = _MAX_STEPS
    seed: int = 0
    overrides: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Trained:
    """A trained pipeline.

    Args:
        nlp: the pipeline with the weights of its best score.
        scores: by component, its score on texts it has not learnt from, in [0, 1].
        train: how many texts it learnt from.
        dev: how many it was measured on.
        changed: how many answers contradict earlier ones to the same text; the later ones count.
    """

    nlp: Any
    scores: dict[str, float]
    train: int
    dev: int
    changed: int


def data_to_spacy(output: Path, datasets: Datasets, *, db: Database, settings: Settings | None = None) -> Annotations:
    """Write what `spacy train` needs: `train.spacy`, `dev.spacy`, `config.cfg` and the labels.

    Args:
        output: a folder; it is made.
        datasets: for each of ner, spancat, textcat, textcat_multilabel the datasets to learn it from; `eval:name` is
            one to measure on.
        db: the store.
        settings: how to train.

    Raises:
        UnknownNameError: if there is no such dataset.
        SettingError: if there is too little to learn from, spaCy is missing, or a setting is wrong.
    """
    wanted = settings or Settings()
    found = read_annotations(db, datasets, eval_split=wanted.eval_split)
    _write(output, found, list(datasets), wanted)
    return found


def train(
    datasets: Datasets, *, db: Database, output: Path | None = None, settings: Settings | None = None, log: Any = None
) -> Trained:
    """Train a pipeline on the answers of datasets.

    Args:
        datasets: as for `data_to_spacy`.
        db: the store.
        output: where the pipeline goes, as `model-best` and `model-last`; nowhere if not given.
        settings: how to train.
        log: a text file that spaCy's progress is written to; standard error if not given.

    Raises:
        UnknownNameError: if there is no such dataset.
        SettingError: if there is too little to learn from, spaCy is missing, or a setting is wrong.
    """
    wanted = settings or Settings()
    found = read_annotations(db, datasets, eval_split=wanted.eval_split)
    return train_on(found, list(datasets), output=output, settings=wanted, log=log)


def train_on(
    found: Annotations,
    components: Sequence[Component],
    *,
    output: Path | None = None,
    settings: Settings | None = None,
    log: Any = None,
) -> Trained:
    """Train a pipeline on annotations that were read before; see `train`."""
    with tempfile.TemporaryDirectory(prefix="prodflow-train-") as temporary:
        corpus = Path(temporary, "corpus")
        config = _write(corpus, found, components, settings or Settings())
        folder = output or Path(temporary, "model")
        _run(config, folder, sys.stderr if log is None else log)
        nlp = load_language("train", folder / "model-best", shared=False)
        scores = _scores(nlp, components, corpus / "dev.spacy")
    return Trained(nlp, scores, len(found.train), len(found.dev), found.changed)


def train_curve(
    datasets: Datasets,
    *,
    db: Database,
    settings: Settings | None = None,
    samples: int = 4,
    report: Callable[[float, Trained], None] | None = None,
) -> list[tuple[float, Trained]]:
    """Train on growing shares of the texts, measured on the same texts each time: does it pay to annotate more?

    Args:
        datasets: as for `data_to_spacy`.
        db: the store.
        settings: how to train.
        samples: how many shares: 4 for 25 %, 50 %, 75 % and 100 %.
        report: called with each share and what was trained on it.

    Raises:
        SettingError: as `train`, or if there are fewer texts than samples.
    """
    wanted = settings or Settings()
    found = read_annotations(db, datasets, eval_split=wanted.eval_split)
    if not 1 <= samples <= len(found.train):
        raise SettingError(f"train-curve: samples={samples!r} is no number from 1 to {len(found.train)}, the texts")
    mixed = random.Random(wanted.seed).sample(found.train, len(found.train))
    points = []
    for number in range(1, samples + 1):
        share = number / samples
        part = Annotations(mixed[: round(len(mixed) * share)], found.dev, found.changed)
        trained = train_on(part, list(datasets), settings=wanted, log=_Silent())
        points.append((share, trained))
        if report is not None:
            report(share, trained)
    return points


class _Silent:
    """A text file that keeps nothing."""

    def write(self, text: str) -> int:
        return len(text)

    def flush(self) -> None:
        pass


def _write(output: Path, found: Annotations, components: Sequence[Component], settings: Settings) -> Any:
    """Write corpora, labels and configuration; return the configuration with the paths in it."""
    with needs_extra("spacy", "training text components"):
        from spacy.tokens import DocBin
    for component in components:
        _check_labels(found, component)
    nlp = load_language("train", settings.base_model or f"blank:{settings.lang}")
    config = _configuration(components, settings)
    (output / "labels").mkdir(parents=True, exist_ok=True)
    for name, annotations in (("train", found.train), ("dev", found.dev)):
        path = output / f"{name}.spacy"
        DocBin(docs=make_documents(nlp, annotations), store_user_data=True).to_disk(path)
        config["paths"][name] = str(path)
    for component in components:
        labels = labels_of([*found.train, *found.dev], component)
        (output / "labels" / f"{component}.json").write_bytes(orjson.dumps(labels, option=orjson.OPT_INDENT_2))
    config.to_disk(output / "config.cfg")
    return config


def _check_labels(found: Annotations, component: Component) -> None:
    labels = labels_of(found.train, component)
    if not labels:
        raise SettingError(f"train: the answers hold nothing to learn {component} from")
    if component == "textcat" and len(labels) < 2:
        raise SettingError(
            f"train: textcat chooses one of several labels, and there is only {labels[0]!r}; use textcat-multilabel"
        )


def _configuration(components: Sequence[Component], settings: Settings) -> Any:
    """SpaCy's recommended configuration for the components, on a CPU."""
    from spacy.cli.init_config import init_config
    from spacy.util import dot_to_object

    try:
        config = init_config(lang=settings.lang, pipeline=list(components), silent=True)
    except (ImportError, ValueError) as error:
        raise SettingError(f"train: no pipeline for lang={settings.lang!r}: {' '.join(str(error).split())}") from error
    if "ner" in components:
        config["components"]["ner"]["incorrect_spans_key"] = WRONG_KEY
    if "spancat" in components:
        config["components"]["spancat"]["spans_key"] = SPANS_KEY
    if settings.base_model is not None:
        _start_from(config, components, settings.base_model)
    config["training"] |= {
        "max_steps": settings.max_steps,
        "eval_frequency": min(_EVAL_EVERY, settings.max_steps),
        "patience": max(settings.max_steps // 3, 4 * _EVAL_EVERY),
        "seed": settings.seed,
    }
    for path, value in (settings.overrides or {}).items():
        section, _, key = path.rpartition(".")
        try:
            dot_to_object(config, section)[key] = value
        except (KeyError, TypeError) as error:
            raise SettingError(f"train: spaCy's configuration has no {path!r}") from error
    return config


def _start_from(config: Any, components: Sequence[Component], base_model: str) -> None:
    """Take the components of a base model: those that are trained go on from where they are, the others stay."""
    base = load_language("train", base_model)
    config["nlp"]["lang"] = base.lang
    frozen = [name for name in base.pipe_names if name not in components]
    for name in base.pipe_names:
        source: dict[str, Any] = {"source": base_model}
        if name in components and "tok2vec" in base.pipe_names:
            source["replace_listeners"] = ["model.tok2vec"]
        config["components"][name] = source
    new = [name for name in components if name not in base.pipe_names]
    for name in new:
        # A tok2vec of its own: the base's belongs to the components that stay as they are.
        model = config["components"][name]["model"]
        if "tok2vec" in model:
            model["tok2vec"] = dict(_OWN_TOK2VEC)
    if "tok2vec" not in base.pipe_names:
        config["components"].pop("tok2vec", None)
    config["nlp"]["pipeline"] = [*base.pipe_names, *new]
    config["training"]["frozen_components"] = frozen


def _run(config: Any, output: Path, log: Any) -> None:
    from spacy.training.initialize import init_nlp
    from spacy.training.loop import train as loop

    output.mkdir(parents=True, exist_ok=True)
    try:
        with contextlib.redirect_stdout(log):
            nlp = init_nlp(config)
            loop(nlp, output, use_gpu=-1, stdout=log, stderr=log)
    except ValueError as error:
        raise SettingError(f"train: {' '.join(str(error).split())}") from error


def _scores(nlp: Any, components: Sequence[Component], corpus: Path) -> dict[str, float]:
    from spacy.training import Corpus

    examples = list(Corpus(corpus)(nlp))
    return {
        name: float(nlp.evaluate(told).get(_SCORES[name]) or 0.0)
        if (told := [example for example in examples if _tells(example.reference, name)])
        else 0.0
        for name in components
    }


def _tells(document: Any, component: Component) -> bool:
    """Whether a text of the corpus was annotated for a component: others say nothing about its score."""
    if component.startswith("textcat"):
        return bool(document.cats)
    return SPANS_KEY in document.spans if component == "spancat" else bool(document.has_annotation("ENT_IOB"))
