"""A model in the loop: scored, sorted, updated, with its own idea of progress."""

import prodigy
from prodigy.components.sorters import prefer_uncertain
from prodigy.components.stream import get_stream


class KeywordModel:
    def __init__(self, label):
        self.label = label
        self.weights = {}

    def __call__(self, stream):
        for eg in stream:
            words = eg["text"].lower().split()
            total = sum(self.weights.get(word, 0.0) for word in words)
            score = min(1.0, max(0.0, 0.5 + total / 10))
            eg["label"] = self.label
            eg["meta"] = {"score": score}
            yield (score, eg)

    def update(self, answers):
        wrong = 0
        for eg in answers:
            step = {"accept": 1, "reject": -1}.get(eg["answer"], 0)
            wrong += abs(step)
            for word in eg["text"].lower().split():
                self.weights[word] = self.weights.get(word, 0.0) + step
        return wrong / max(1, len(answers))


@prodigy.recipe(
    "uncertain-texts",
    dataset=("Dataset", "positional", None, str),
    source=("Texts", "positional", None, str),
    label=("Label", "option", "l", str),
    loader=("Loader", "option", "lo", str),
)
def uncertain_texts(dataset, source, label, loader=None):
    model = KeywordModel(label or "RELEVANT")
    stream = get_stream(source, loader=loader, input_key="text")
    return {
        "dataset": dataset,
        "view_id": "classification",
        "stream": prefer_uncertain(model(stream), algorithm="ema"),
        "update": model.update,
        "progress": lambda ctrl, loss: None if loss is None else 1 - loss / 2,
        "config": {"label": label},
    }
