"""A traceback shows the user's frames and not those that led to them."""

from __future__ import annotations

import builtins
import re
import sys
from pathlib import Path

import pytest

import cloudpy
from cloudpy.runtime import user_traceback

from .program import PROGRAMS, call


def frames(error: BaseException) -> list[str]:
    return re.findall(r'File "([^"]+)"', user_traceback(error))


def test_the_frames_of_the_users_code_alone_also_in_the_cause() -> None:
    with pytest.raises(ValueError, match="no good event") as caught:
        call("raises")
    index = str(PROGRAMS / "raises" / "index.py")
    text = user_traceback(caught.value)
    assert [index] * 3 == frames(caught.value)
    assert "KeyError: 'missing'" in text
    assert "direct cause" in text
    assert text.endswith("ValueError: no good event\n")


def test_frames_inside_cloudpy_are_cut_off_behind_the_users_line() -> None:
    with pytest.raises(TypeError) as caught:
        call("raises", handler="index.through_the_sdk")
    assert [str(PROGRAMS / "raises" / "index.py")] == frames(caught.value)
    assert "cloud.openapi(1, 2, 3)" in user_traceback(caught.value)


def test_a_syntax_error_shows_the_users_line_alone(tmp_path: Path) -> None:
    (tmp_path / "index.py").write_text("def main(event, context)\n    return 1\n")
    with pytest.raises(SyntaxError) as caught:
        call(tmp_path)
    text = user_traceback(caught.value)
    assert f'File "{tmp_path / "index.py"}", line 1' in text
    assert "importlib" not in text
    assert "expected ':'" in text


@pytest.mark.skipif(sys.version_info < (3, 11), reason="exception groups came with Python 3.11")
def test_parts_of_a_group_are_trimmed_as_well() -> None:
    with pytest.raises(ValueError, match="no good event") as caught:
        call("raises")
    group = getattr(builtins, "ExceptionGroup")("several", [caught.value])  # noqa: B009 - Python 3.10 has none
    text = user_traceback(group)
    assert "invoke.py" not in text
    assert "ValueError: no good event" in text


def test_a_misspelt_name_of_the_sdk_is_suggested_on_every_python() -> None:
    with pytest.raises(AttributeError) as caught:
        getattr(cloudpy, "databse")  # noqa: B009 - a name that is not there
    last = user_traceback(caught.value).splitlines()[-1]
    assert last.lower().endswith(("did you mean 'database'?", "did you mean: 'database'?"))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{'dataList': []}.dataList", 'cloudpy: events and results are dicts: write ["dataList"] or .get("dataList")'),
        ("later()['dataList']", "cloudpy: a call has a result only once it is awaited: write await before it"),
        ("later().dataList", "cloudpy: a call has a result only once it is awaited: write await before it"),
        ("[item for item in later()]", "cloudpy: a call has a result only once it is awaited: write await before it"),
        ("cloud.zzz()", "AttributeError: module 'cloudpy' has no attribute 'zzz'"),
        ("[].dataList", "AttributeError: 'list' object has no attribute 'dataList'"),
        ("nothing['dataList']", "TypeError: 'NoneType' object is not subscriptable"),
    ],
)
def test_what_is_written_in_nodes_way_gets_a_sentence(line: str, words: str) -> None:
    async def wait() -> None: ...

    made = []

    def later() -> object:
        made.append(wait())
        return made[-1]

    with pytest.raises((AttributeError, TypeError)) as caught:
        eval(line, {"later": later, "nothing": None, "cloud": cloudpy})
    assert user_traceback(caught.value).splitlines()[-1].startswith(words)
    for one in made:
        one.close()


def test_a_library_that_scf_brings_gets_a_sentence() -> None:
    def text(name: str) -> str:
        return user_traceback(ModuleNotFoundError(f"No module named {name!r}", name=name))

    assert "put cos-python-sdk-v5 into requirements.txt" in text("qcloud_cos")
    assert "put tencentcloud-sdk-python into" in text("tencentcloud.common")
    assert text("no_such_library").splitlines()[-1].startswith("ModuleNotFoundError")
