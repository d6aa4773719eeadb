"""``cloudpy package --all``: the packages of a project, and cloudbaserc.json, of which the rest stays as it is."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudpy.package import PackageError, cloudbaserc
from cloudpy.runner import deployment_files

from ..cli.command import cloudpy
from . import stand_in

PATH = Path("cloudbaserc.json")
ENTRY = {"name": "order", "handler": "cloudpy_entry.main", "runtime": "Python3.10", "installDependency": False}
COMMENTED = """\
{
  // the environment of the shop
  "envId": "shop-1a2b", /* not the one for tests */
  "framework": {"x": ["//", "/* no comment */"]},
  "functions": [
    {
      "name": "order", // the old one, in Node
      "timeout": 60,
      "handler": "index.main",
      "envVariables": {"URL": "https://example.com"}
    }
  ]
}
"""


def without_comments(text: str) -> Any:
    return json.loads(re.sub(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/', lambda match: match[1] or "", text))


def test_what_the_user_wrote_stays() -> None:
    merged = cloudbaserc.merged_text(PATH, COMMENTED, [ENTRY, {**ENTRY, "name": "notify"}])
    for line in COMMENTED.splitlines():
        assert line in merged or "handler" in line or line.strip() == "}" or "envVariables" in line, line
    assert '"envVariables": {"URL": "https://example.com"}' in merged
    order, notify = without_comments(merged)["functions"]
    assert {**ENTRY, "timeout": 60, "envVariables": {"URL": "https://example.com"}} == order
    assert {**ENTRY, "name": "notify"} == notify
    assert merged == cloudbaserc.merged_text(PATH, merged, [ENTRY, {**ENTRY, "name": "notify"}])


names = st.sampled_from(["order", "notify", "a b", 'x"y', "名字", "//"])
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2),
    max_leaves=4,
)
entries = st.fixed_dictionaries({"name": names}, optional={"handler": st.just("index.main"), "timeout": values})
files = st.fixed_dictionaries(
    {},
    optional={
        "functions": st.lists(entries, max_size=3, unique_by=lambda entry: entry["name"]),
        "envId": st.text(max_size=9),
        "other": values,
        "{}": st.just({}),
    },
)


@given(files, st.lists(names, min_size=1, max_size=3, unique=True), st.sampled_from([None, 0, 2]))
def test_a_merge_changes_only_what_a_package_needs(
    before: dict[str, Any], added: list[str], indent: int | None
) -> None:
    text = json.dumps(before, ensure_ascii=False, indent=indent)
    functions = [{**ENTRY, "name": name} for name in added]
    after = json.loads(cloudbaserc.merged_text(PATH, text, functions))
    listed = {entry["name"]: entry for entry in before.get("functions", [])}
    expected = {name: entry | ({**ENTRY, "name": name} if name in added else {}) for name, entry in listed.items()}
    expected |= {name: {**ENTRY, "name": name} for name in added if name not in listed}
    assert expected == {entry["name"]: entry for entry in after.pop("functions")}
    before.pop("functions", None)
    assert before == after


@pytest.mark.parametrize("text", ["", "[]", '{"functions": {}}', '{"functions": [1]}', '{"functions": [}'])
def test_a_file_that_is_something_else(text: str) -> None:
    with pytest.raises(PackageError, match=r"cloudbaserc\.json"):
        cloudbaserc.merged_text(PATH, text, [ENTRY])


@pytest.mark.once
def test_a_project(tmp_path: Path) -> None:
    stand_in.python()
    project = tmp_path / "shop"
    assert 0 == cloudpy("new", "--project", project, "order", "--template", "database-crud").returncode
    assert 0 == cloudpy("new", "cloudfunctions/daily", "--template", "timer", cwd=project).returncode
    done = cloudpy("package", "--all", ".", "--target", "scf", cwd=project)
    assert 0 == done.returncode, done.stderr
    assert "tcb fn deploy --all" in done.stdout.splitlines()[-1]
    settings = json.loads((project / "cloudbaserc.json").read_text("utf-8"))
    assert ["daily", "order"] == sorted(each["name"] for each in settings["functions"])
    for each in settings["functions"]:
        assert {
            "handler": "cloudpy_entry.main",
            "runtime": "Python3.10",
            "installDependency": False,
        }.items() <= each.items()
        package = project / settings["functionRoot"] / each["name"]
        assert (package / "cloudpy_entry.py").is_file() and (package / "cloudpy").is_dir()
        assert not list(package.glob("**/*.zip"))
    daily = next(each for each in settings["functions"] if each["name"] == "daily")
    assert [{"name": "remind", "type": "timer", "config": "0 */10 * * * * *"}] == daily["triggers"]
    assert "" == deployment_files.read(project / "cloudfunctions/order").handler  # run and dev use the source
    before = (project / "cloudbaserc.json").read_text("utf-8")
    done = cloudpy("package", "--all", ".", "--target", "scf", "--json", cwd=project)
    assert ["daily", "order"] == sorted(each["name"] for each in json.loads(done.stdout)["packages"])
    assert before == (project / "cloudbaserc.json").read_text("utf-8")
    (project / "cloudbaserc.json").write_text(before.replace('"dist"', '"cloudfunctions"'))
    done = cloudpy("package", "--all", ".", "--target", "scf", cwd=project)
    assert 1 == done.returncode and "functionRoot" in done.stderr


@pytest.mark.parametrize("command", ["deploy", "logs", "invoke"])
def test_what_cloudpy_does_not_do(command: str) -> None:
    done = cloudpy(command, "steps")
    assert 2 == done.returncode and "cloudpy does not" in done.stderr and "tcb" in done.stderr
