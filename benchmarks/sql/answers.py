"""A store of millions of answers, made in minutes: what sealing would have written, without the journal before it.

The files are written with the sealer's own SQL and listed in the manifest as the sealer lists them; only the events are
not in the journal, which would take long and gigabytes, and which no query reads once they are sealed.
"""

from collections.abc import Iterator
from pathlib import Path

import duckdb

from prodflow.store.manifest import Segment, _insert, sha256_of
from prodflow.store.schema import open_for_writing
from prodflow.store.tables import quoted, typed_events

DATASET = "news"
ANNOTATORS = {"ada": 5, "bob": 10, "cy": 15, "dan": 30}
"""How often each of them is wrong, in percent."""

_PER_FILE = 500_000
_RAW = """
select seq, printf('00000000-0000-7000-8000-%012x', seq) as event_id, 'answer' as kind, '{dataset}' as dataset,
  '{dataset}-' || who as session, who as annotator, task_hash as input_hash, task_hash, said as answer,
  null::bigint as replaces, 1750000000000000 + seq * 100000 as ts_us, 1 + (hash(seq) % 100) / 10 as seconds,
  false as late,
  to_json({{'text': 'Headline ' || task || ' of the day, as the agency sent it', 'label': 'SPORT',
    'meta': {{'source': 'agency-' || task % 20, 'score': (hash(task + 1) % 1000) / 1000}}, '_input_hash': task_hash,
    '_task_hash': task_hash, 'answer': said, '_session_id': '{dataset}-' || who, '_annotator_id': who,
    '_view_id': 'classification'}})::varchar as body
from (
  select *, case when hash(seq * 7) % 50 = 0 then 'ignore'
    when (hash(task) % 2 = 0) = (hash(seq) % 100 >= wrong) then 'accept' else 'reject' end as said
  from (
    select seq, task, names[place] as who, wrongs[place] as wrong, (hash(task) % 9007199254740991)::bigint as task_hash
    from (
      select range as seq, (range - 1) // {people} as task, 1 + (range - 1) % {people} as place, {names} as names,
        {wrongs} as wrongs
      from range({low}, {high} + 1)
    )
  )
)
"""


def make_store(folder: Path, answers: int) -> Iterator[int]:
    """Write a store with so many answers, each task answered by all annotators; yield how many there are so far."""
    journal = open_for_writing(folder)
    (folder / "segments").mkdir(exist_ok=True)
    journal.execute("insert into datasets(name, created, meta) values (?, 0, '{}')", (DATASET,))
    for name in ANNOTATORS:
        journal.execute(
            "insert into sessions(dataset_id, name, annotator, created) values (1, ?, ?, 0)",
            (f"{DATASET}-{name}", name),
        )
    with duckdb.connect() as engine:
        for low in range(1, answers + 1, _PER_FILE):
            high = min(low + _PER_FILE - 1, answers)
            path = folder / "segments" / f"{low}-{high}.parquet"
            raw = _RAW.format(
                dataset=DATASET,
                people=len(ANNOTATORS),
                names=list(ANNOTATORS),
                wrongs=list(ANNOTATORS.values()),
                low=low,
                high=high,
            )
            query = typed_events(f"({raw})", {})
            engine.execute(f"copy ({query}) to {quoted(str(path))} (format parquet, compression zstd)")
            found = path.stat()
            name = str(path.relative_to(folder))
            counts = (high - low + 1, found.st_size, sha256_of(path), found.st_mtime_ns)
            _insert(journal, Segment(name, low, high, *counts, {}))
            yield high
    journal.close()
