"""Pictures of a pipeline in text: a table and a Mermaid flowchart."""

from collections.abc import Sequence


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Align columns under their headers.

    >>> print(table(("stage", "in"), [("filter_empty", "3")]))
    stage         in
    filter_empty  3
    """
    widths = [max(len(row[i]) for row in [header, *rows]) for i in range(len(header))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in [header, *rows]]
    return "\n".join(line.rstrip() for line in lines)


def mermaid(rows: Sequence[tuple[str, str]]) -> str:
    """Draw named boxes in a row, with their settings inside.

    >>> print(mermaid([("images", "path=photos"), ("filter_empty", "key='image'")]))
    flowchart LR
      s0["images<br/>path=photos"]
      s1["filter_empty<br/>key='image'"]
      s0 --> s1
    """
    boxes = []
    for number, (name, settings) in enumerate(rows):
        words = f"{name}<br/>{settings}" if settings else name
        escaped = words.replace("&", "&amp;").replace('"', "&quot;").replace("<br/>", "\0")
        escaped = escaped.replace("<", "&lt;").replace(">", "&gt;").replace("\0", "<br/>")
        boxes.append(f'  s{number}["{escaped}"]')
    arrows = [f"  s{number} --> s{number + 1}" for number in range(len(rows) - 1)]
    return "\n".join(["flowchart LR", *boxes, *arrows])
