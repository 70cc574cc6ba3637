"""What a query may do: read the store. It changes nothing, and sees no other file of this machine.

Two fences. DuckDB is told to open the store's sealed files and nothing else, and that its settings are final; and it
gets these files from `SealedFiles`, which opens them for reading only. That holds for a connection too that somebody
was given: what is left to it is its own memory, and the folder that it spills to (and in DuckDB before 2.0 the folder
that `enable_logging()` writes to). Where the query is known, statements that write are refused in plain words before
DuckDB sees them, also inside of a query (`with x as (copy …) select …` counts as a SELECT).
"""

import re
import tempfile
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from prodflow.core.errors import QueryError

if TYPE_CHECKING:
    import duckdb

_ALLOWED = ("SELECT", "EXPLAIN", "CREATE", "CREATE_FUNC", "SET", "VARIABLE_SET", "PRAGMA", "RELATION")
_INSTEAD = {
    "COPY": "write its result with 'prodflow sql QUERY -o FILE'",
    "EXPORT": "write its result with 'prodflow sql QUERY -o FILE'",
    "DELETE": "'prodflow drop' deletes a dataset",
    "DROP": "'prodflow drop' deletes a dataset",
    "INSERT": "'prodflow db-in' adds answers",
    "ATTACH": "from Python, connect().connection(locked=False) may open other files",
}
_WRITES = ("insert", "update", "delete", "merge")
_PRAGMAS = ("table_info", "show_tables", "show_tables_expanded", "show", "version", "database_size", "storage_info")
_QUOTES = '"`'
_CALLS = ("query", "query_table", "json_execute_serialized_sql", "enable_logging")
"""Functions that ask what a text says, which nobody can look through, or that write files in older DuckDBs."""


def spill_aside(connection: "duckdb.DuckDBPyConnection") -> None:
    """Let what memory cannot hold go to a folder of the connection's own, not to the one where somebody happens to be.

    DuckDB makes the folder when it first needs it, and removes it at the end.
    """
    folder = Path(tempfile.gettempdir()) / f"prodflow-sql-{uuid.uuid4().hex}"
    connection.execute("set temp_directory = $folder", {"folder": str(folder)})


def lock(connection: "duckdb.DuckDBPyConnection", files: Iterable[str]) -> None:
    """Let a connection open these files and no others, and keep its settings as they are, for good.

    Args:
        connection: to DuckDB, in memory, with all its views.
        files: paths.
    """
    connection.execute("set allowed_paths = $paths", {"paths": list(files)})
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")


def check_query(query: str) -> None:
    """Refuse statements that write.

    Raises:
        QueryError: naming the statement.
        duckdb.Error: if the query cannot be parsed.

    >>> check_query("select count(*) from answers")
    >>> check_query("with x as (copy answers to 'file.csv') select 1")
    Traceback (most recent call last):
    prodflow.core.errors.QueryError: sql: COPY is refused: a query ...
    """
    import duckdb

    words = ["", *_words(query), ""]
    for before, word, after in zip(words, words[1:], words[2:]):
        if word == "copy" and before != ".":
            raise _refused("COPY")
        if word in _WRITES and before in ("(", ")"):
            raise _refused(word.upper())
        if word == "import" and before in ("", ";"):
            raise _refused("IMPORT")
        if before == "pragma" and word not in _PRAGMAS:
            raise _refused(f"PRAGMA {word}")
        if after == "(" and word.strip(_QUOTES) in _CALLS:
            raise _refused(f"{word.strip(_QUOTES)}()")
    # After the words: to tell the statements of `import database` older versions of DuckDB open its files.
    for statement in duckdb.extract_statements(query):
        if statement.type.name not in _ALLOWED:
            raise _refused(statement.type.name)


def _words(query: str) -> list[str]:
    """The query's words and signs in lower case, without texts and comments, as DuckDB itself splits it."""
    import duckdb

    text = query.encode()
    tokens = [(start, kind.name) for start, kind in duckdb.tokenize(query)]
    ends = [start for start, _ in tokens[1:]] + [len(text)]
    words = []
    for (start, kind), end in zip(tokens, ends, strict=True):
        if kind not in ("string_const", "comment"):
            # What counts as a blank is DuckDB's matter: odd ones must not hide a word.
            words.append(re.sub(r"[^!-~]", "", text[start:end].decode(errors="ignore").lower()))
    return [word for word in words if word]


def _refused(what: str) -> QueryError:
    instead = f"; {_INSTEAD[what]}" if what in _INSTEAD else ""
    return QueryError(f"sql: {what} is refused: a query reads the store and changes nothing{instead}")


def refused_file(error: Exception) -> QueryError:
    """Return what to say where DuckDB refused to open a file."""
    found = re.search(r'(?:file|directory) "([^"]*)"', str(error))
    what = f"{found[1]!r} is not opened" if found else str(error).splitlines()[0].rstrip(".")
    return QueryError(
        f"sql: {what}: a query reads the store and no other file; "
        "from Python, connect().connection(locked=False) may open others"
    )
