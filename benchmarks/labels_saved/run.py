"""Accuracy against the number of answers: a model that chooses what is asked, beside random order.

Prints one JSON row. Run from the repository: python benchmarks/labels_saved/run.py [--quick]
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from prodflow.models import ImageClassifier, score
from prodflow.samples import fashion_images, fashion_labels
from prodflow.samples.fashion import LABELS
from prodflow.sorters import choose_from_window, prefer_uncertain

HERE = Path(__file__).parent
ANSWERS_A_BATCH = 10
STRATEGIES = ("random", "prefer_uncertain", "choose_from_window")
COLORS = {"random": "#8a8f98", "prefer_uncertain": "#d9822b", "choose_from_window": "#2458d3"}


class Question(NamedTuple):
    """What is asked of each image."""

    name: str
    labels: tuple[str, ...]
    answers: int
    metric: str


QUESTIONS = (
    Question("binary", ("SANDAL",), 300, "balanced_accuracy"),
    Question("choice", LABELS, 500, "accuracy"),
)


def task_of(path: Path, question: Question) -> dict[str, Any]:
    """The task as the recipe makes it."""
    if len(question.labels) == 1:
        return {"image": str(path), "label": question.labels[0]}
    return {"image": str(path), "options": [{"id": label, "text": label} for label in question.labels]}


def answered(task: dict[str, Any], true: str) -> dict[str, Any]:
    """The task as an annotator who knows the truth answers it."""
    if "options" in task:
        return {**task, "answer": "accept", "accept": [true]}
    return {**task, "answer": "accept" if task["label"] == true else "reject"}


def asked(strategy: str, tasks: list[dict[str, Any]], model: ImageClassifier, seed: int) -> Iterator[dict[str, Any]]:
    """The pipeline: nothing is pulled before it is wanted, so the model learns in between."""
    if strategy == "random":
        return iter(tasks)
    if strategy == "prefer_uncertain":
        return iter((tasks | score(model=model) | prefer_uncertain()).run())
    return iter((tasks | choose_from_window(score=score(model=model), seed=seed)).run())


def measured(model: ImageClassifier, test: list[dict[str, Any]], truth: list[str]) -> dict[str, float]:
    """How well the model does on images it never saw an answer for."""
    guesses = list(model.predict(test))
    if len(model.labels) > 1:
        right = [max(guess, key=guess.__getitem__) == true for guess, true in zip(guesses, truth, strict=True)]
        return {"accuracy": statistics.mean(right)}
    [label] = model.labels
    return binary_measures([guess[label] for guess in guesses], [true == label for true in truth])


def binary_measures(probabilities: list[float], truth: list[bool]) -> dict[str, float]:
    """Accuracy, the mean of both classes' recall, F1, and the area under precision over recall."""
    said = [probability >= 0.5 for probability in probabilities]
    hits = sum(a and b for a, b in zip(said, truth, strict=True))
    calm = sum(not a and not b for a, b in zip(said, truth, strict=True))
    ranked = [true for _, true in sorted(zip(probabilities, truth, strict=True), key=lambda pair: -pair[0])]
    found = precision = 0.0
    for place, true in enumerate(ranked, start=1):
        found += true
        precision += found / place if true else 0.0
    return {
        "accuracy": (hits + calm) / len(truth),
        "balanced_accuracy": (hits / sum(truth) + calm / (len(truth) - sum(truth))) / 2,
        "f1": 2 * hits / (sum(said) + sum(truth)),
        "average_precision": precision / sum(truth),
    }


def curve(strategy: str, question: Question, seed: int, answers: int, folders: tuple[Path, Path]) -> dict[str, Any]:
    """One run: answers in batches, the model learns after each, and is measured on the test images."""
    train, test = (sorted(folder.iterdir()) for folder in folders)
    Random(seed).shuffle(train)
    truth = fashion_labels()
    model = ImageClassifier(question.labels, seed=seed, cache_size=len(train) + len(test))
    stream = asked(strategy, [task_of(path, question) for path in train], model, seed)
    unseen = [task_of(path, question) for path in test]
    rows: list[dict[str, float]] = []
    learning_s = []
    for _ in range(answers // ANSWERS_A_BATCH):
        batch = [answered(task, truth[Path(task["image"]).name]) for task in islice(stream, ANSWERS_A_BATCH)]
        started = time.perf_counter()
        model.update(batch)
        learning_s.append(time.perf_counter() - started)
        rows.append(measured(model, unseen, [truth[path.name] for path in test]))
    return {
        "question": question.name,
        "strategy": strategy,
        "seed": seed,
        "update_ms": round(1000 * statistics.median(learning_s), 1),
        "curves": {name: [round(row[name], 4) for row in rows] for name in rows[0]},
    }


def mean_curve(runs: list[dict[str, Any]], question: str, strategy: str, metric: str) -> list[float]:
    """The mean over the seeds, point by point."""
    chosen = [run["curves"][metric] for run in runs if (run["question"], run["strategy"]) == (question, strategy)]
    return [statistics.mean(values) for values in zip(*chosen, strict=True)]


def answers_to(values: list[float], level: float) -> int | None:
    """After how many answers a curve first reaches a level."""
    reached = (number for number, value in enumerate(values, start=1) if value >= level)
    return ANSWERS_A_BATCH * number if (number := next(reached, None)) else None


def summary(runs: list[dict[str, Any]], seeds: int) -> dict[str, Any]:
    """One row: for each question, the last value, the area, and the answers to what random order ends with."""
    row: dict[str, Any] = {"benchmark": "labels_saved", "seeds": seeds}
    for question in QUESTIONS:
        floor = mean_curve(runs, question.name, "random", question.metric)[-1]
        for strategy in STRATEGIES:
            values = mean_curve(runs, question.name, strategy, question.metric)
            needed = answers_to(values, floor)
            total = ANSWERS_A_BATCH * len(values)
            row[f"{question.name}.{strategy}"] = {
                "metric": question.metric,
                "after": {str(n): round(values[n // 10 - 1], 4) for n in (50, 100, 200, 300, 500) if n <= total},
                "mean_of_curve": round(statistics.mean(values), 4),
                "answers_to_random_at_end": needed,
                "labels_saved": round(1 - needed / total, 3) if needed else None,
            }
    row["update_ms"] = statistics.median(run["update_ms"] for run in runs)
    return row


def plot(runs: list[dict[str, Any]], path: Path) -> None:
    """Mean over the seeds, and a band of one standard deviation."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    panels = (
        ("binary", "balanced_accuracy", "Is it a sandal? Balanced accuracy"),
        ("binary", "average_precision", "Is it a sandal? Average precision"),
        ("choice", "accuracy", "Which of ten? Accuracy"),
    )
    figure, axes = pyplot.subplots(1, 3, figsize=(15, 4.6), layout="constrained")
    for axis, (question, metric, title) in zip(axes, panels, strict=True):
        for strategy in STRATEGIES:
            chosen = [
                run["curves"][metric] for run in runs if (run["question"], run["strategy"]) == (question, strategy)
            ]
            points = list(zip(*chosen, strict=True))
            x = [ANSWERS_A_BATCH * (number + 1) for number in range(len(points))]
            mean = [statistics.mean(values) for values in points]
            spread = [statistics.pstdev(values) for values in points]
            low, high = ([m + sign * s for m, s in zip(mean, spread, strict=True)] for sign in (-1, 1))
            axis.plot(x, mean, color=COLORS[strategy], label=strategy, linewidth=2)
            axis.fill_between(x, low, high, color=COLORS[strategy], alpha=0.15, linewidth=0)
        axis.set(title=title, xlabel="answers", ylim=(0.4 if metric != "balanced_accuracy" else 0.5, 1.0))
        axis.grid(alpha=0.25)
        axis.spines[["top", "right"]].set_visible(False)
    axes[-1].set_ylim(0.4, 0.9)
    axes[0].legend(loc="lower right", frameon=False)
    figure.savefig(path, dpi=110)


def main() -> None:
    """Run all, print one row, and keep curves and plot beside this file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two seeds, 100 answers, nothing written")
    parser.add_argument("--seeds", type=int, default=10)
    options = parser.parse_args()
    seeds = 2 if options.quick else options.seeds
    runs = []
    with tempfile.TemporaryDirectory() as folder:
        folders = fashion_images(Path(folder) / "train", "train"), fashion_images(Path(folder) / "test", "test")
        for question in QUESTIONS:
            for strategy in STRATEGIES:
                for seed in range(seeds):
                    answers = 100 if options.quick else question.answers
                    runs.append(curve(strategy, question, seed, answers, folders))
                    print(f"{question.name} {strategy} seed {seed}", file=sys.stderr)
    row = summary(runs, seeds)
    if not options.quick:
        lines = ",\n".join(json.dumps(run) for run in runs)
        (HERE / "results.json").write_text(f'{{"summary": {json.dumps(row)},\n"runs": [\n{lines}\n]}}\n')
        plot(runs, HERE / "labels_saved.png")
    print(json.dumps(row))


if __name__ == "__main__":
    main()
