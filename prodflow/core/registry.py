"""Names for loaders, operators, models, recipes and stores; built-in ones and plugins are loaded on first use."""

import importlib
import logging
import re
from collections.abc import Iterator
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, Generic, TypeVar

from prodflow.core.describe import summary_of
from prodflow.core.errors import SettingError, UnknownNameError

T = TypeVar("T")

log = logging.getLogger("prodflow")


class Registry(Generic[T]):
    """A mapping from names to objects of one kind; `-` and `_` in names are the same.

    Args:
        kind: the word used in messages, e.g. `"loader"`.
        builtin: names of prodflow's own objects and where they live, as `module:attribute`.

    Plugins add theirs as entry points of the group `prodflow.<kind>s`; they are asked when a name is first missed.

    >>> greetings: Registry[str] = Registry("greeting", {})
    >>> greetings.register("good-morning", "hello")
    >>> greetings.get("good_morning")
    'hello'
    """

    def __init__(self, kind: str, builtin: dict[str, str]) -> None:
        """Start with the built-in names, none of them loaded."""
        self.kind = kind
        self._builtin = {_key(name): (name, place) for name, place in builtin.items()}
        self._objects: dict[str, T] = {}
        self._names: dict[str, str] = {}
        self._plugins: dict[str, EntryPoint] | None = None
        self._groups = [f"prodflow.{kind}s"]

    def also_from(self, group: str) -> None:
        """Find plugins in another group of entry points too."""
        if group not in self._groups:
            self._groups.append(group)
            self._plugins = None

    def register(self, name: str, thing: T) -> None:
        """Give an object a name; a later one of the same name takes its place, with a line in the log."""
        earlier = self._objects.get(_key(name))
        if earlier is not None and _module_of(earlier) != _module_of(thing):
            log.warning("%s %r of %s is replaced by %s", self.kind, name, _module_of(earlier), _module_of(thing))
        self._objects[_key(name)] = thing
        self._names[_key(name)] = name

    def get(self, name: str) -> T:
        """Return the object of that name, loading it first if need be.

        Raises:
            UnknownNameError: if there is none, with the names that exist.
        """
        key = _key(name)
        if key in self._objects:
            return self._objects[key]
        if key in self._builtin:
            module, _, attribute = self._builtin[key][1].partition(":")
            self._objects[key] = getattr(importlib.import_module(module), attribute)
            return self._objects[key]
        if (plugin := self._find_plugins().get(key)) is not None:
            self._objects[key] = self._load(plugin)
            return self._objects[key]
        raise UnknownNameError(self.kind, name, self.names())

    def names(self) -> list[str]:
        """Return all names, sorted, plugins included; nothing is loaded."""
        found = {key: name for key, (name, _) in self._builtin.items()}
        found |= {key: plugin.name for key, plugin in self._find_plugins().items()}
        return sorted((found | self._names).values())

    def summary(self, name: str) -> str:
        """Return the first line of the documentation of an object; the code of built-in ones is read, not run."""
        key = _key(name)
        if key in self._objects:
            return summary_of(getattr(self._objects[key], "__doc__", None))
        if key in self._builtin:
            return _summary_in_source(self._builtin[key][1])
        plugin = self._find_plugins().get(key)
        return f"From the plugin {plugin.value}." if plugin is not None else ""

    def __contains__(self, name: str) -> bool:
        key = _key(name)
        return key in self._objects or key in self._builtin or key in self._find_plugins()

    def __iter__(self) -> Iterator[str]:
        return iter(self.names())

    def _find_plugins(self) -> dict[str, EntryPoint]:
        if self._plugins is None:
            points = (point for group in reversed(self._groups) for point in entry_points(group=group))
            self._plugins = {_key(point.name): point for point in points}
        return self._plugins

    def _load(self, plugin: EntryPoint) -> T:
        try:
            loaded: T = plugin.load()
        except Exception as error:
            raise SettingError(
                f"{self.kind} {plugin.name!r} of plugin {plugin.value!r} cannot be loaded: {error}"
            ) from error
        return loaded


def _module_of(thing: object) -> str:
    return getattr(thing, "__module__", "") or type(thing).__module__


def _key(name: str) -> str:
    return name.replace("-", "_")


def _summary_in_source(place: str) -> str:
    module, _, attribute = place.partition(":")
    file = Path(__file__).parents[2].joinpath(*module.split(".")).with_suffix(".py")
    found = re.search(
        rf'^(?:def|class) {attribute}\b.*?"""(.*?)$', file.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )
    return found[1].removesuffix('"""') if found else ""


loaders: Registry[Any] = Registry(
    "loader",
    {
        "jsonl": "prodflow.loaders.jsonl:jsonl",
        "json": "prodflow.loaders.json:json",
        "csv": "prodflow.loaders.csv:csv",
        "parquet": "prodflow.loaders.parquet:parquet",
        "txt": "prodflow.loaders.txt:txt",
        "images": "prodflow.loaders.images:images",
        "audio": "prodflow.loaders.recordings:audio",
        "video": "prodflow.loaders.recordings:video",
        "dataset": "prodflow.loaders.dataset:dataset",
        "coco": "prodflow.formats.coco_reading:coco",
        "yolo": "prodflow.formats.yolo:yolo",
        "voc": "prodflow.formats.voc:voc",
        "conll": "prodflow.formats.conll:conll",
        "conllu": "prodflow.formats.universal:conllu",
        "docbin": "prodflow.formats.docbin:docbin",
        "huggingface": "prodflow.formats.huggingface_reading:huggingface",
        "label-studio": "prodflow.formats.label_studio_reading:label_studio",
    },
)

formats: Registry[Any] = Registry(
    "format",
    {
        "jsonl": "prodflow.formats.tables:JSONL",
        "csv": "prodflow.formats.tables:CSV",
        "parquet": "prodflow.formats.tables:PARQUET",
        "coco": "prodflow.formats.coco:COCO",
        "yolo": "prodflow.formats.yolo:YOLO",
        "voc": "prodflow.formats.voc:VOC",
        "conll": "prodflow.formats.conll:CONLL",
        "conllu": "prodflow.formats.universal:CONLLU",
        "docbin": "prodflow.formats.docbin:DOCBIN",
        "huggingface": "prodflow.formats.huggingface:HUGGINGFACE",
        "label-studio": "prodflow.formats.label_studio:LABEL_STUDIO",
    },
)

operators: Registry[Any] = Registry(
    "operator",
    {
        "fetch_media": "prodflow.preprocess.media:fetch_media",
        "filter_empty": "prodflow.filters.empty:filter_empty",
        "filter_duplicates": "prodflow.filters.duplicates:filter_duplicates",
        "filter_inputs": "prodflow.filters.hashes:filter_inputs",
        "filter_tasks": "prodflow.filters.hashes:filter_tasks",
        "filter_seen_before": "prodflow.filters.hashes:filter_seen_before",
        "prefer_uncertain": "prodflow.sorters.prefer:prefer_uncertain",
        "prefer_high_scores": "prodflow.sorters.prefer:prefer_high_scores",
        "prefer_low_scores": "prodflow.sorters.prefer:prefer_low_scores",
        "route": "prodflow.routers.route:route",
        "score": "prodflow.models.score:score",
        "rehash": "prodflow.preprocess.rehash:rehash",
        "split_sentences": "prodflow.preprocess.sentences:split_sentences",
        "split_spans": "prodflow.preprocess.spans:split_spans",
        "add_tokens": "prodflow.preprocess.tokens:add_tokens",
        "make_ner_suggestions": "prodflow.preprocess.suggestions:make_ner_suggestions",
        "make_spancat_suggestions": "prodflow.preprocess.suggestions:make_spancat_suggestions",
        "make_textcat_suggestions": "prodflow.preprocess.suggestions:make_textcat_suggestions",
        "add_label_options": "prodflow.preprocess.options:add_label_options",
    },
)

routers: Registry[Any] = Registry(
    "router",
    {
        "no_overlap": "prodflow.routers.policies:no_overlap",
        "full_overlap": "prodflow.routers.policies:full_overlap",
        "route_average_per_task": "prodflow.routers.policies:route_average_per_task",
        "route_by_skill": "prodflow.routers.people:route_by_skill",
        "route_until_agreed": "prodflow.routers.adaptive:route_until_agreed",
        "route_until_certain": "prodflow.routers.adaptive:route_until_certain",
        "with_gold": "prodflow.routers.gold:with_gold",
    },
)

estimators: Registry[Any] = Registry("estimator", {"dawid_skene": "prodflow.quality.dawid_skene:estimate_truth"})
"""What estimates the truth from answers that differ: `(task, annotator, value)` in, a `Truth` out."""

models: Registry[Any] = Registry(
    "model",
    {
        "image_classifier": "prodflow.models:ImageClassifier",
        "pattern_matcher": "prodflow.models.patterns:PatternMatcher",
        "text_classifier": "prodflow.models.text:TextClassifier",
        "entity_recognizer": "prodflow.models.entities:EntityRecognizer",
        "pos_tagger": "prodflow.models.tags:PosTagger",
        "dependency_parser": "prodflow.models.arcs:DependencyParser",
    },
)

recipes: Registry[Any] = Registry(
    "recipe",
    {
        "mark": "prodflow.recipes.mark:mark",
        "choice": "prodflow.recipes.mark:choice",
        "captcha": "prodflow.recipes.classify_images:captcha",
        "classify-images": "prodflow.recipes.classify_images:classify_images",
        "image.caption": "prodflow.recipes.image_caption:image_caption",
        "image.caption.correct": "prodflow.recipes.image_caption:image_caption_correct",
        "image.caption.diff": "prodflow.recipes.image_caption:image_caption_diff",
        "image.teach": "prodflow.recipes.image_teach:image_teach",
        "image.manual": "prodflow.recipes.image_manual:image_manual",
        "audio.manual": "prodflow.recipes.audio_manual:audio_manual",
        "audio.transcribe": "prodflow.recipes.audio_transcribe:audio_transcribe",
        "ner.manual": "prodflow.recipes.text_manual:ner_manual",
        "pos.manual": "prodflow.recipes.text_manual:pos_manual",
        "rel.manual": "prodflow.recipes.rel_manual:rel_manual",
        "spans.manual": "prodflow.recipes.text_manual:spans_manual",
        "textcat.manual": "prodflow.recipes.textcat_manual:textcat_manual",
        "ner.correct": "prodflow.recipes.text_correct:ner_correct",
        "spans.correct": "prodflow.recipes.text_correct:spans_correct",
        "textcat.correct": "prodflow.recipes.text_correct:textcat_correct",
        "pos.correct": "prodflow.recipes.syntax_correct:pos_correct",
        "dep.correct": "prodflow.recipes.syntax_correct:dep_correct",
        "pos.teach": "prodflow.recipes.syntax_teach:pos_teach",
        "dep.teach": "prodflow.recipes.syntax_teach:dep_teach",
        "ner.teach": "prodflow.recipes.text_teach:ner_teach",
        "textcat.teach": "prodflow.recipes.text_teach:textcat_teach",
        "match": "prodflow.recipes.match:match",
        "filter-by-patterns": "prodflow.recipes.match:filter_by_patterns",
        "print-stream": "prodflow.recipes.print_stream:print_stream",
        "compare": "prodflow.recipes.compare:compare",
        "review": "prodflow.recipes.review:review",
        "db-merge": "prodflow.recipes.db_merge:db_merge",
        "metric.iaa.binary": "prodflow.recipes.metric_iaa:metric_iaa_binary",
        "metric.iaa.doc": "prodflow.recipes.metric_iaa:metric_iaa_doc",
        "metric.iaa.span": "prodflow.recipes.metric_iaa:metric_iaa_span",
    },
)

views: Registry[Any] = Registry(
    "view",
    {
        "majority": "prodflow.quality.views:majority",
        "annotators": "prodflow.quality.views:annotators",
        "gold": "prodflow.quality.views:gold",
        "gold_answers": "prodflow.quality.views:gold_answers",
        "posteriors": "prodflow.quality.estimates:posteriors",
        "confusion": "prodflow.quality.estimates:confusion",
        "label_errors": "prodflow.quality.estimates:label_errors",
    },
)

stores: Registry[Any] = Registry("store", {"default": "prodflow.store.database:connect"})
