"""``cloudpy package``: what goes in, that it runs where nothing else is, and that it is the same each time."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

import pytest

from cloudpy.check.folder import Folder
from cloudpy.local import GatewayServer, load
from cloudpy.package import PackageError, build, bytecode, resolver
from cloudpy.package.required import copy_sdk, required_parts
from cloudpy.runtime import make_context

from ..cli.command import ROOT, cloudpy
from ..test_layers import LAYERS
from . import stand_in

SYNC = """
import cloudpy.sync as cloud

cloud.init(env=cloud.DYNAMIC_CURRENT_ENV)


def main(event, context):
    data = cloud.openapi.cloudbase.getOpenData({"cloudidList": ["xxx"]})["dataList"]
    return {"openid": cloud.getWXContext()["OPENID"], "step": data[0]["json"]["data"]["stepInfoList"][0]["step"]}
"""
ASYNC = (
    SYNC.replace(".sync", "")
    .replace("def main", "async def main")
    .replace("data = ", "data = (await ")
    .replace('["xxx"]})', '["xxx"]}))')
)


def function(folder: Path, code: str, requirements: str = "wx-cloudpy\n") -> Path:
    folder.mkdir(parents=True)
    (folder / "index.py").write_text(code)
    (folder / "config.json").write_text('{"permissions": {"openapi": ["cloudbase.getOpenData"]}}')
    (folder / "requirements.txt").write_text(requirements)
    return folder


def wheel(
    folder: Path, name: str, *requires: str, tag: str = "py3-none-any", version: str = "1.0", script: bool = False
) -> None:
    """A library of one module, which says its own name."""
    info = f"{name}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    metadata += "Provides-Extra: more\n" + "".join(f"Requires-Dist: {each}\n" for each in requires)
    with zipfile.ZipFile(folder / f"{name}-{version}-{tag}.whl", "w") as archive:
        archive.writestr(f"{name}.py", f"NAME = {name!r}\n")
        archive.writestr(f"{info}/METADATA", metadata)
        archive.writestr(f"{info}/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n")
        if script:
            archive.writestr(f"{info}/entry_points.txt", f"[console_scripts]\n{name} = {name}:main\n")
        archive.writestr(f"{info}/RECORD", f"{name}.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n{info}/RECORD,,\n")


NO_CALLS = "def main(event, context):\n    return event\n"


def names(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


@pytest.mark.once(sample=1)
@pytest.mark.parametrize("code", [SYNC, ASYNC], ids=["sync", "async"])
def test_it_runs_under_the_platforms_bootstrap(code: str, tmp_path: Path) -> None:
    stand_in.python()
    folder = function(tmp_path / "steps", code)
    done = cloudpy("package", folder, "--target", "scf", "--python", "3.10", cwd=tmp_path)
    assert 0 == done.returncode, done.stderr
    package = stand_in.unpack(tmp_path / "dist/steps-scf.zip", tmp_path / "var/user")
    local = ROOT / "examples/get_open_data/local.yaml"
    backend = load(local, config=folder / "config.json")
    with GatewayServer(backend) as server:
        jobs = []
        for openid in ("o-alice", "o-local-user"):
            variables = server.environment(user=openid, function="steps")
            jobs.append(({}, make_context(variables, function="steps")))
        refused, answered = stand_in.invoke(package, jobs)
    # the open data are those of the second
    assert "KeyError" in refused["stackTrace"]
    assert '/index.py", line 9, in main' in refused["stackTrace"]
    assert '{"openid": "o-local-user", "step": 1234}' == answered["result"]
    assert ("asyncio" in answered["modules"]) == (code == ASYNC)
    assert not {"aiohttp", "click", "yaml", "jsonschema", "cloudpy.cli", "cloudpy.local"} & set(answered["modules"])


@pytest.mark.once()
def test_it_starts_as_an_http_function_and_in_a_container(tmp_path: Path) -> None:
    code = "async def main(event, context):\n    return {'given': event}\n"
    folder = function(tmp_path / "echo", code)
    interpreter = stand_in.python()
    out = tmp_path / "out"
    assert 0 == cloudpy("package", folder, "--target", "cloudrun", "--out", out).returncode
    docker = (out / "Dockerfile").read_text()
    assert "FROM python:3.10-slim\n" in docker
    assert 'CMD ["python", "-u", "cloudpy_entry.py"]' in docker
    container = json.loads((out / "container.config.json").read_text())
    assert f"EXPOSE {container['containerPort']}\n" in docker
    process = subprocess.Popen(
        [interpreter, "-s", "-u", "cloudpy_entry.py"],
        cwd=out, env=stand_in.environment(out, PORT="0"), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        line = next(line for line in process.stdout if "listening" in line)
        port = int(line.partition("0.0.0.0:")[2].split('"')[0].split("/")[0] or json.loads(line)["port"])
        request = urllib.request.Request(f"http://127.0.0.1:{port}/", b'{"a": 1}', {"Content-Type": "application/json"})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=60) as answer:
            assert {"a": 1} == json.loads(answer.read())["given"]
    finally:
        process.terminate()
        process.communicate(timeout=60)


@pytest.mark.once()
def test_the_bootstrap_file_of_an_http_function(tmp_path: Path) -> None:
    wheel(tmp_path, "httptools", version="0.9")  # that the real one runs there, the test before shows
    requirements = f"--no-index\n--find-links {tmp_path}\n"
    folder = function(tmp_path / "echo", "def main(event, context):\n    return event\n", requirements)
    build(folder, target="http", python="3.10", out=tmp_path / "http.zip", protocol="access")
    package = stand_in.unpack(tmp_path / "http.zip", tmp_path / "user")
    data = (package / "scf_bootstrap").read_bytes()
    assert data.startswith(b"#!/bin/bash\n")
    assert b"exec /var/lang/python310/bin/python3.10 -u cloudpy_entry.py\n" in data
    assert b"\r" not in data
    assert 0o755 == (package / "scf_bootstrap").stat().st_mode & 0o777
    assert 0o644 == (package / "index.py").stat().st_mode & 0o777
    assert 'host="0.0.0.0", port=9000, protocol="access"' in (package / "cloudpy_entry.py").read_text()
    fragment = json.loads((package / "cloudbaserc.json").read_text())["functions"][0]
    assert ("echo", "HTTP", "Python3.10", False) == tuple(
        fragment[key] for key in ("name", "type", "runtime", "installDependency")
    )


@pytest.mark.once()
def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    code = SYNC + "\nKINDS = {'a', 'b', 'c', 'd'}\n\n\ndef known(x):\n    return x in {'e', 'f', 'g', 'h'}\n"
    wheels_of = tmp_path / "wheels"
    wheels_of.mkdir()
    wheel(wheels_of, "aiohttp", version="3.99")
    wheel(wheels_of, "httptools", version="0.9")
    requirements = f"--no-index\n--find-links {wheels_of}\nwx-cloudpy\n"
    folder = function(tmp_path / "one/steps", code, requirements)
    (tmp_path / "a.zip").write_bytes(b"")
    first = build(folder, target="scf", python="3.10", out=tmp_path / "a.zip")
    other = function(tmp_path / "two/steps", code, requirements)
    os.utime(other / "index.py", (1, 1))
    (other / "index.py").chmod(0o600)
    (other / "__pycache__").mkdir()
    (other / "__pycache__/index.cpython-310.pyc").write_bytes(b"stale")
    done = cloudpy("package", other, "--target", "scf", "--out", tmp_path / "b.zip")
    assert 0 == done.returncode, done.stderr
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert first.packed == (tmp_path / "a.zip").stat().st_size
    build(folder, target="cloudrun", python="3.10", out=tmp_path / "c")
    assert ["a.zip", "b.zip", "c", "one", "two", "wheels"] == sorted(path.name for path in tmp_path.iterdir())


def test_what_goes_in_and_what_stays(tmp_path: Path) -> None:
    folder = function(tmp_path / "steps", NO_CALLS)
    for name in ("test_index.py", "local.yaml", ".env", "lib/helper.py", "data.csv", ".venv/x.py", "tests/y.py"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("")
    build(folder, target="scf", python="3.10", out=tmp_path / "a.zip")
    inside = {name for name in names(tmp_path / "a.zip") if "__pycache__" not in name}
    users = {name for name in inside if not name.startswith("cloudpy/")}
    assert {
        "cloudbaserc.json", "cloudpy_entry.py", "config.json", "data.csv", "index.py", "lib/helper.py",
        "requirements.txt",
    } == users  # fmt: skip
    packages = {name.split("/")[1] for name in inside - users}
    assert {"runtime", "_wire", "_transports", "__init__.py"} <= packages
    first_tool = next(index for index, level in enumerate(LAYERS) if "contracts" in level)
    developers = {name for level in LAYERS[first_tool:] for name in level}
    assert {"cli", "local", "testing", "pages", "__main__"} <= developers
    assert not developers & {name.removesuffix(".py") for name in packages}


def test_bytecode_is_used_without_looking_at_the_source(tmp_path: Path) -> None:
    interpreter = stand_in.python()
    folder = function(tmp_path / "steps", "def main(event, context):\n    return 'compiled'\n")
    made = build(folder, target="scf", python="3.10", out=tmp_path / "a.zip")
    package = stand_in.unpack(tmp_path / "a.zip", tmp_path / "user")
    assert any("with bytecode of Python 3.10" in note for note in made.notes)
    (cold_start,) = (note for note in made.notes if note.startswith("cold start: "))
    assert re.fullmatch(
        r"cold start: \d+ ms \(\d+ ms without bytecode\) for cloudpy and your imports, on this machine", cold_start
    )
    assert made.size / 4 < made.bytecode < made.size * 3 / 4
    (package / "index.py").write_text("def main(event, context):\n    return 'the source'\n")
    program = "import index; print(index.main(None, None))"
    done = subprocess.run(
        [interpreter, "-c", program], cwd=package, env=stand_in.environment(package), capture_output=True, text=True
    )
    assert "compiled\n" == done.stdout, done.stderr


@pytest.mark.once
@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import os\nHOST = os.environ['DB_HOST']\n", "your code cannot be imported here: KeyError: 'DB_HOST'"),
        ("raise SystemExit\n", "your code cannot be imported here: the process ended with exit code 0"),
        ("open('written at import', 'w').close()\n", "for cloudpy and your imports, on this machine"),
        ("import time\ntime.sleep(0.3)\nprint('no line', end='')\n", "for cloudpy and your imports, on this machine"),
    ],
    ids=["a missing variable", "an exit", "a file", "output"],
)
def test_the_cold_start_includes_the_users_imports(code: str, words: str, tmp_path: Path) -> None:
    stand_in.python()
    made = build(function(tmp_path / "steps", code + NO_CALLS), target="scf", python="3.10", out=tmp_path / "a.zip")
    notes = "\n".join(made.notes)
    assert words in notes
    (milliseconds,) = re.findall(r"cold start: (\d+) ms", notes)
    assert ("sleep" in code) == (int(milliseconds) >= 300)
    assert "written at import" not in names(tmp_path / "a.zip")


@pytest.mark.once
def test_without_the_targets_python_it_says_which_one_it_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bytecode, "interpreter", lambda version: None)
    folder = function(tmp_path / "steps", NO_CALLS)
    made = build(folder, target="cloudrun", python="3.13", out=tmp_path / "out")
    assert 0 == made.bytecode
    here = f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert "without bytecode: there is no Python 3.13 here to compile with" in made.notes
    assert any(note.endswith(f"on this machine, with Python {here} instead of 3.13") for note in made.notes)


TOOLS = ["uv", "pip", "the bundled pip"]


def only(tool: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves one way to have libraries."""
    found = resolver.uv()
    if tool == "uv" and found is None:
        pytest.skip("there is no uv here")
    monkeypatch.setattr(resolver, "uv", lambda variables=None: found if tool == "uv" else None)
    if tool == "uv":
        monkeypatch.setattr(resolver, "_pip", lambda: None)
    elif tool == "the bundled pip":
        real = importlib.util.find_spec
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "pip" else real(name))


@pytest.mark.once(sample=2)
@pytest.mark.parametrize("tool", TOOLS)
def test_markers_mean_the_platforms_python(tool: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only(tool, monkeypatch)
    here, there = ("3.10", "3.11") if sys.version_info[:2] == (3, 10) else ("3.11", "3.10")
    if sys.version_info[:2] > (3, 11):
        here = f"3.{sys.version_info[1]}"
    wheel(tmp_path, "top", f"deep; python_version == '{there}'", f"needless; python_version == '{here}'",
          "plain", "never; sys_platform == 'win32'", "plugin; extra == 'more'")  # fmt: skip
    wheel(tmp_path, "deep", f"deeper[more]; python_version < '{there}.99' and platform_system == 'Linux'")
    wheel(tmp_path, "deeper", f"plugin; extra == 'more' and python_full_version < '{there}.99'")
    wheel(tmp_path, "needless", "needlesstoo")
    for name in ("needlesstoo", "plain", "plugin", "asked"):
        wheel(tmp_path, name)
    lines = ["--no-index", f"--find-links {tmp_path}", "top", f"asked ; python_version == '{there}'",
             f"nowhere; python_version == '{here}'"]  # fmt: skip
    found = resolver.install(lines, [], there, tmp_path / "made", tmp_path)
    assert ["asked==1.0", "deep==1.0", "deeper==1.0", "plain==1.0", "plugin==1.0", "top==1.0"] == found
    assert not (tmp_path / "made/needlesstoo.py").exists()


@pytest.mark.once()
def test_each_tool_gives_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheels = tmp_path / "a folder of wheels 轮子"
    wheels.mkdir()
    wheel(wheels, "top", "deep>=1; python_version < '3.11'", script=True)
    wheel(wheels, "deep")
    wheel(wheels, "httptools", version="0.9.0")  # which cloudpy needs, and nobody gave a hash
    hashed = hashlib.sha256((wheels / "top-1.0-py3-none-any.whl").read_bytes()).hexdigest()
    deep = hashlib.sha256((wheels / "deep-1.0-py3-none-any.whl").read_bytes()).hexdigest()
    lines = f"--no-index\n--find-links '{wheels}'\ntop==1.0 --hash=sha256:{hashed}\ndeep==1.0 --hash=sha256:{deep}\n"
    folder = function(tmp_path / "步数 steps", SYNC, lines)
    made = {}
    for tool in TOOLS:
        with monkeypatch.context() as patch:
            only(tool, patch)
            build(folder, target="scf", python="3.10", out=tmp_path / f"{tool}.zip")
            made[tool] = (tmp_path / f"{tool}.zip").read_bytes()
    assert {"top.py", "deep.py", "httptools.py"} <= set(names(tmp_path / "pip.zip"))
    assert 1 == len(set(made.values()))


def test_without_uv_and_pip_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolver, "uv", lambda variables=None: None)
    monkeypatch.setattr(resolver, "_pip", lambda: None)
    with pytest.raises(PackageError, match="needs uv or pip"):
        resolver.install(["plain"], [], "3.10", tmp_path / "made", tmp_path)


@pytest.mark.once()
def test_requirements_in_several_files(tmp_path: Path) -> None:
    wheel(tmp_path, "plain")
    wheel(tmp_path, "other")
    wheel(tmp_path, "httptools", version="0.9")
    folder = function(tmp_path / "steps", SYNC, "-r shared/base.txt  # ours\nother \\\n  >=0.5\n")
    (folder / "shared").mkdir()
    (folder / "shared/base.txt").write_text("-r more.txt\n--no-index\n--find-links ../..\nwx-cloudpy\n")
    (folder / "shared/more.txt").write_text("plain\n-c limits.txt\n")
    (folder / "shared/limits.txt").write_text("plain<2\n")
    done = cloudpy("package", folder, "--target", "scf", cwd=tmp_path)
    assert 0 == done.returncode, done.stderr
    assert "libraries: httptools==0.9, other==1.0, plain==1.0\n" in done.stdout


@pytest.mark.once(sample=1)
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("-r nowhere.txt\n", "requirements.txt:1: error[requirements]: no file nowhere.txt"),
        (
            "\n--requirement=requirements.txt\n",
            "requirements.txt:2: error[requirements]: requirements.txt includes itself",
        ),
        ("wx-cloudpy\n-c nowhere.txt\n", "requirements.txt:2: error[requirements]: no file nowhere.txt"),
        ("-r https://example.com/r.txt\n", "https://example.com/r.txt is a URL"),
    ],
)
def test_requirements_that_cannot_be_read(text: str, words: str, tmp_path: Path) -> None:
    folder = function(tmp_path / "steps", SYNC, text)
    done = cloudpy("package", folder, "--target", "scf", cwd=tmp_path)
    assert (1, "") == (done.returncode, done.stdout)
    assert words in done.stderr
    without_check = cloudpy("package", folder, "--target", "scf", "--no-check", cwd=tmp_path)
    assert (1, "") == (without_check.returncode, without_check.stdout)
    assert "Error: requirements.txt:" in without_check.stderr


@pytest.mark.once()
def test_libraries_for_the_python_of_the_platform(tmp_path: Path) -> None:
    other = "3.11" if sys.version_info[:2] == (3, 10) else "3.10"
    tag = f"cp{other.replace('.', '')}"
    wheel(tmp_path, "forthere", f"pinned; python_version == '{other}'", "never; python_version == '2.7'",
          "alsonever; sys_platform == 'win32'", tag=f"{tag}-{tag}-manylinux2014_x86_64")  # fmt: skip
    wheel(tmp_path, "pinned")
    wheel(tmp_path, "httptools", version="0.9")
    requirements = f"--no-index\n--find-links {tmp_path}\nwx-cloudpy>=0.1\nforthere\n"
    folder = function(tmp_path / "steps", SYNC, requirements)
    made = build(folder, target="scf", python=other, out=tmp_path / "a.zip")
    assert ("forthere==1.0", "httptools==0.9", "pinned==1.0") == made.libraries
    inside = names(tmp_path / "a.zip")
    assert {"forthere.py", "pinned.py", "forthere-1.0.dist-info/METADATA"} <= set(inside)
    assert not {"RECORD", "INSTALLER", "direct_url.json"} & {name.rpartition("/")[2] for name in inside}


@pytest.mark.once(sample=1)
@pytest.mark.parametrize(
    ("option", "libraries"),
    [
        ("validate=True", ["httptools", "jsonschema", "pyyaml"]),
        ("transport='cloudrun'", ["httptools", "pyyaml"]),
        ("transport=None, validate=False", ["httptools"]),
    ],
)
def test_contracts_go_in_when_they_are_needed(option: str, libraries: list[str], tmp_path: Path) -> None:
    code = SYNC.replace("DYNAMIC_CURRENT_ENV", f"DYNAMIC_CURRENT_ENV, {option}")
    wanted = required_parts(Folder(function(tmp_path / "steps", code)), server=False)
    assert libraries == sorted(line.partition(">")[0] for line in wanted.dependencies)
    copy_sdk(tmp_path / "package", contracts=wanted.contracts)
    assert ("pyyaml" in libraries) == (tmp_path / "package/cloudpy/contracts/data/index.json").is_file()
    assert not (tmp_path / "package/cloudpy/contracts/descriptions").exists()


@pytest.mark.once()
@pytest.mark.parametrize(
    ("code", "server", "libraries"),
    [
        (NO_CALLS, False, []),
        (NO_CALLS, True, ["httptools"]),
        (SYNC, False, ["httptools"]),
        (ASYNC, False, ["httptools"]),
        (ASYNC, True, ["httptools"]),
        (f"from aiohttp import web\n{SYNC}", False, ["aiohttp", "httptools"]),
        (f"import aiohttp.web\n{NO_CALLS}", False, ["aiohttp"]),
        (f"from cloudpy.sync import Cloud\n{NO_CALLS}", False, ["httptools"]),
    ],
)
def test_libraries_go_in_when_they_are_needed(code: str, server: bool, libraries: list[str], tmp_path: Path) -> None:
    wanted = required_parts(Folder(function(tmp_path / "steps", code)), server=server)
    assert libraries == sorted(line.partition(">")[0] for line in wanted.dependencies)


@pytest.mark.once()
def test_a_library_that_cannot_be_had(tmp_path: Path) -> None:
    folder = function(tmp_path / "steps", SYNC, f"--no-index\n--find-links {tmp_path}\nwx-cloudpy\nnowhere-to-be-had\n")
    done = cloudpy("package", folder, "--target", "scf", cwd=tmp_path)
    assert (1, "") == (done.returncode, done.stdout)
    assert "cannot be installed as wheels for Python 3.10" in done.stderr
    assert "nowhere-to-be-had" in done.stderr
    assert not (tmp_path / "dist/steps-scf.zip").exists()


@pytest.mark.once()
def test_too_large(tmp_path: Path) -> None:
    folder = function(tmp_path / "steps", NO_CALLS)
    (folder / "model.bin").write_bytes(bytes(3_000_000))
    with pytest.raises(PackageError, match=r"limit is 2\.0 MB\. Largest: model\.bin 3\.0 MB, cloudpy"):
        build(folder, target="scf", python="3.10", out=tmp_path / "a.zip", max_size=2_000_000)
    assert not (tmp_path / "a.zip").exists()


@pytest.mark.once()
def test_parts_by_size(tmp_path: Path) -> None:
    folder = function(tmp_path / "steps", NO_CALLS)
    (folder / "model.bin").write_bytes(bytes(3_000_000))
    done = cloudpy("package", folder, "--target", "scf", cwd=tmp_path)
    lines = done.stdout.splitlines()
    assert lines[0].startswith("dist/steps-scf.zip: ")
    assert ["3.0", "MB", "model.bin"] == lines[1].split()


@pytest.mark.once()
def test_what_check_finds_keeps_it_from_being_made(tmp_path: Path) -> None:
    folder = function(tmp_path / "steps", SYNC)
    (folder / "config.json").write_text("{}")
    done = cloudpy("package", folder, "--target", "scf", cwd=tmp_path)
    assert (1, "") == (done.returncode, done.stdout)
    assert "error[permission]" in done.stderr
    assert 0 == cloudpy("package", folder, "--target", "scf", "--no-check", cwd=tmp_path).returncode


@pytest.mark.once(sample=1)
@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["nowhere", "--target", "scf"], 2, "no folder"),
        (["steps"], 2, "--target"),
        (["steps", "--target", "scf", "--python", "three"], 2, "must be X.Y"),
        (["steps", "--target", "scf", "--python", "3.12"], 1, "use 3.10 or 3.11"),
        (["steps", "--target", "scf", "--python", "3.9"], 1, "use 3.10 or 3.11"),
        (["steps", "--target", "cloudrun", "--out", "full"], 1, "full exists and is not empty"),
        (["steps", "--target", "scf", "--out", "file/a.zip"], 1, "file"),
    ],
)
def test_what_it_refuses(arguments: list[str], code: int, words: str, tmp_path: Path) -> None:
    function(tmp_path / "steps", SYNC)
    function(tmp_path / "full", SYNC)
    (tmp_path / "file").touch()
    done = cloudpy("package", *arguments, cwd=tmp_path)
    assert (code, "") == (done.returncode, done.stdout)
    assert words in done.stderr
    assert "Traceback" not in done.stderr
