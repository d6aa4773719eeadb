"""Puts small faults into the kit and the codec, one at a time, in a copy: the tests must fail at each.

    python scripts/mutation_check.py           # all of them; a minute or two
    python scripts/mutation_check.py --list    # what they are

A fault is a piece of text that stands in a file once and another in its place. Exit code 1 when one went unnoticed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KIT = tuple(f"tests/testing/test_kit_{name}.py" for name in ("doors", "invoke", "recordings", "messages"))
CODEC = ("tests/wire", *KIT)


@dataclass(frozen=True)
class Fault:
    """`old` in `file`, under cloudpy/, becomes `new`; one of `tests` must fail."""

    what: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...] = KIT


FAULTS = (
    Fault("a maker gets the recorded parameters", "testing/stub.py", "make(copy.deepcopy(params))", "make(params)"),
    Fault("a stub used once is used enough", "testing/stub.py", "canned.used < (canned.times or 1)", "canned.used < 1"),
    Fault("when is not copied", "testing/stub.py", "case.to_camel(case.to_snake(when))", "when"),
    Fault(
        "a reply is not checked",
        "testing/check.py",
        "    if told:\n        raise StubError(\n",
        "    if False:\n        raise StubError(\n",
    ),
    Fault("ANY fits nothing", "testing/any.py", "return True\n\n    def __ne__", "return False\n\n    def __ne__"),
    Fault(
        "a complaint is not raised at the call",
        "testing/violations.py",
        "if any_thread or thread in (here, 0):",
        "if False:",
    ),
    Fault(
        "complaints are forgotten",
        "testing/violations.py",
        "        if texts:\n            raise",
        "        if False:\n            raise",
    ),
    Fault("what is allowed is complained of", "testing/violations.py", " if not self.allows(each.kind)]", "]"),
    Fault(
        "unknown CloudIDs pass", "testing/session.py", 'call.wire.get("cloudid_list")', 'call.wire.get("cloudidList")'
    ),
    Fault(
        "signatures go by the kit's clock",
        "testing/session.py",
        "callers_clock=lambda: time.time()",
        "callers_clock=self.clock",
    ),
    Fault(
        "an HTTP request has a user",
        "testing/session.py",
        'for name in ("WX_OPENID", "WX_UNIONID"):',
        "for name in ():",
    ),
    Fault("functions share permissions", "testing/functions.py", "return self.permissions.allowed", 'return "all"'),
    Fault(
        "functions share an init",
        "testing/functions.py",
        "            instance.faces.swap()\n            if instance.place:\n",
        "            if instance.place:\n",
    ),
    Fault(
        "the environment stays",
        "testing/environ.py",
        "        self._set(self._before)\n        self._before,",
        "        self._before,",
    ),
    Fault("six CloudIDs are taken", "local/cloud_ids.py", "MOST = 5", "MOST = 6"),
    Fault("failures count as open data", "local/cloud_ids.py", 'strict=True) if "data" in item)', "strict=True))"),
    Fault(
        "userInfo can be forged",
        "testing/events.py",
        "return client_event(event, openid",
        "return event or client_event(event, openid",
    ),
    Fault("a delay costs the function nothing", "testing/transport.py", "running.deadline -= seconds", "pass"),
    Fault("a sync handler may take for ever", "testing/invocation.py", "took > self._timeout", "False"),
    Fault("openids are written down", "testing/masking.py", "{27}", "{37}"),
    Fault("tokens are written down", "_client/secrets.py", '"token(?!iz)|secret', '"secret'),
    Fault("a recorded answer is given twice", "testing/replay.py", "line.used = True", "line.used = False"),
    Fault("a further parameter is no change", "testing/replay.py", "if more else None", "if False else None"),
    Fault("CloudIDs live longer", "local/open_data.py", "now >= found.ends_at", "now > found.ends_at"),
    Fault(
        "lists match by their beginnings",
        "local/matching.py",
        "if len(wanted) != len(found):",
        "if len(wanted) > len(found):",
    ),
    Fault("answers do not take turns", "local/answers.py", "                times = 1\n", "                pass\n"),
    Fault(
        "no errcode is an error",
        "_wire/answer.py",
        'code = integer(value.get("errcode"))',
        "code = 0",
        CODEC,
    ),
    Fault(
        "keys do not come back",
        "_wire/answer.py",
        "case.to_camel(value) if convert_case",
        "value if convert_case",
        CODEC,
    ),
    Fault("the bytes of a file are lost", "_wire/pairs.py", '"value": bytes(value["value"])', '"value": b""', CODEC),
    Fault(
        "the data are not signed",
        "_wire/envelope.py",
        'digest.update(b"&requestdata=%b\\r\\n" % data)',
        'digest.update(b"&requestdata=\\r\\n")',
        CODEC,
    ),
)


def unnoticed(fault: Fault, copy: Path) -> bool:
    """Whether the tests pass in spite of a fault.

    Raises:
        SystemExit: the text to replace is not there exactly once.
    """
    path = copy / "cloudpy" / fault.file
    text = path.read_text("utf-8")
    if text.count(fault.old) != 1:
        sys.exit(f"{fault.what}: {fault.old!r} stands {text.count(fault.old)} times in cloudpy/{fault.file}")
    path.write_text(text.replace(fault.old, fault.new), "utf-8")
    try:
        return passes(copy, fault.tests)
    finally:
        path.write_text(text, "utf-8")


def passes(copy: Path, tests: tuple[str, ...]) -> bool:
    """Whether tests pass in the copy; it goes before what is installed."""
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "x"}
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, encoding="utf-8")
    if done.returncode not in (0, 1):  # a fault that breaks the import is noticed too, but this is no test's doing
        return False
    return done.returncode == 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--list", action="store_true", help="say what the faults are, and do nothing")
    parser.add_argument("--only", default="", metavar="WORDS", help="those alone that have these words")
    arguments = parser.parse_args()
    chosen = [fault for fault in FAULTS if arguments.only in fault.what]
    if arguments.list:
        print("\n".join(f"{fault.file:28} {fault.what}" for fault in chosen))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in ("cloudpy", "tests", "scripts"):
            leave = shutil.ignore_patterns("node_modules", "__pycache__")
            shutil.copytree(ROOT / name, copy / name, ignore=leave)
        shutil.copy(ROOT / "pyproject.toml", copy)
        if not passes(copy, CODEC):
            sys.exit("the tests fail without any fault; nothing can be told")
        missed = 0
        for number, fault in enumerate(chosen, 1):
            begun = time.monotonic()
            found = unnoticed(fault, copy)
            missed += found
            verdict = "UNNOTICED" if found else "noticed"
            print(f"{number:2} {verdict:9} {time.monotonic() - begun:4.0f} s  {fault.file:26} {fault.what}", flush=True)
    print(f"{len(chosen) - missed} of {len(chosen)} faults were noticed")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
