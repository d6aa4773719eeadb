"""``scf_bootstrap``, the start file of a web function, on this machine."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from typing import NoReturn

import click

_PLATFORM_PYTHON = re.compile(r"/var/lang/python[\w.]*/bin/python[\d.]*")
_PLATFORM_FOLDER = re.compile(r"/var/user(?=[/\s\"']|$)", re.MULTILINE)


def is_web_function(folder: str) -> bool:
    """Whether `folder` has an ``scf_bootstrap`` and no handler."""
    return os.path.isfile(os.path.join(folder, "scf_bootstrap")) and not os.path.isfile(
        os.path.join(folder, "index.py")
    )


def run(folder: str) -> NoReturn:
    """Run the ``scf_bootstrap`` of `folder` until it ends, and exit with its status.

    The platform's interpreters become the running one, and ``/var/user`` becomes `folder`. The server that it starts
    listens where it says, on port 9000 as a rule. Signals that end this process end everything it has started.
    """
    folder = os.path.realpath(folder)
    shell = shutil.which("bash") or shutil.which("sh")
    if shell is None:
        raise click.ClickException("scf_bootstrap needs a shell: install bash, or run the server yourself")
    with open(os.path.join(folder, "scf_bootstrap"), encoding="utf-8", errors="surrogateescape") as file:
        script = file.read()
    if "\r" in script:
        raise click.ClickException("scf_bootstrap has CRLF at the ends of lines; the platform needs LF")
    script = _PLATFORM_PYTHON.sub(lambda _: shlex.quote(sys.executable), script)
    script = _PLATFORM_FOLDER.sub(lambda _: folder, script)
    os.chdir(folder)
    environment = {**os.environ, "SCF_RUNTIME": "custom", "_SCF_SERVER_PORT": "9000", "USER_CODE_ROOT": f"{folder}/"}
    command = [shell, "-c", script, "scf_bootstrap"]
    if sys.platform == "win32":
        sys.exit(subprocess.call(command, env=environment))
    # A process group for the shell and its server: a signal to the shell alone would leave the server behind.
    process = subprocess.Popen(command, env=environment, start_new_session=True)

    def forward(number: int, _: object) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, forward)
    status = process.wait()
    sys.exit(status if status >= 0 else 128 - status)
