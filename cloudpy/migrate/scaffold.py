"""What stands beside index.py, and around several functions: requirements, data for tests, tests, a README."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Sequence

from .. import distribution
from ..contracts import names, sample_reply
from .bundle import HEAD
from .catalog import NODE
from .counterparts import LIBRARIES, PACKAGES
from .packages.kinds import package_of

# Algorithms of JSON Web Tokens that need cryptography
_ASYMMETRIC = re.compile(r"""["'][RPE]S(?:256|384|512)["']""")
_TEST = '''\
"""Run them with pytest; the fixture `wechat` comes with cloudpy."""

from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
EVENT = {event}


def test_nothing_is_left_to_do():
    """It fails as long as a line of this function says TODO(migrate)."""
    found = FOLDER.rglob("*.py")
    files = [path for path in found if path != Path(__file__) and ".cloudpy" not in path.parts]
    lines = [(path, n, line) for path in files for n, line in enumerate(path.read_text("utf-8").splitlines(), 1)]
    left = [f"{{path}}:{{n}}: {{line.strip()}}" for path, n, line in lines if "# TODO(migrate)" in line]
    assert left == []


@pytest.mark.wechat(local="{local}", unknown="sample")  # what is not said there is made up
def test_main(wechat):
    """What main raises on purpose is its own affair; a place that is not translated fails here."""
    try:
        wechat.invoke(FOLDER, EVENT, openid="o-local-user")
    except (ImportError, NameError, SyntaxError):
        raise
    except Exception as error:
        print(f"main raises {{error!r}}: give it an EVENT that it takes, and say what is to come of it")
'''
_SHARED_TEST = '''\
"""Run it with pytest."""

from pathlib import Path


def test_nothing_is_left_to_do():
    """It fails as long as a line of these modules says TODO(migrate)."""
    files = [path for path in Path(__file__).parent.rglob("*.py") if path != Path(__file__)]
    lines = [(path, n, line) for path in files for n, line in enumerate(path.read_text("utf-8").splitlines(), 1)]
    left = [f"{path}:{n}: {line.strip()}" for path, n, line in lines if "# TODO(migrate)" in line]
    assert left == []
'''


def requirements(packages: Sequence[str], code: Iterable[str]) -> tuple[str, list[str], list[str]]:
    """Return the text of requirements.txt; the packages that are known, and those that are not.

    Args:
        packages: of npm, that the function uses.
        code: the Python files, whose imports are listed.
    """
    lines = _imported(list(code))
    known, unknown = [], []
    of_npm = [name for name in packages if name not in NODE and not name.startswith("node:")]
    for name in dict.fromkeys(package_of(each)[0] for each in of_npm):  # dayjs/plugin/utc is of dayjs
        if name == "wx-server-sdk":
            continue
        result = PACKAGES.get(name)
        if result is None:
            unknown.append(name)
            lines.append(f"# TODO(migrate): npm has {name}; no counterpart is known")
        else:
            known.append(name)
            if result.requirement and result.requirement not in lines:
                lines.append(result.requirement)
            elif not result.requirement:
                lines.append(f"# npm has {name}; in Python: {result.python or 'nothing is needed'}")
    return distribution.requirements_txt(*lines), known, unknown


def _imported(code: list[str]) -> list[str]:
    names: set[str] = set()
    for text in code:
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.partition(".")[0])
    lines = [LIBRARIES[name] for name in sorted(names) if name in LIBRARIES]
    if any(_ASYMMETRIC.search(text) for text in code if not text.startswith(HEAD)):  # js.py names them all
        lines = [line.replace("PyJWT>", "PyJWT[crypto]>") for line in lines]
    return lines


def local_yaml(apis: Sequence[str]) -> str:
    """Return what the local WeChat answers: a sample for each API that the function calls."""
    lines = [
        "# What the local WeChat knows. `cloudpy run` and `cloudpy gateway` read it; the cloud never sees it.",
        "users:",
        "  - openid: o-local-user",
    ]
    answers = []
    for api in sorted(set(apis) & set(names())):
        sample = sample_reply(api)
        if sample.json:
            answers.append(f"  {api}: {json.dumps({'reply': sample.json}, ensure_ascii=False)}")
    if answers:
        lines += ["", "# Samples; write what your function is to see.", "answers:", *answers]
    return "\n".join(lines) + "\n"


def first_test(event: object, local: str = "local.yaml") -> str:
    """Return the first tests: that nothing is left to do, and that main takes an event.

    Args:
        event: for main.
        local: path of the local.yaml, relative to the function's folder.
    """
    return _TEST.format(event=repr(event), local=local)


def shared_test() -> str:
    """Return the test of the modules that functions share."""
    return _SHARED_TEST
