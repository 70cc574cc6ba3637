"""Blocks with HTML, a text field, JavaScript and CSS of its own, and answers rewritten before they are stored."""

import datetime

import prodigy
from prodigy.components.stream import get_stream

JAVASCRIPT = """
document.addEventListener('prodigymount', () => {
  console.log('mounted', window.prodigy.viewId)
})
document.addEventListener('prodigyanswer', event => {
  console.log(event.detail.answer, event.detail.task)
})
function shout() {
  const text = window.prodigy.content.text.toUpperCase()
  window.prodigy.update({ text: text })
}
"""

CSS = ".prodigy-content { font-size: 24px } .survey-title { color: rebeccapurple }"

TEMPLATE = '<h2 class="survey-title">{{title}}</h2><button onClick="shout()">Shout</button>'


@prodigy.recipe(
    "survey-blocks",
    dataset=("Dataset", "positional", None, str),
    source=("Data", "positional", None, str),
)
def survey_blocks(dataset, source):
    stream = get_stream(source, rehash=True, dedup=True, input_key="text")

    def add_titles(stream):
        for n, eg in enumerate(stream):
            eg["title"] = f"Question {n}"
            eg["config"] = {"choice_style": "multiple"} if n == 0 else {}
            eg["options"] = [{"id": "yes", "text": "Yes"}, {"id": "no", "text": "No"}]
            yield prodigy.set_hashes(eg, input_keys="text")

    stream.apply(add_titles)

    def before_db(examples):
        for eg in examples:
            eg["year"] = datetime.date.today().year
            eg.pop("options", None)
        return examples

    return {
        "dataset": dataset,
        "view_id": "blocks",
        "stream": stream,
        "before_db": before_db,
        "config": {
            "blocks": [
                {"view_id": "html", "html_template": TEMPLATE},
                {"view_id": "choice", "text": None},
                {
                    "view_id": "text_input",
                    "field_id": "comment",
                    "field_rows": 3,
                    "field_placeholder": "Type here…",
                    "field_label": "Comment",
                },
            ],
            "javascript": JAVASCRIPT,
            "global_css": CSS,
            "buttons": ["accept", "ignore", "undo"],
            "custom_theme": {"cardMaxWidth": 900},
        },
    }
