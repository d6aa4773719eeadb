"""A mark that is reached under `dev` and `serve` is shown as what it is, and they go on."""

from __future__ import annotations

from pathlib import Path

import pytest

from cloudpy.migrate import draft, write
from tests.devserver.dev_process import Dev
from tests.serve.serving import Serving

WORDS = "NotTranslated: index.js:2: a label"
SOURCE = """\
exports.main = {}event => {{ try {{ if (event.mark) {{
label: if (1) break label
}} }} catch (e) {{ }} return 1 }}"""


@pytest.fixture(params=["async ", ""], ids=["async", "sync"])
def functions(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    (tmp_path / "node").mkdir()
    (tmp_path / "node" / "index.js").write_text(SOURCE.format(request.param))
    write(draft(tmp_path / "node"), tmp_path / "functions" / "marked")
    return tmp_path / "functions"


def test_dev_shows_a_mark_that_is_reached(functions: Path) -> None:
    with Dev(functions) as dev:
        answer = dev.post("marked", {"mark": True})
        assert (answer.status, answer.json()["errCode"]) == (500, -504002)
        assert WORDS in answer.json()["errMsg"]
        assert WORDS in answer.json()["stack"]
        assert dev.post("marked").json() == 1


def test_serve_shows_a_mark_that_is_reached(functions: Path) -> None:
    with Serving(functions / "marked") as server:
        answer = server.post({"mark": True}, {"X-Request-Id": "r-1"})
        assert answer.status == 500
        assert WORDS in answer.json()["stack"]
        assert WORDS in server.line("error", requestId="r-1")["stack"]
        assert server.post({}).json() == 1


def test_serve_in_production_keeps_it_to_the_log(functions: Path) -> None:
    with Serving(functions / "marked", "--production") as server:
        answer = server.post({"mark": True}, {"X-Request-Id": "r-1"})
        assert (answer.status, answer.json()["code"]) == (500, "SYS_ERR")
        assert "NotTranslated" not in answer.body.decode()
        assert WORDS in server.line("error", requestId="r-1")["stack"]
