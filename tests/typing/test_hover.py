"""What an editor shows on hover: asked of pyright's language server, which Pylance is built on."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pytest
import typing_extensions

from tests.typing.test_typing import PYRIGHT, ROOT

SERVER = PYRIGHT.with_name("pyright-langserver")
PROGRAM = """\
import cloudpy.sync as cloud

link = cloud.openapi.shortlink.generate(pageUrl="index")
"""


class Editor:
    """Speaks the language server protocol with pyright."""

    def __init__(self, folder: Path) -> None:
        command = [str(SERVER), "--stdio"]
        self._process = subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._number = 0
        folders = [{"uri": folder.as_uri(), "name": "program"}]
        capabilities = {"textDocument": {"hover": {}}, "workspace": {"workspaceFolders": True}}
        self.ask("initialize", {"processId": None, "workspaceFolders": folders, "capabilities": capabilities})
        self._send({"method": "initialized", "params": {}})
        self.uri = (folder / "index.py").as_uri()
        document = {"uri": self.uri, "languageId": "python", "version": 1, "text": PROGRAM}
        self._send({"method": "textDocument/didOpen", "params": {"textDocument": document}})

    def ask(self, method: str, params: dict[str, Any]) -> Any:
        self._number += 1
        self._send({"id": self._number, "method": method, "params": params})
        while True:
            message = self._read()
            if message.get("id") == self._number and "method" not in message:
                return message["result"]
            if message.get("method") == "workspace/configuration":
                settings: list[dict[str, Any]] = [{} for _ in message["params"]["items"]]
                self._send({"id": message["id"], "result": settings})
            elif "id" in message:
                self._send({"id": message["id"], "result": None})

    def hover(self, word: str) -> str:
        """Return what is shown over the last place of `word`."""
        before = PROGRAM.rpartition(word)[0].split("\n")
        position = {"line": len(before) - 1, "character": len(before[-1]) + 1}
        shown = self.ask("textDocument/hover", {"textDocument": {"uri": self.uri}, "position": position})
        return str(shown["contents"]["value"])

    def completions(self, word: str) -> list[str]:
        """Return what is suggested after the last place of `word`."""
        before = (PROGRAM.rpartition(word)[0] + word).split("\n")
        position = {"line": len(before) - 1, "character": len(before[-1])}
        shown = self.ask("textDocument/completion", {"textDocument": {"uri": self.uri}, "position": position})
        return [item["label"] for item in shown["items"]]

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        stdin: IO[bytes] = self._process.stdin  # type: ignore[assignment]
        stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        stdin.flush()

    def _read(self) -> dict[str, Any]:
        stdout: IO[bytes] = self._process.stdout  # type: ignore[assignment]
        length = 0
        while (line := stdout.readline().strip()) or not length:
            assert self._process.poll() is None, "the language server has ended"
            if line.lower().startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        message: dict[str, Any] = json.loads(stdout.read(length))
        return message


@pytest.fixture
def editor(tmp_path: Path) -> Iterator[Editor]:
    assert SERVER.exists(), "pyright is not installed: run `make peer`"
    (tmp_path / "index.py").write_text(PROGRAM, "utf-8")
    site = Path(typing_extensions.__file__).parent
    (tmp_path / "pyrightconfig.json").write_text(json.dumps({"extraPaths": [str(ROOT), str(site)]}))
    editor = Editor(tmp_path)
    yield editor
    editor.close()


@pytest.mark.once()
def test_hover_describes_methods_parameters_and_fields(editor: Editor) -> None:
    method = editor.hover("generate")
    assert "生成 Short Link" in method and "Generate a short link" in method
    assert "api_generateshortlink.html" in method
    for shown in (method, editor.hover("pageUrl")):
        assert "要打开的页面" in shown and "Page to open, with its query" in shown
    assert "在微信内打开小程序页面的 Short Link — Short links that open a page inside WeChat." in editor.hover(
        "shortlink"
    )


@pytest.mark.once()
def test_completion_knows_names_and_keywords(editor: Editor) -> None:
    assert {"generate"} == {name for name in editor.completions("shortlink.") if not name.startswith("_")}
    keywords = {name for name in editor.completions("generate(") if name.endswith("=")}
    assert {"pageTitle=", "isPermanent="} == keywords  # pageUrl is given
