"""What stands beside index.py, and around several functions: requirements, data for tests, tests, a README."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence

from .. import distribution
from ..contracts import names, sample_reply
from ..i18n import translated
from .bundle import HEAD
from .catalog import NODE
from .counterparts import LIBRARIES, PACKAGES
from .packages.kinds import package_of

# Algorithms of JSON Web Tokens that need cryptography
_ASYMMETRIC = re.compile(r"""["'][RPE]S(?:256|384|512)["']""")
_IMPORT = re.compile(r"^ *(?:import|from) (\w+)", re.MULTILINE)  # one to a line: parsing a js.py takes long
_TEST = '''\
"""{run_with_pytest}"""

import traceback
from pathlib import Path

import pytest
from cloudpy.runtime import LoadError

FOLDER = Path(__file__).parent
EVENT = {event}


def test_nothing_is_left_to_do():
    """{fails_while_marked}"""
    found = FOLDER.rglob("*.py")
    files = [path for path in found if path != Path(__file__) and ".cloudpy" not in path.parts]
    left = [
        f"{{path}}:{{number}}: {{line.strip()}}"
        for path in files
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if "# TODO(migrate)" in line
    ]
    assert not left, "\\n".join(left)


@pytest.mark.wechat(local="{local}", unknown="sample")  # {made_up}
def test_main(wechat):
    """{fails_if_untranslated}"""
    try:
        wechat.invoke(FOLDER, EVENT, openid="o-local-user")
    except (ImportError, LoadError, NameError, SyntaxError):
        raise
    except Exception as error:
        if any(frame.name == "<module>" for frame in traceback.extract_tb(error.__traceback__)):
            raise  # {load_error}
        print(repr(error), "{hint}", sep=": ")
'''
_SHARED_TEST = '''\
"""{run_with_pytest}"""

from pathlib import Path


def test_nothing_is_left_to_do():
    """{fails_while_marked}"""
    left = [
        f"{{path}}:{{number}}: {{line.strip()}}"
        for path in Path(__file__).parent.rglob("*.py")
        if path != Path(__file__)
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if "# TODO(migrate)" in line
    ]
    assert not left, "\\n".join(left)
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
            lines.append(f"# TODO(migrate): {translated(f'npm has {name}; no counterpart is known')}")
        else:
            known.append(name)
            if result.requirement and result.requirement not in lines:
                lines.append(result.requirement)
            elif not result.requirement:
                python = result.python or translated("nothing is needed")
                lines.append(f"# {translated(f'npm has {name}; in Python: {python}')}")
    return distribution.requirements_txt(*lines), known, unknown


def _imported(code: list[str]) -> list[str]:
    names = {name for text in code for name in _IMPORT.findall(text)}
    lines = [LIBRARIES[name] for name in sorted(names) if name in LIBRARIES]
    if any(_ASYMMETRIC.search(text) for text in code if not text.startswith(HEAD)):  # js.py names them all
        lines = [line.replace("PyJWT>", "PyJWT[crypto]>") for line in lines]
    return lines


def local_yaml(apis: Sequence[str]) -> str:
    """Return what the local WeChat answers: a sample for each API that the function calls."""
    head = translated("The data of the local WeChat, for `cloudpy run`, `cloudpy dev` and tests. It is not uploaded.")
    lines = [
        f"# {head}",
        "users:",
        "  - openid: o-local-user",
    ]
    answers = []
    for api in sorted(set(apis) & set(names())):
        sample = sample_reply(api)
        if sample.json:
            answers.append(f"  {api}: {json.dumps({'reply': sample.json}, ensure_ascii=False)}")
    if answers:
        lines += ["", f"# {translated('Sample answers; write what your function should get.')}", "answers:", *answers]
    return "\n".join(lines) + "\n"


def first_test(event: object, local: str = "local.yaml") -> str:
    """Return the first tests: that nothing is left to do, and that main takes an event.

    Args:
        event: for main.
        local: path of the local.yaml, relative to the function's folder.
    """
    return _TEST.format(
        event=repr(event),
        local=local,
        run_with_pytest=translated("Run these tests with pytest; the fixture `wechat` comes with cloudpy."),
        fails_while_marked=translated("Fail as long as a line of this function says TODO(migrate)."),
        made_up=translated("what local.yaml lacks is made up"),
        fails_if_untranslated=translated(
            "Fail if index.py cannot be loaded, or stops at a mark; what main raises itself is printed."
        ),
        load_error=translated("index.py, or a module that it imports, cannot be loaded"),
        hint=translated("write an EVENT that main accepts, and assert its result"),
    )


def shared_test() -> str:
    """Return the test of the modules that functions share."""
    return _SHARED_TEST.format(
        run_with_pytest=translated("Run this test with pytest."),
        fails_while_marked=translated("Fail as long as a line of these modules says TODO(migrate)."),
    )
