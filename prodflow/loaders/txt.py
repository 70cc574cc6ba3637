"""Plain text: a text a line."""

from collections.abc import Iterator

from prodflow.core.failures import HiddenFailures
from prodflow.core.settings import InputFile
from prodflow.core.source import HiddenCursor, loader
from prodflow.core.task import Task
from prodflow.loaders.lines import LineFile


@loader(extensions=("txt",))
def txt(path: InputFile, *, cursor: HiddenCursor, failures: HiddenFailures) -> Iterator[Task]:
    r"""Read a text file, a task a line; plain, gzip or zstd, or `-` for standard input.

    Args:
        path: the file. Empty lines are skipped.

    Raises:
        SourceError: at a line that is not UTF-8, naming file and line.

    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = Path(folder, "news.txt").write_text("one\n\ntwo\n")
    ...     list(txt(f"{folder}/news.txt"))
    [{'text': 'one'}, {'text': 'two'}]
    """
    with LineFile(path, cursor) as file:
        for block in file.texts(failures):
            for line in block.split("\n"):
                if line and not line.isspace():
                    yield {"text": line.rstrip("\r")}
