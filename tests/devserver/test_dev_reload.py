"""What is saved is taken up: code, mistakes and their mending, settings, variables, new functions and lost ones."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from .dev_process import Dev, eventually, write

SAYS = "import os\nimport helper\n\ndef main(event, context):\n    return [{}, helper.x, os.environ.get('NAME')]\n"
WATCHES = [
    pytest.param(
        (),
        id="told by the system",
        marks=pytest.mark.skipif(importlib.util.find_spec("watchfiles") is None, reason="watchfiles is not installed"),
    ),
    pytest.param(("--poll",), id="polling"),
]


class Project:
    def __init__(self, folder: Path, options: tuple[str, ...]) -> None:
        self.folder = folder
        write(folder / "one", index=SAYS.format(1), helper="x = 'a'\n")
        write(
            folder / "two",
            index="count = 0\n\ndef main(event, context):\n    global count\n    count += 1\n    return count\n",
        )
        self.dev = Dev(folder, *options)

    def gives(self, value: object, function: str = "one") -> bool:
        answer = self.dev.post(function)
        return answer.status == 200 and answer.json() == value


@pytest.fixture(params=WATCHES)
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Project]:
    project = Project(tmp_path, request.param)
    with project.dev:
        yield project


def test_saving_is_taken_up_whatever_is_saved(project: Project) -> None:
    dev, one = project.dev, project.folder / "one"
    assert project.gives([1, "a", None])
    assert project.gives(1, "two")

    write(one, index=SAYS.format(2))  # as many bytes, in the same second
    eventually(lambda: project.gives([2, "a", None]))
    write(one, helper="x = 'b'\n")
    eventually(lambda: project.gives([2, "b", None]))

    write(one, index=SAYS.format("2 +"))
    wrong = dev.notice("SyntaxError")  # it may have been seen half written before, which is another error
    assert "cannot be loaded" in wrong["text"] and 'index.py", line 5' in wrong["text"]
    answer = eventually(lambda: (found := dev.post("one")).status == 500 and found)
    assert "SyntaxError" in answer.json()["errMsg"]
    eventually(lambda: "SyntaxError" in dev.request("GET", "/").body.decode())
    assert "broken" == dev.request("GET", "/one").json()["state"]
    write(one, index=SAYS.format(3))
    eventually(lambda: project.gives([3, "b", None]))
    eventually(lambda: "SyntaxError" not in dev.request("GET", "/").body.decode().partition("<table>")[0])

    write(project.folder, env="NAME=project\n")
    eventually(lambda: project.gives([3, "b", "project"]))
    write(one, env="NAME\n")
    assert f"{one / '.env'}:1: expected NAME=value" in dev.notice(".env:1")["text"]
    eventually(lambda: dev.post("one").status == 500)
    assert ".env:1" in dev.request("GET", "/").body.decode()
    (one / ".env").unlink()
    eventually(lambda: project.gives([3, "b", "project"]))


def test_functions_come_and_go(project: Project) -> None:
    dev = project.dev
    assert 404 == dev.post("three").status
    write(project.folder / "three", index="def main(event, context):\n    return 3\n")
    eventually(lambda: project.gives(3, "three"))
    begun = len(dev.lines)
    shutil.rmtree(project.folder / "three")
    dev.notice("folder removed", begun)
    eventually(lambda: dev.post("three").status == 404)
    write(project.folder / "other" / "one", index="def main(event, context):\n    return 'second'\n")
    assert "two functions are named one" in dev.notice("two functions are named")["text"]
    assert project.gives([1, "a", None])
    assert project.gives(1, "two") and project.gives(2, "two")


def test_config_json_and_local_yaml_are_taken_up(tmp_path: Path) -> None:
    program = (
        "import cloudpy.sync as cloud\n\ncloud.init(env=cloud.DYNAMIC_CURRENT_ENV)\n\n"
        "def main(event, context):\n    return cloud.openapi.urlscheme.generate({}).get('openlink')\n"
    )
    yaml = "answers: {{urlscheme.generate: {{openlink: {}}}}}\n"
    config = {"permissions": {"openapi": ["urlscheme.generate"]}}
    write(tmp_path / "one", index=program, local_yaml=yaml.format("first"), config="{}")
    with Dev(tmp_path) as dev:
        assert -604101 == dev.post("one").json()["errCode"]
        write(tmp_path / "one", config=json.dumps(config))
        eventually(lambda: dev.post("one").body == b'"first"')
        write(tmp_path / "one", local_yaml=yaml.format("second"))
        eventually(lambda: dev.post("one").body == b'"second"')
        write(tmp_path / "one", local_yaml="answer: {}\n")
        assert "did you mean 'answers'" in dev.notice("local.yaml:1")["text"]
        assert b'"second"' == dev.post("one").body  # what was good before stays
        assert "did you mean 'answers'" in dev.request("GET", "/").body.decode()
        write(tmp_path / "one", local_yaml=yaml.format("third"))
        eventually(lambda: dev.post("one").body == b'"third"')
        write(tmp_path / "one", config="{")
        dev.notice("config.json")
        write(tmp_path / "one", config=json.dumps({**config, "timeout": 7}))
        eventually(lambda: dev.request("GET", "/one").json()["timeout"] == 7)
        eventually(lambda: dev.post("one").body == b'"third"')


def test_an_invocation_that_runs_is_not_cut_short_by_a_save(tmp_path: Path) -> None:
    from threading import Thread

    program = (
        "import os, time\n\ndef main(event, context):\n    while not os.path.exists(event['until']):\n"
        "        time.sleep(0.01)\n    return {}\n"
    )
    write(tmp_path / "one", index=program.format(1))
    until = {"until": str(tmp_path / "go")}
    with Dev(tmp_path, "--timeout", "60") as dev:
        answers: list[object] = []
        running = Thread(target=lambda: answers.append(dev.post("one", until).json()))
        running.start()
        eventually(lambda: dev.request("GET", "/one").json()["state"] == "running")
        write(tmp_path / "one", index=program.format(2))
        dev.notice("reloaded in")
        (tmp_path / "go").touch()
        running.join(120)
        assert [1, 2] == [*answers, dev.post("one", until).json()]


def test_it_begins_with_mistakes_and_without_functions(tmp_path: Path) -> None:
    with Dev(tmp_path) as dev:
        assert [] == dev.lines[0]["functions"]
        assert 200 == dev.request("GET", "/").status
        write(tmp_path, local_yaml=": :")
        write(tmp_path / "one", index="def main(event, context)\n    return 1\n")
        dev.notice("SyntaxError")
        dev.notice("local.yaml")
        write(tmp_path, local_yaml="{}")
        write(tmp_path / "one", index="def main(event, context):\n    return 1\n")
        eventually(lambda: dev.post("one").body == b"1")


def test_a_file_put_in_the_place_of_another(tmp_path: Path) -> None:
    write(tmp_path / "one", index="def main(event, context):\n    return 1\n")
    with Dev(tmp_path) as dev:
        write(tmp_path / "one", new="def main(event, context):\n    return 2\n")
        os.replace(tmp_path / "one" / "new.py", tmp_path / "one" / "index.py")
        eventually(lambda: dev.post("one").body == b"2")
