"""What has to be estimated, as tables of SQL: what is true of each task, whom to believe, which labels look wrong.

They are estimated from the answers of the moment when a query names them: `from posteriors` for all datasets,
`from posteriors('my_set')` for one, which is faster where there are many.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from prodflow.core.view import View
from prodflow.quality.consensus import truth_of
from prodflow.quality.dawid_skene import Truth
from prodflow.quality.rows import put_rows
from prodflow.quality.tally import Tally, tally_answers

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_LEAST = 1e-12

_POSTERIORS = {"dataset": "varchar", "task_hash": "bigint", "label": "varchar", "probability": "double"}
_CONFUSION = {
    "dataset": "varchar",
    "annotator": "varchar",
    "true": "varchar",
    "said": "varchar",
    "share": "double",
    "answers": "double",
}
_LABEL_ERRORS = {
    "dataset": "varchar",
    "task_hash": "bigint",
    "annotator": "varchar",
    "said": "varchar",
    "likely": "varchar",
    "quality": "double",
    "source": "varchar",
    "text": "varchar",
}

_WRONG_BY_OTHERS = """
select v.seq, v.dataset, v.task_hash, v.annotator, v.verdict as said, likely, coalesce(mine.probability, 0) as quality
from internal.verdicts v
join (select dataset, task_hash, arg_max(label, probability) as likely from {posteriors} group by all) best
  using (dataset, task_hash)
left join {posteriors} mine
  on mine.dataset = v.dataset and mine.task_hash = v.task_hash and mine.label = v.verdict
where likely <> v.verdict
"""

_WRONG_BY_MODEL = """
with scored as (
  select v.seq, v.dataset, v.task_hash, v.annotator, v.verdict as said, unnest(case when v.picked is null
    then [{{'label': 'accept', 'p': a.score}}, {{'label': 'reject', 'p': 1 - a.score}}]
    else list_transform(from_json(a."content"->'$.options', '[{{"id": "VARCHAR", "score": "DOUBLE"}}]'),
      lambda o: {{'label': o.id, 'p': o.score}}) end) as one
  from internal.verdicts v join answers a on a.seq = v.seq
  where list_contains({datasets}, v.dataset) and (v.picked is not null or a.score is not null)
),
chances as (select * exclude (one), one.label as label, one.p as p from scored where one.p is not null),
thresholds as (select dataset, label, avg(p) as threshold from chances where label = said group by all),
likely as (
  select seq, arg_max(label, p) as likely from chances join thresholds using (dataset, label)
  where p >= threshold group by seq
)
select c.seq, c.dataset, c.task_hash, c.annotator, c.said, likely, c.p as quality
from chances c join likely using (seq) where c.label = c.said and likely <> c.said
"""
"""Confident learning (Northcutt, Jiang and Chuang, 2021): a label is confidently another one where the model gives that
other one at least the probability that it gives on average to tasks that were labelled so. The scores are those with
which the task was asked, so the model had not seen the answer."""

_WRONG = f"""
with others as ({_WRONG_BY_OTHERS}), model as ({_WRONG_BY_MODEL}),
wrong as (
  select coalesce(o.seq, m.seq) as seq, coalesce(o.dataset, m.dataset) as dataset,
    coalesce(o.task_hash, m.task_hash) as task_hash, coalesce(o.annotator, m.annotator) as annotator,
    coalesce(o.said, m.said) as said, coalesce(o.likely, m.likely) as likely,
    least(o.quality, m.quality) as quality,
    case when o.seq is null then 'model' when m.seq is null then 'annotators' else 'both' end as source
  from others o full join model m on m.seq = o.seq
)
select w.* exclude (seq), a."text" as "text" from wrong w join answers a on a.seq = w.seq order by quality, w.seq
"""


def _view(name: str, columns: dict[str, str], fill: "Callable[[DuckDBPyConnection, str, str], str]") -> View:
    """A view over all datasets that are asked about, and a macro for one."""

    def make(connection: Any, datasets: Sequence[str] | None) -> None:
        if datasets is None:
            why = f"{name} is estimated for a query that names it: use sql(), or connection('from {name}')"
            listed = ", ".join(f'null::{kind} as "{column}"' for column, kind in columns.items())
            query = f"select {listed} where error('{why.replace(chr(39), chr(39) * 2)}')"
        else:
            query = _filled(connection, name, columns, fill, datasets)
        connection.execute(f"create view {name} as {query}")
        connection.execute(
            f"create macro {name}(wanted) as table (from {name} where dataset = wanted and internal.known(wanted))"
        )

    return View(make, needs=("verdicts", "answers", "known"), estimated=True)


def _filled(
    connection: "DuckDBPyConnection",
    name: str,
    columns: dict[str, str],
    fill: "Callable[[DuckDBPyConnection, str, str], str]",
    datasets: Sequence[str],
) -> str:
    kept = f"internal.{name}_kept"
    listed = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
    connection.execute(f"create table {kept}({listed})")
    for dataset in datasets:
        connection.execute(f"insert into {kept} {fill(connection, name, dataset)}", {"dataset": dataset})
    return f"from {kept}"


def _fill_posteriors(connection: "DuckDBPyConnection", name: str, dataset: str) -> str:
    votes, truth = _truth(connection, name, dataset)
    columns = {"code": votes.kind_of_code, "label": "varchar", "probability": "double"}
    put_rows(connection, f"{name}_chances", columns, _chances(truth))
    return f"select $dataset, task_hash, label, probability from {name}_votes join {name}_chances using (code)"


def _chances(truth: "Truth | None") -> Iterator[tuple[Any, ...]]:
    if truth is None:
        return
    for key, row in zip(truth.tasks, truth.posterior, strict=True):
        for label, chance in zip(truth.values, row, strict=True):
            if chance > _LEAST:
                yield key, label, float(chance)


def _fill_confusion(connection: "DuckDBPyConnection", name: str, dataset: str) -> str:
    votes, truth = _truth(connection, name, dataset)
    columns = {column: kind for column, kind in _CONFUSION.items() if column != "dataset"}
    put_rows(connection, f"{name}_shares", columns, _shares(votes, truth))
    return f"select $dataset, * from {name}_shares order by all"


def _shares(votes: Tally, truth: "Truth | None") -> Iterator[tuple[Any, ...]]:
    if truth is None:
        return
    import numpy as np

    places = {value: place for place, value in enumerate(truth.values)}
    people = {name: place for place, name in enumerate(truth.annotators)}
    answers = np.zeros_like(truth.confusion)
    for key, row in zip(truth.tasks, truth.posterior, strict=True):
        for annotator, value in votes.said[key]:
            answers[people[annotator], :, places[value]] += votes.counts[key] * row
    for name, person in people.items():
        for true, row in places.items():
            for said, column in places.items():
                share = float(truth.confusion[person, row, column])
                yield name, true, said, share, float(answers[person, row, column])


def _fill_label_errors(connection: "DuckDBPyConnection", name: str, dataset: str) -> str:
    query = _fill_posteriors(connection, name, dataset)
    connection.execute(
        f"create or replace temp table {name}_posteriors as from ({query}) p(dataset, task_hash, label, probability)",
        {"dataset": dataset},
    )
    return _WRONG.format(posteriors=f"{name}_posteriors", datasets="[$dataset]")


def _truth(connection: "DuckDBPyConnection", name: str, dataset: str) -> "tuple[Tally, Truth | None]":
    votes = tally_answers(connection, f"{name}_votes", [dataset])
    return votes, truth_of(votes) if votes.patterns else None


posteriors = _view("posteriors", _POSTERIORS, _fill_posteriors)
confusion = _view("confusion", _CONFUSION, _fill_confusion)
label_errors = _view("label_errors", _LABEL_ERRORS, _fill_label_errors)
