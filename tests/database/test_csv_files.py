"""Documents as CSV: what is written is read again, every type included."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloudpy.local import LocalDataError, collection_files
from cloudpy.local.database.values import identical
from tests.database.test_properties import anything
from tests.once import part

texts = st.text(max_size=6) | st.sampled_from(
    ["", "12", "true", '"x"', "null", '{"$date": 1}', " 1 ", "a,b\r\n", "NaN"]
)
documents = st.dictionaries(
    texts.filter(lambda name: not name.startswith("$")), anything | texts, min_size=1, max_size=4
).filter(lambda document: document.keys() - {""} or "" not in document)


@settings(max_examples=part(200, 20), deadline=None)
@given(several=st.lists(documents, min_size=1, max_size=4), name=st.sampled_from(["x.csv", "x.CSV"]))
def test_nothing_is_lost(tmp_path_factory: pytest.TempPathFactory, several: list[Any], name: str) -> None:
    path = tmp_path_factory.mktemp("csv") / name
    assert collection_files.replace_file(str(path), several) == len(several)
    found = [{name: document[name] for name in sorted(document)} for document in collection_files.read(str(path))]
    assert identical(found, [{name: document[name] for name in sorted(document)} for document in several])


def test_a_spreadsheet_shows_plain_values(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    collection_files.replace_file(str(path), [{"_id": "a1", "name": "小云, 是", "n": 3}, {"_id": "2", "more": [1]}])
    rows = list(csv.reader(path.read_text("utf-8-sig").splitlines()))
    assert rows == [["_id", "name", "n", "more"], ["a1", "小云, 是", "3", ""], ['"2"', "", "", "[1]"]]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", ":1: expected the names"),
        (b"a,a\n1,2\n", ":1: the field 'a' occurs twice"),
        (b"a\n1\n1,2\n", ":3: has 2 cells"),
        (b'a\n"x\n', "is not CSV"),
        (b"a\n\xff\n", "is not UTF-8"),
        (b'a\n"{""$oid"": 1}"\n', ":2: the cell: $oid must be"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    with pytest.raises(LocalDataError) as raised:
        list(collection_files.read(str(path)))
    assert problem in str(raised.value)


@pytest.mark.parametrize(("form", "text"), [("array", "[]\n"), ("lines", ""), ("csv", "\ufeff_id\r\n")])
def test_no_documents(form: collection_files.Format, text: str) -> None:
    pieces: list[str] = []
    assert collection_files.dump([], pieces.append, form) == 0
    assert "".join(pieces) == text
