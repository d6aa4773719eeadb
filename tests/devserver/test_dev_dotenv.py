""".env files: what a line may be, which file goes before which, and that what is wrong is told without its value."""

from __future__ import annotations

import io
from pathlib import Path

import dotenv
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudpy.runner.env_files import DotenvError, parse, read

from .dev_process import Dev, write

PEM = "-----BEGIN KEY-----\nAbc/+=\n-----END KEY-----\n"


def parsed(data: bytes, path: str = ".env") -> dict[str, str]:
    return parse(data, path, lambda text: pytest.fail(text))


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("A=b", "b"),
        ("A = b ", "b"),
        ("export A=b", "b"),
        ("A=", ""),
        ("A=b=c==", "b=c=="),
        ("A=b # a remark", "b"),
        ("A=b#c", "b#c"),
        ("A='b # c' # d", "b # c"),
        ("A='$B \\n'", "$B \\n"),
        ('A="b\\n\\"c\\" \\\\"', 'b\n"c" \\'),
        ("A=$B", "$B"),
        ("A=值 🐼", "值 🐼"),
        ("\ufeffA=b", "b"),
        ("A=b\r", "b"),
        ("# a remark\n\nA=b", "b"),
        (f'A="{PEM}"', PEM),
        (f"A='{PEM}' # a key", PEM),
    ],
)
def test_lines(line: str, value: str) -> None:
    assert {"A": value} == parsed(line.encode())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"A=1\nB", "x:2: expected NAME=value, but the line has no ="),
        (b"A B=s3cret", "x:1: expected NAME=value"),
        (b"=s3cret", "x:1: expected NAME=value"),
        (b"\n\nA='s3cret", "x:3: expected NAME=value"),
        (b'A="s3cret\\"', "x:1: expected NAME=value"),
        (b"A='s3' cret", "x:1: expected NAME=value"),
        (b"A=1\nB=\xff", "x:2: this line is not UTF-8"),
        (b"A=b\x00", "x:1: NUL character"),
    ],
)
def test_what_is_wrong_is_told(text: bytes, words: str) -> None:
    with pytest.raises(DotenvError, match=r"^x:") as caught:
        parsed(text, "x")
    assert str(caught.value).startswith(words)
    assert "s3cret" not in str(caught.value)


def test_a_name_given_twice_is_told_and_the_later_one_counts() -> None:
    said: list[str] = []
    assert {"A": "2"} == parse(b"A=s3cret\n\nA=2\n", "x", said.append)
    assert ["x:3: A is already defined on line 1; the later line counts"] == said


@given(st.binary(max_size=60))
def test_any_bytes_are_what_python_dotenv_reads_or_an_error(data: bytes) -> None:
    try:
        found = parse(data, ".env", lambda text: None)
    except DotenvError:
        return
    assert dict(dotenv.dotenv_values(stream=io.StringIO(data.decode("utf-8-sig")))) == found
    assert all("\0" not in value and "=" not in name for name, value in found.items())


@given(st.text(alphabet=st.characters(blacklist_characters="'\\\0$", blacklist_categories=["Cs"]), max_size=30))
def test_what_stands_in_single_quotes_is_what_comes(value: str) -> None:
    assert {"A": value} == parsed(f"A='{value}'".encode())


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(DotenvError, match="cannot be read"):
        read(str(tmp_path), print)
    (tmp_path / "large").write_bytes(b"#" * 2_000_000)
    with pytest.raises(DotenvError, match="larger than 1 MB"):
        read(str(tmp_path / "large"), print)


def test_which_goes_before_which(tmp_path: Path) -> None:
    names = ["SHELL_ONLY", "P", "F", "PL", "FL"]
    program = f"import os\n\ndef main(event, context):\n    return [os.environ.get(n) for n in {[*names, 'TCB_ENV']}]\n"
    write(tmp_path, env="P=p\nF=p\nPL=p\nFL=p\n", env_local="PL=pl\nFL=pl\n")
    write(tmp_path / "one", index=program, env="F=f\nPL=f\nFL=f\nTCB_ENV=mine\n", env_local="FL=fl\n")
    write(tmp_path / "two", index=program)
    with Dev(tmp_path, environment=dict.fromkeys(names, "shell")) as dev:
        assert ["shell", "p", "f", "pl", "fl", "local"] == dev.post("one").json()
        assert ["shell", "p", "p", "pl", "pl", "local"] == dev.post("two").json()
        assert "TCB_ENV in its .env files ignored" in dev.notice("TCB_ENV")["text"]
