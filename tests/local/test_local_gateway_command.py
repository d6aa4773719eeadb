"""``cloudpy gateway`` as a user starts it: in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cloudpy.cli.gateway import gateway

COMMAND = [sys.executable, "-c", "from cloudpy.cli.gateway import gateway; gateway()"]
CALL = (
    "import json, cloudpy.sync as cloud; cloud.init(env=cloud.DYNAMIC_CURRENT_ENV, config=None);"
    "print(json.dumps(cloud.openapi.cloudbase.getOpenData({'cloudidList': ['xxx']})))"
)
LOCAL = "users: [{openid: o-alice}]\nopen_data: {xxx: {steps: 1}}\n"
CONFIG = '{"permissions": {"openapi": ["cloudbase.getOpenData"]}}'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "local.yaml").write_text(LOCAL)
    (tmp_path / "config.json").write_text(CONFIG)
    return tmp_path


@contextmanager
def running(folder: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [*COMMAND, *arguments], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def call(environment: dict[str, str]) -> Any:
    done = subprocess.run(
        [sys.executable, "-c", CALL], env={**os.environ, **environment}, capture_output=True, check=True
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_json_call_log_and_an_end_without_noise(folder: Path, how: int) -> None:
    with running(folder, "--json") as process:
        assert process.stdout
        said = json.loads(process.stdout.readline())
        assert set(said) == {"url", "env"}
        assert call(said["env"])["dataList"][0]["json"]["data"] == {"steps": 1}
        process.send_signal(how)
        out, err = process.communicate()
        assert (process.returncode, out) == (0, "")
    assert "POST cloudbase.getOpenData by o-alice ok" in err
    assert err.endswith("stopped\n")
    assert "Traceback" not in err
    for name in ("WX_API_TOKEN", "TENCENTCLOUD_SECRETKEY", "TENCENTCLOUD_SECRETID"):
        assert said["env"][name] not in err


def test_exports_are_for_a_shell(folder: Path) -> None:
    with running(folder, "--env", "it's mine") as process:
        assert process.stdout and process.stderr
        assert "stop with Ctrl-C" in process.stderr.readline()
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate()
    lines = out.splitlines()
    assert all(line.startswith("export ") for line in lines)
    done = subprocess.run(
        ["sh", "-c", f'{out}\nprintf "%s|%s" "$TCB_ENV" "$TCB_CONTEXT_CNFG"'],
        capture_output=True,
        text=True,
        check=True,
    )
    env, _, address = done.stdout.partition("|")
    assert env == "it's mine"
    assert json.loads(address)["URL"].startswith("http://127.0.0.1:")


def test_env_file_is_for_its_owner_alone_and_for_a_shell(folder: Path) -> None:
    file = folder / "made.env"
    file.write_text("old")
    file.chmod(0o644)
    with running(folder, "--env-file", str(file)) as process:
        assert process.stderr
        process.stderr.readline()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        script = f'. {file}; printf %s "$TCB_CONTEXT_CNFG"'
        done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True)
        assert json.loads(done.stdout)["URL"].endswith("/admin")
        process.send_signal(signal.SIGTERM)
        assert process.communicate()[0] == ""


def test_without_config_everything_is_refused_and_the_log_says_why(folder: Path) -> None:
    (folder / "config.json").unlink()
    with running(folder, "--json") as process:
        assert process.stdout
        environment = json.loads(process.stdout.readline())["env"]
        done = subprocess.run(
            [sys.executable, "-c", CALL], env={**os.environ, **environment}, capture_output=True, text=True
        )
        assert "-604101" in done.stderr
        process.send_signal(signal.SIGTERM)
        assert "has no config.json" in process.communicate()[1]


@pytest.mark.once(sample=3)
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--local", "none.yaml"], "none.yaml: no such file"),
        (["--local", "broken.yaml"], "broken.yaml:1: user: unknown key; did you mean 'users'?"),
        (["--config", "none.json"], "none.json cannot be read"),
        (["--host", "0.0.0.0"], "add --allow-remote"),
        (["--host", "no.such.host.invalid", "--allow-remote"], "cannot listen on no.such.host.invalid"),
        (["--port", "70000"], "70000 is not in the range"),
        (["--port", "x"], "'x' is not a valid integer"),
        (["--unknown", "guess"], "'guess' is not one of"),
        (["--env-file", "no/such/folder"], "--env-file no/such/folder cannot be written"),
        (["extra"], "unexpected extra argument"),
        (["--prot", "1"], "No such option"),
    ],
)
def test_what_cannot_be_used_is_one_line_and_code_2(folder: Path, arguments: list[str], told: str) -> None:
    (folder / "broken.yaml").write_text("user: []\n")
    done = subprocess.run([*COMMAND, *arguments], cwd=folder, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert len([line for line in done.stderr.splitlines() if line.startswith("Error:")]) == 1


def test_port_in_use(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = subprocess.run([*COMMAND, "--port", port], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 2
    assert f"cannot listen on 127.0.0.1:{port}" in done.stderr
    assert "--port 0 uses any free port" in done.stderr


def test_open_to_others_with_a_warning(folder: Path) -> None:
    with running(folder, "--host", "0.0.0.0", "--allow-remote", "--json") as process:
        assert process.stdout and process.stderr
        assert process.stderr.readline().startswith("warning: 0.0.0.0 is open to other machines")
        assert "dataList" in call(json.loads(process.stdout.readline())["env"])


def test_help() -> None:
    done = CliRunner().invoke(gateway, ["--help"])
    assert done.exit_code == 0
    assert "local.yaml" in done.output
