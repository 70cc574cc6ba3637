"""What SQL can say about quality by itself: majority, pace and drift of annotators, results of gold questions."""

from collections.abc import Sequence
from typing import Any

from prodflow.core.view import View

_MAJORITY = """
select dataset, task_hash, arg_max(label, (votes, label_rank)) as label, max(votes) as votes,
  sum(votes)::bigint as answers, max(votes) / sum(votes) as share, count(*) filter (votes = most) > 1 as tie
from (
  select *, max(votes) over (partition by dataset, task_hash) as most,
    -row_number() over (partition by dataset, task_hash order by label) as label_rank
  from (select dataset, task_hash, verdict as label, count(*) as votes from internal.verdicts group by all)
) group by dataset, task_hash
"""
"""A tie goes to the label that comes first, so that the same answers give the same result."""

_ANNOTATORS = f"""
with numbered as (
  select a.dataset, a.annotator, a.answer, a.seconds, a.ts, v.verdict = m.label as agrees,
    2 * row_number() over (partition by a.dataset, a.annotator order by a.seq)
      > count(*) over (partition by a.dataset, a.annotator) as late_half
  from answers a
  left join internal.verdicts v on v.dataset = a.dataset and v.task_hash = a.task_hash and v.annotator = a.annotator
  left join (select * from ({_MAJORITY}) where answers > 1) m on m.dataset = a.dataset and m.task_hash = a.task_hash
  where a.annotator is not null
)
select dataset, annotator, count(*) as answers, avg((answer = 'ignore')::int) as ignored,
  min(ts) as first_at, max(ts) as last_at,
  median(seconds) as seconds, median(seconds) filter (not late_half) as seconds_before,
  median(seconds) filter (late_half) as seconds_after,
  avg(agrees::int) as agreement, avg(agrees::int) filter (not late_half) as agreement_before,
  avg(agrees::int) filter (late_half) as agreement_after
from numbered group by all order by dataset, annotator
"""

_GOLD_ANSWERS = """
create or replace macro gold_answers(wanted, known) as table (
  with answered as (
    select v.annotator, v.task_hash, v.input_hash, a.label, a."text", v.verdict, v.ts
    from internal.verdicts v join answers a on a.seq = v.seq where v.dataset = wanted and internal.known(wanted)
  ),
  truth as (
    select v.input_hash, a.label, arg_max(v.verdict, v.seq) as verdict
    from internal.verdicts v join answers a on a.seq = v.seq
    where v.dataset = known and internal.known(known) group by all
  )
  select annotator, task_hash, "text", answered.verdict as said, truth.verdict as gold,
    answered.verdict = truth.verdict as "right", ts
  from answered join truth on truth.input_hash = answered.input_hash
    and truth.label is not distinct from answered.label
  order by ts, annotator
)
"""

_GOLD = """
create or replace macro gold(wanted, known) as table (
  select annotator, count(*) as asked, count(*) filter ("right") as "right", avg("right"::int) as share
  from gold_answers(wanted, known) group by annotator order by share, annotator
)
"""


def _make(*statements: str) -> Any:
    def make(connection: Any, datasets: Sequence[str] | None) -> None:
        for statement in statements:
            connection.execute(statement)

    return make


def _with_macro(name: str, query: str) -> tuple[str, str]:
    """A view over all datasets, and a macro of that name for one."""
    one = f"from {name} where dataset = wanted and internal.known(wanted)"
    return f"create view {name} as {query}", f"create macro {name}(wanted) as table ({one})"


majority = View(_make(*_with_macro("majority", _MAJORITY)), needs=("verdicts", "known"))
annotators = View(_make(*_with_macro("annotators", _ANNOTATORS)), needs=("verdicts", "answers", "known"))
gold_answers = View(_make(_GOLD_ANSWERS), needs=("verdicts", "answers", "known"))
gold = View(_make(_GOLD_ANSWERS, _GOLD), needs=("verdicts", "answers", "known"))
