"""Plain text: a text a line."""

from collections.abc import Iterator

from prodflow.core.failures import HiddenFailures
from prodflow.core.settings import InputFile
from prodflow.core.source import HiddenCursor, loader
from prodflow.core.task import Task
from prodflow.loaders.lines import Block, LineFile, is_same_file


@loader(extensions=("txt",), resumes=is_same_file)
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
    block, size = Block(b"", []), 0
    with LineFile(path, cursor) as file:
        file.track_unread(lambda: block.unread())
        if file.is_regular:
            cursor.mark = lambda: file.place(file.line + size - block.left)
        for text in file.texts(failures):
            lines = text.split("\n")
            block, size = Block(text.encode(), lines), len(lines)
            for line in block.items:
                if line and not line.isspace():
                    yield {"text": line.rstrip("\r")}
