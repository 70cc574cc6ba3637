"""The tables and views that SQL users see, in DuckDB's SQL (1.5 and 2): one text for sealing, reading and analytics."""

import json
from collections.abc import Iterable, Mapping, Sequence

from prodflow.store.macros import AGREEMENT, ALPHA, AS_OF, KNOWN, LAST_VERDICTS, VERDICTS

RAW = {
    "seq": "bigint",
    "event_id": "varchar",
    "kind": "varchar",
    "dataset": "varchar",
    "session": "varchar",
    "annotator": "varchar",
    "input_hash": "bigint",
    "task_hash": "bigint",
    "answer": "varchar",
    "replaces": "bigint",
    "ts_us": "bigint",
    "seconds": "double",
    "late": "boolean",
    "body": "varchar",
}
"""The columns of an event as the journal has it."""

RAW_FROM_JOURNAL = """
select e.seq, e.event_id, e.kind, d.name, s.name, s.annotator, e.input_hash, e.task_hash, e.answer, e.replaces, e.ts,
  e.seconds, e.late, e.content
from events e join datasets d on d.id = e.dataset_id join sessions s on s.id = e.session_id
where e.seq between ? and ? order by e.seq
"""

_SPAN = {
    "start": "BIGINT",
    "end": "BIGINT",
    "token_start": "BIGINT",
    "token_end": "BIGINT",
    "label": "VARCHAR",
    "text": "VARCHAR",
    "type": "VARCHAR",
    "x": "DOUBLE",
    "y": "DOUBLE",
    "width": "DOUBLE",
    "height": "DOUBLE",
    "points": [["DOUBLE"]],
}
_BODY = {
    "label": "VARCHAR",
    "accept": ["VARCHAR"],
    "text": "VARCHAR",
    "spans": [_SPAN],
    "score": "DOUBLE",
    "model": "VARCHAR",
    "meta": {"score": "DOUBLE", "model": "VARCHAR"},
}


def quoted(text: str) -> str:
    """Write a text as a literal of SQL.

    >>> quoted("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"


def typed_events(raw: str, promoted: Mapping[str, str]) -> str:
    """Return the query that takes the typed columns out of the JSON, which is parsed once a row.

    Args:
        raw: a table of events as the journal has them.
        promoted: the user's own columns, as name to JSON path.
    """
    return f"""
select seq, dataset, session, annotator, kind, input_hash, task_hash, answer,
  body.label as label, body.accept as accept, body.text as "text", body.spans as spans,
  coalesce(body.score, body.meta.score) as score,
  coalesce(body.model, body.meta.model) as model, seconds, make_timestamp(ts_us) as ts, late, replaces, event_id,
  "content"{"".join(f", {_promote(name, path)}" for name, path in promoted.items())}
from (
  select * exclude (body), from_json(body::json, {quoted(json.dumps(_BODY))}) as body, body::json as "content"
  from {raw}
)
"""


def _promote(name: str, path: str) -> str:
    return f'"content"->>{quoted(path)} as "{name}"'


def sealed_events(segments: Iterable[tuple[str, Mapping[str, str]]], promoted: Mapping[str, str]) -> str | None:
    """Return the query over sealed files; None where there are none.

    Args:
        segments: path and promoted columns of each file; a column promoted later is taken out of the JSON.
        promoted: the columns wanted.
    """
    groups: dict[tuple[str, ...], list[str]] = {}
    for path, columns in segments:
        there = tuple(name for name, place in promoted.items() if columns.get(name) == place)
        others = tuple(sorted(set(columns) - set(there)))
        groups.setdefault((*there, "", *others), []).append(path)
    queries = []
    for key, paths in groups.items():
        split = key.index("")
        there, others = key[:split], key[split + 1 :]
        listed = ", ".join(f'"{name}"' for name in others)
        excluded = f"exclude ({listed})" if others else ""
        added = "".join(f", {_promote(name, path)}" for name, path in promoted.items() if name not in there)
        queries.append(f"select * {excluded}{added} from read_parquet([{', '.join(map(quoted, paths))}])")
    return " union all by name ".join(queries) or None


_ANSWERS = """
select e.* from events e anti join (select replaces from events where replaces is not null) r
  on r.replaces = e.seq where e.kind = 'answer'
"""
_ANSWERS_FIRST = "select * from events where kind = 'answer'"


def _views(tasks: str, answers: str) -> Sequence[tuple[str, str]]:
    return (
        ("answers", answers),
        (
            "choices",
            """select seq, dataset, session, annotator, input_hash, task_hash, unnest(accept) as choice, seconds, ts
            from answers where answer = 'accept' and accept is not null""",
        ),
        (
            "spans",
            """
            select seq, dataset, session, annotator, input_hash, task_hash, answer, s.label as label,
              s."start" as "start", s."end" as "end", s.token_start as token_start, s.token_end as token_end,
              coalesce(s."text", case when s."start" >= 0 then substring(whole, s."start" + 1, s."end" - s."start") end)
                as "text",
              s."type" as "type", coalesce(s.x, list_min([p[1] for p in s.points])) as x,
              coalesce(s.y, list_min([p[2] for p in s.points])) as y,
              coalesce(s.width, list_max([p[1] for p in s.points]) - list_min([p[1] for p in s.points])) as width,
              coalesce(s.height, list_max([p[2] for p in s.points]) - list_min([p[2] for p in s.points])) as height,
              s.points as points, ts
            from (select seq, dataset, session, annotator, input_hash, task_hash, answer, "text" as whole, ts,
              unnest(spans) as s from answers)
            """,
        ),
        ("tasks", tasks),
    )


TASKS_OF_EVENTS = """
select dataset, input_hash, task_hash, min(ts) as created, arg_min("content", seq) as "content"
from events where kind = 'answer' group by all
"""

_TASKS_OF_STORE = f"""
select * from internal.served_tasks union all
select a.* from ({TASKS_OF_EVENTS}) a
  anti join internal.served_tasks t on a.dataset = t.dataset and a.task_hash = t.task_hash
"""

_DATASETS = "select dataset, min(ts) as created from events group by all"

_NEEDS = {
    "choices": ("answers",),
    "spans": ("answers",),
    "verdicts": ("answers",),
    "known": ("datasets",),
    "agreement": ("verdicts", "answers", "known", "datasets"),
    "alpha": ("verdicts", "answers", "known", "datasets"),
    "tasks": ("served_tasks",),
}
_CATALOG = ("show", "describe", "information_schema", "duckdb_", "pragma", "sqlite_master")


def asks_for_names(query: str) -> bool:
    """Tell whether a query may be about tables and views themselves, as `show tables` is."""
    text = query.lower()
    return any(word in text for word in _CATALOG)


def names_in(query: str | None, names: Iterable[str]) -> set[str]:
    """Return the tables and views that a query may need: those it names, and what these are made of.

    >>> sorted(names_in("select count(*) from choices", ["answers", "choices", "spans"]))
    ['answers', 'choices']
    """
    if query is None or asks_for_names(query):
        return set(names)
    text = query.lower()
    found = {name for name in (*names, *_NEEDS) if name in text}
    return found.union(*(_NEEDS.get(name, ()) for name in found)) & set(names)


def view_statements(*, served: bool, query: str | None = None, twice: bool = True, replaced: bool = True) -> list[str]:
    """Return the statements that make the views and macros over a table or view `events`.

    Args:
        served: there is a table `served_tasks` of the tasks that were handed out.
        query: what is going to be asked: views it does not need are left out, each costs some milliseconds.
        twice: somebody may have answered a task in two sessions.
        replaced: an answer may have been changed or taken back.
    """
    tasks = _TASKS_OF_STORE if served else TASKS_OF_EVENTS
    views = _views(tasks, _ANSWERS if replaced else _ANSWERS_FIRST)
    statements = {name: f"create view {name} as {text}" for name, text in views}
    statements |= {
        "verdicts": f"create view internal.verdicts as {LAST_VERDICTS if twice else VERDICTS}",
        "known": KNOWN,
        "as_of": AS_OF,
        "agreement": AGREEMENT,
        "alpha": ALPHA,
    }
    if not served:
        statements = {"datasets": f"create view datasets as {_DATASETS}"} | statements
    wanted = names_in(query, statements)
    return [statement for name, statement in statements.items() if name in wanted]
