"""What SQL users call: agreement, alpha, the answers as they were; and the verdicts they are made of."""

VERDICTS = """
select seq, ts, dataset, input_hash, task_hash, annotator,
  case when answer = 'accept' and accept is not null then array_to_string(list_sort(accept), ', ') else answer end
    as verdict,
  case when answer = 'accept' then list_sort(accept) end as picked
from answers where answer <> 'ignore' and annotator is not null
"""
LAST_VERDICTS = f"""
select max(seq) as seq, max(ts) as ts, dataset, any_value(input_hash) as input_hash, task_hash, annotator,
  arg_max(verdict, seq) as verdict, arg_max(picked, seq) as picked
from ({VERDICTS}) group by dataset, task_hash, annotator
"""
"""Who answered a task in two sessions counts once, with the later answer."""

KNOWN = """
create macro internal.known(wanted) as (
  select case when count(*) > 0 then true else error('no dataset named ' || chr(39) || wanted || chr(39) || coalesce(
    (select '; did you mean ' || chr(39) || arg_min(dataset, levenshtein(dataset, wanted)) || chr(39) || '? (known: '
      || string_agg(dataset, ', ' order by dataset) || ')' from datasets), ' (there is none yet)')) end
  from datasets where dataset = wanted
)
"""

AS_OF = """
create macro as_of(moment) as table (
  select e.* from events e
    anti join (select replaces from events where replaces is not null and ts <= moment::timestamp) r
    on r.replaces = e.seq
  where e.kind = 'answer' and e.ts <= moment::timestamp
)
"""

_SAID = """
  coded as materialized (
    select task_hash, sum(hash(annotator, verdict)) as code from internal.verdicts
    where dataset = wanted and internal.known(wanted) group by task_hash
  ),
  patterns as materialized (select code, min(task_hash) as task_hash, count(*) as tasks from coded group by code),
  said as materialized (
    select code, tasks, annotator, verdict from patterns p join internal.verdicts v on v.task_hash = p.task_hash
    where v.dataset = wanted
  )
"""
"""Tasks about which the same people said the same are counted together, by a code that is the sum of their answers'
hashes; one of them stands for all. Millions of tasks of a few annotators are a few patterns."""

AGREEMENT = f"""
create macro agreement(wanted) as table (
  with {_SAID},
  pairs as (
    select a.annotator as annotator_a, b.annotator as annotator_b, a.verdict as a, b.verdict as b, a.tasks as n
    from said a join said b on a.code = b.code and a.annotator < b.annotator
  ),
  observed as (
    select annotator_a, annotator_b, sum(n)::bigint as tasks,
      sum(case when a = b then n else 0 end) / sum(n) as agreement
    from pairs group by all
  ),
  left_shares as (select annotator_a, annotator_b, a as verdict, sum(n)::double as n from pairs group by all),
  right_shares as (select annotator_a, annotator_b, b as verdict, sum(n)::double as n from pairs group by all),
  chance as (
    select annotator_a, annotator_b, sum(l.n * r.n) as hits
    from left_shares l join right_shares r using (annotator_a, annotator_b, verdict) group by all
  )
  select annotator_a, annotator_b, tasks, agreement,
    (agreement - coalesce(hits, 0) / tasks / tasks) / nullif(1 - coalesce(hits, 0) / tasks / tasks, 0) as kappa
  from observed left join chance using (annotator_a, annotator_b) order by annotator_a, annotator_b
)
"""

ALPHA = f"""
create macro alpha(wanted) as table (
  with {_SAID},
  votes as (
    select code, tasks, verdict, count(*) as n, sum(count(*)) over (partition by code) as of_task
    from said group by code, tasks, verdict
  ),
  pairable as (select * from votes where of_task > 1),
  shares as (select verdict, sum(tasks * n)::double as n from pairable group by verdict),
  total as (select sum(n) as n from shares),
  observed as (
    select sum(tasks * n * (of_task - n) / (of_task - 1)) / any_value((select n from total)) as part from pairable
  ),
  expected as (
    select sum(n * ((select n from total) - n)) / ((select n from total) * ((select n from total) - 1)) as part
    from shares
  )
  select 1 - observed.part / nullif(expected.part, 0) as alpha,
    (select coalesce(sum(tasks), 0)::bigint from (select distinct code, tasks from pairable)) as tasks,
    (select n from total)::bigint as votes
  from observed, expected
)
"""
