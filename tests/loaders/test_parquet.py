"""Parquet: rows become tasks that JSON can say."""

import datetime
import decimal
import io
from pathlib import Path
from typing import Any

import orjson
import pyarrow
import pytest
from PIL import Image
from pyarrow import parquet as files

from prodflow.core.errors import SourceError
from prodflow.core.hashing import set_hashes
from prodflow.core.media import b64_to_bytes
from prodflow.loaders import parquet


def written(folder: Path, columns: dict[str, Any], name: str = "tasks.parquet", **options: Any) -> Path:
    path = folder / name
    files.write_table(pyarrow.table(columns), path, **options)
    return path


def png() -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (3, 2), "red").save(data, "png")
    return data.getvalue()


def test_reads_what_was_written_over_many_row_groups(tmp_path: Path) -> None:
    columns = {"text": [f"text {n}" for n in range(5000)], "n": list(range(5000)), "x": [None, 0.5] * 2500}
    source = parquet(written(tmp_path, columns, row_group_size=700))

    assert list(source) == pyarrow.table(columns).to_pylist()
    assert (source.position, source.size, source.progress) == (5000, 5000, 1.0)


def test_the_position_is_that_of_the_task_at_hand(tmp_path: Path) -> None:
    source = parquet(written(tmp_path, {"n": list(range(3000))}))

    assert [source.position for _ in source] == list(range(1, 3001))


@pytest.mark.parametrize("struct", [False, True])
def test_images_become_data_uris(tmp_path: Path, struct: bool) -> None:
    data = png()
    path = written(tmp_path, {"image": [{"bytes": data, "path": "a.png"}] if struct else [data]})

    [task] = parquet(path)

    assert task["image"].startswith("data:image/png;base64,")
    assert b64_to_bytes(task["image"]) == data


def test_an_image_struct_without_bytes_is_its_path(tmp_path: Path) -> None:
    kind = pyarrow.struct({"bytes": pyarrow.binary(), "path": pyarrow.string()})
    path = tmp_path / "a.parquet"
    files.write_table(pyarrow.table({"image": pyarrow.array([{"bytes": None, "path": "a.png"}, None], kind)}), path)

    assert list(parquet(path)) == [{"image": "a.png"}, {"image": None}]


def test_every_kind_of_value_becomes_what_json_can_say(tmp_path: Path) -> None:
    moment = datetime.datetime(2024, 2, 29, 12, 30, tzinfo=datetime.UTC)
    path = tmp_path / "a.parquet"
    table = pyarrow.table(
        {
            "raw": pyarrow.array([b"plain text"]),
            "noise": pyarrow.array([b"\xff\xfe\x00"]),
            "moment": pyarrow.array([moment], pyarrow.timestamp("ns", "UTC")),
            "day": pyarrow.array([datetime.date(2024, 2, 29)]),
            "price": pyarrow.array([decimal.Decimal("1.50")]),
            "spans": pyarrow.array([[{"start": 0, "when": datetime.date(2024, 2, 29)}]]),
            "map": pyarrow.array([[("a", 1), ("b", 2)]], pyarrow.map_(pyarrow.string(), pyarrow.int64())),
            "kind": pyarrow.array(["A"]).dictionary_encode(),
            "wait": pyarrow.array([datetime.timedelta(seconds=90)]),
            "nothing": pyarrow.array([None]),
        }
    )
    files.write_table(table, path)

    [task] = parquet(path)

    assert task == {
        "raw": "plain text",
        "noise": "data:application/octet-stream;base64,//4A",
        "moment": "2024-02-29T12:30:00+00:00",
        "day": "2024-02-29",
        "price": 1.5,
        "spans": [{"start": 0, "when": "2024-02-29"}],
        "map": {"a": 1, "b": 2},
        "kind": "A",
        "wait": 90.0,
        "nothing": None,
    }
    assert orjson.loads(orjson.dumps(set_hashes(task))) == set_hashes(task)


def test_a_folder_is_read_in_the_order_of_names(tmp_path: Path) -> None:
    written(tmp_path, {"n": [2]}, "b.parquet")
    written(tmp_path, {"n": [1]}, "a.parquet")
    source = parquet(tmp_path)

    assert list(source) == [{"n": 1}, {"n": 2}]
    assert source.size == 2


def test_columns_can_be_chosen(tmp_path: Path) -> None:
    path = written(tmp_path, {"text": ["a"], "more": [1]})

    assert list(parquet(path, columns=["text"])) == [{"text": "a"}]
    with pytest.raises(SourceError, match=r"no column 'txt' \(columns: 'text', 'more'\)"):
        list(parquet(path, columns=["txt"]))


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, {"text": ["a" * 100] * 1000})
    for content in (b"", b"no parquet at all", path.read_bytes()[:-20]):
        path.write_bytes(content)
        with pytest.raises(SourceError, match=f"^{path}: not a Parquet file that can be read: "):
            list(parquet(path))


def test_a_file_that_is_broken_inside_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, {"text": [f"text {n}" for n in range(10_000)]}, compression="zstd")
    data = bytearray(path.read_bytes())
    data[100:2000] = bytes(1900)
    path.write_bytes(data)

    with pytest.raises(SourceError, match="not a Parquet file that can be read"):
        list(parquet(path))


def test_an_empty_file_is_an_empty_stream(tmp_path: Path) -> None:
    source = parquet(written(tmp_path, {"text": pyarrow.array([], pyarrow.string())}))

    assert list(source) == []
    assert source.progress == 1.0
