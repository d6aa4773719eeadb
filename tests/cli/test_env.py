"""``cloudpy env``: what a function sees, without what nobody should."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .command import PROGRAMS, cloudpy, environment

HERE = PROGRAMS / "tells_environment"


def test_who_calls_and_where_from() -> None:
    mine = environment(MY_OWN="kept", TENCENTCLOUD_SESSIONTOKEN="real", WX_OPENID="o-forged")
    done = cloudpy("env", HERE, "--openid", "o-bob", "--json", env=mine)
    assert 0 == done.returncode, done.stderr
    found = {each["name"]: (each["value"], each["origin"]) for each in json.loads(done.stdout)}
    assert ("o-bob", "invocation") == found["WX_OPENID"]
    assert ("env-of-file", "instance") == found["SCF_NAMESPACE"]
    assert ("kept", "shell") == found["MY_OWN"]
    assert "TENCENTCLOUD_SESSIONTOKEN" not in found
    assert "WX_API_TOKEN" in found["WX_CONTEXT_KEYS"][0]


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_secrets_are_masked(form: list[str]) -> None:
    secret = "Zx8" * 11
    mine = environment(
        DB_PASSWORD=secret, GITHUB_TOKEN=secret, STRIPE_API_KEY=secret, DB=f"mysql://root:{secret}@h/d", SHORT_KEY="q#q"
    )
    done = cloudpy("env", HERE, *form, env=mine)
    assert 0 == done.returncode
    assert "Zx8" not in done.stdout
    assert "q#q" not in done.stdout
    assert "mysql://***@h/d" in done.stdout
    assert "*** (33 characters)" in done.stdout
    assert "*** (3 characters)" in done.stdout
    variables = cloudpy("run", HERE, env=mine)
    assert 0 == variables.returncode


def test_a_timer_has_no_user() -> None:
    done = cloudpy("env", HERE, "--timer")
    assert "WX_OPENID=" not in done.stdout
    assert "TRIGGER_SRC=timer" in done.stdout
    assert "# the platform, with each invocation" in done.stdout


def test_what_it_refuses(tmp_path: Path) -> None:
    done = cloudpy("env", tmp_path / "nowhere")
    assert (2, "") == (done.returncode, done.stdout)
    assert "no folder" in done.stderr


def test_env_files_count_for_env_and_run(tmp_path: Path) -> None:
    function = tmp_path / "one"
    function.mkdir()
    (function / "index.py").write_text(
        "import os\n\ndef main(event, context):\n    return os.environ['A'] + os.environ['B']\n"
    )
    (tmp_path / ".env").write_text("A=project\nB=project\n")
    (function / ".env").write_text("A=own\nWX_OPENID=forged\n")
    mine = environment(A="shell", B="shell")
    found = json.loads(cloudpy("env", "one", "--json", env=mine, cwd=tmp_path).stdout)
    told = {each["name"]: (each["value"], each["origin"]) for each in found}
    assert [("own", "file"), ("project", "file")] == [told["A"], told["B"]]
    assert ("o-local-user", "invocation") == told["WX_OPENID"]
    assert '"ownproject"\n' == cloudpy("run", "one", env=mine, cwd=tmp_path).stdout
    assert '"ownshell"\n' == cloudpy("run", function, env=mine).stdout
    (function / ".env").write_text("A='own\n")
    done = cloudpy("run", "one", env=mine, cwd=tmp_path)
    assert (2, "") == (done.returncode, done.stdout)
    assert f"{function / '.env'}:1: expected NAME=value" in done.stderr
