"""An H5 page of another origin, in a browser: it calls functions, documents and files with ``cloudpy-client.js``."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.devserver.dev_process import Dev, write

PAGE = """\
<!doctype html><meta charset="utf-8"><title>H5</title><p id="told">…</p><input type="file" id="file">
<script src="{url}/_client/cloudpy-client.js"></script>
<script>
const cloud = cloudpyClient({{ url: '{url}', openid: 'o-h5' }})
const tell = text => {{ document.getElementById('told').textContent = text }}
const main = async () => {{
  const {{ result }} = await cloud.callFunction({{ name: 'who', data: {{ 名: 1 }} }})
  const todos = cloud.database().collection('todos')
  await todos.add({{ data: {{ title: '茶', at: new Date(0) }} }})
  const {{ data }} = await todos.where({{ title: /茶/ }}).get()
  const file = new Blob(['content'], {{ type: 'text/plain' }})
  const {{ fileID }} = await cloud.uploadFile({{ cloudPath: 'a/b.txt', filePath: file }})
  tell([result.userInfo.openId, result.名, data[0]._openid, data[0].at.getTime(), fileID].join(' '))
}}
main().catch(error => tell(`failed: ${{error.message}}`))
</script>
"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The origin of another server, and its folder."""
    folder = tmp_path / "site"
    folder.mkdir()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", folder
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.once()
@pytest.mark.parametrize("allowed", [True, False], ids=["allowed", "another origin"])
def test_a_page_of_another_origin(allowed: bool, site: tuple[str, Path], tmp_path: Path, browser: Browser) -> None:
    origin, folder = site
    project = tmp_path / "project"
    write(project / "who", index="def main(event, context):\n    return event\n")
    write(project, local_yaml="database: {collections: {todos: []}}\n")
    with Dev(project, "--allow-origin", origin if allowed else "http://127.0.0.1:1") as dev:
        (folder / "index.html").write_text(PAGE.format(url=dev.url), "utf-8")
        page = browser.new_page()
        page.on("console", lambda message: print(message.text))  # a failing test shows them
        try:
            page.goto(origin)
            if allowed:
                expect(page.locator("#told")).to_have_text("o-h5 1 o-h5 0 cloud://local.local/a/b.txt")
            else:
                expect(page.locator("#told")).to_have_text("failed: Failed to fetch")
        finally:
            page.close()
