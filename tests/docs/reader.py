"""Does what a page says, block by block: writes its files, runs its commands, compares its output."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import textwrap
from pathlib import Path

from tests.docs.page import ROOT, Block

PEER = ROOT / "tests" / "peer" / "node_modules"
# What a reader does once and this machine has done: the clone is this tree, what is installed is installed. The
# commands of the house are looked up, not run, but for `make run`.
_SHELL = """
set -euo pipefail
git() { [ "$1" = clone ] && mkdir "$3" && ln -s "$ROOT"/* "$3" && rm "$3/examples" && cp -R "$ROOT/examples" "$3"; }
make() {
  [ "$PWD" -ef "$ROOT" ] || [ "$PWD/Makefile" -ef "$ROOT/Makefile" ]
  if [ "$1" = run ]; then command make -s -C "$ROOT" "$@"; else command make -n -C "$ROOT" "$@" >/dev/null; fi
}
pip() {
  case "$1" in
    list) ;;
    install)
      shift
      for it; do
        it=${it%% @ git+*}
        it=${it%%[*}
        [ "$it" = ../cloudpy ] && it=$ROOT  # the clone, next to the reader's folder
        [ -f "$it/pyproject.toml" ] || command python -m pip show -q "$it"
      done
      ;;
    *) return 1 ;;
  esac
}
python3() {
  if [ "$*" != "-m venv .venv" ]; then command python3 "$@"; return; fi
  mkdir -p .venv/bin && echo "deactivate() { :; }" >.venv/bin/activate
}
cloudpy() {  # the time limit is not what a page is about, and a busy machine is slow
  if [ "$1" = run ]; then shift; command cloudpy run --timeout 60 "$@"; else command cloudpy "$@"; fi
}
npm() { [ "$1" = install ] && [ -f package.json ] && ln -s "$PEER" node_modules; }
"""
_NOTEBOOK = """\
import ast, asyncio, sys
asyncio.run(eval(compile(sys.argv[1], "cell", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)))
"""
_HANDLER = """\
import cloudpy{dot} as cloud

cloud.init(env=cloud.DYNAMIC_CURRENT_ENV, config=None)


{word}def main(event, context):
{body}
"""
_LOCAL = """\
permissions: all
users: [{openid: o-alice}, {openid: o-bob}]
open_data:
  cid-1: {stepInfoList: [{timestamp: 1603641600, step: 1234}]}
"""
# Words and signs of a command that mean the same to bash, to cmd and to PowerShell.
_EVERYWHERE = re.compile(
    r"(cd|cloudpy|git|mkdir|pip|pytest|python|curl) [\w ./:=-]*(\"[\w @+./:,\[\]-]+\"[\w ./:=-]*)*"
)
_WINDOWS = {"python3 ": "py ", ". .venv/bin/activate": ".venv\\Scripts\\activate", "curl ": "curl.exe "}
_PORT = 8900
_LIMIT = 120.0  # seconds; keeps a fault from holding up the suite, and says nothing about speed


class Reader:
    """One reader of one page, in an empty folder."""

    def __init__(self, folder: Path) -> None:
        self.home = folder
        self.folder = folder
        self.output = ""
        self.status = 0
        self.checked = 0  # outputs that were compared
        self._last: Block | None = None
        self._background: list[subprocess.Popen[str]] = []
        self._port = _PORT  # of `cloudpy dev`, where a page starts it on the default port
        bin_folder = str(Path(sys.executable).parent)
        self.environment = {
            **os.environ,
            "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}",
            "ROOT": str(ROOT),
            "PEER": str(PEER),
            "PYTHONDONTWRITEBYTECODE": "1",
            "BROWSER": "true",  # the command that does nothing, for `cloudpy dev --open`
        }

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._background:
            process.send_signal(signal.SIGTERM)
            process.communicate()

    def does(self, block: Block) -> None:
        """What the block asks for; raises AssertionError when it does not work as the page says."""
        if block.says("drawing"):
            return
        if block.says("output"):
            self._compares(block)
            return
        if block.says("windows"):
            assert self._last and block.text == for_windows(self._last.text), f"line {block.line} differs"
            return
        if not block.says("background"):
            self._fails_unseen()
        self._last = block
        if block.says("folder"):
            self.folder = self.home / block.directives["folder"]
            clone = self.home / block.directives["folder"].split("/")[0]
            if not clone.exists():  # the page begins there
                subprocess.run(["bash", "-c", f"{_SHELL}git clone x {clone}"], env=self.environment, check=True)
        if block.says("file"):
            self._writes(block)
        elif block.says("inside"):
            self._runs_inside(block)
        elif block.says("background"):
            self._starts(block)
        elif block.language == "sh":
            self._runs(block)
        elif block.says("notebook"):
            self._ran([sys.executable, "-c", _NOTEBOOK, block.text])
        elif block.language == "python":
            self._prints([sys.executable, "-c", block.text], block)
        elif block.language == "js":
            program = block.text.replace("exports.main = ", "const exports = {}; exports.main = ")
            self._prints(["node", "--input-type=module", "-e", program], block)
        else:
            raise AssertionError(f"line {block.line}: nothing says what this {block.language or 'block'} is for")

    def done(self) -> None:
        """The page is over: the last command worked, too."""
        self._fails_unseen()

    def _fails_unseen(self) -> None:
        # a command that fails is fine where the page shows what it prints
        assert self.status == 0, (
            f"line {self._last and self._last.line} ended with exit code {self.status}:\n{self.output}"
        )

    def _prints(self, command: list[str], block: Block) -> None:
        before = self.output
        self._ran(command)
        if block.says("twin"):
            assert self.output == before != "", f"line {block.line} prints\n{self.output}\nnot\n{before}"

    def _writes(self, block: Block) -> None:
        path = self.folder / block.directives["file"]
        path.parent.mkdir(parents=True, exist_ok=True)
        assert not path.is_symlink() and self.home in path.resolve().parents, f"{path} is not the reader's"
        path.write_text(block.text, "utf-8")
        if block.language == "python":
            compile(block.text, str(path), "exec")
        elif block.language == "js":
            self._ran(["node", "--check", str(path)])
        elif block.language == "json":
            json.loads(block.text)

    def _runs(self, block: Block) -> None:
        # the shell of the block before goes on: same folder, same variables
        after = self.home / ".after"
        text = block.text.replace(f"127.0.0.1:{_PORT}", f"127.0.0.1:{self._port}")
        script = f'{_SHELL}{text}\ncommand env -0 >"$AFTER"; pwd >"$AFTER.folder"\n'
        self._ran(["bash", "-c", script], AFTER=str(after))
        if self.status == 0:
            variables = dict(line.split("=", 1) for line in after.read_text("utf-8").split("\0") if "=" in line)
            self.environment = {k: v for k, v in variables.items() if not k.startswith("BASH_FUNC") and k != "AFTER"}
            self.folder = Path((self.home / ".after.folder").read_text("utf-8").strip())

    def _runs_inside(self, block: Block) -> None:
        folder = self.home / ".handler"
        folder.mkdir(exist_ok=True)
        word, dot = ("async ", "") if block.directives["inside"] == "async" else ("", ".sync")
        program = _HANDLER.format(word=word, dot=dot, body=textwrap.indent(block.text, "    "))
        (folder / "index.py").write_text(program, "utf-8")
        (folder / "local.yaml").write_text(_LOCAL, "utf-8")
        (folder / "photo.png").write_bytes(b"\x89PNG\r\n\x1a\n")
        event = '{"cloudID": "cid-1", "cloudIDs": ["cid-1", "cid-1"], "text": "hi"}'
        self._ran([sys.executable, "-m", "cloudpy", "run", ".", "--timeout", "60", "--event", event], folder=folder)
        self.output = re.sub(r"null\n\Z", "", self.output)

    def _starts(self, block: Block) -> None:
        command = block.text.strip()
        if command.startswith("cloudpy dev"):
            if "--port" not in command:
                self._port = free_port()
            command = command.replace("dev", f"dev --timeout 60 --port {self._port}", 1)  # a later --port counts
        process = subprocess.Popen(
            ["bash", "-c", f"exec {command}"],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        self._background.append(process)
        assert process.stdout is not None
        # it is ready when it says where it is
        self.output = process.stdout.readline().replace(f":{self._port}", f":{_PORT}")
        self.status = process.poll() or 0

    def _ran(self, command: list[str], *, folder: Path | None = None, **more: str) -> None:
        done = subprocess.run(
            command,
            cwd=folder or self.folder,
            env={**self.environment, **more},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=_LIMIT,
        )
        self.output, self.status = done.stdout, done.returncode

    def _compares(self, block: Block) -> None:
        assert agrees(block, self.output), f"line {block.line} says\n{block.text}\nbut there came\n{self.output}"
        self.status = 0
        self.checked += 1


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def for_windows(text: str) -> str:
    """The same commands for cmd and PowerShell."""
    for unix, windows in _WINDOWS.items():
        text = re.sub(rf"^{re.escape(unix)}", windows.replace("\\", r"\\"), text, flags=re.MULTILINE)
    return text


def unix_only(text: str) -> list[str]:
    """The lines that cmd or PowerShell may understand otherwise than bash does."""
    return [line for line in text.splitlines() if not _EVERYWHERE.fullmatch(line)]


def agrees(block: Block, output: str) -> bool:
    """Whether the output is the one shown: JSON by value, text letter by letter, ``…`` any text."""
    if block.language == "json":
        try:
            return bool(json.loads(block.text) == json.loads(output))
        except ValueError:
            return False
    shown = ".*".join(re.escape(part) for part in block.text.strip().split("…"))
    return re.fullmatch(shown, output.strip(), re.DOTALL) is not None
