"""Calls about files by each face, against a recorder that plays the gateway and the object storage behind it."""

from __future__ import annotations

import inspect
import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cloudpy
from tests.peer import signature
from tests.peer.answers import JSON_ERROR
from tests.peer.bench import SECRET_ID, SECRET_KEY, Bench, Exchange
from tests.peer.faces import Face, NodeFace, Outcome, _of_node
from tests.peer.recorded import Recorded
from tests.peer.recorder import Answer
from tests.peer.tagging import CURRENT_ENV

HERE = Path(__file__).parent
CLIENTS_OWN = {"connection", "transfer-encoding", "content-length", "user-agent"}
FILE = b"\0bytes of a file\xff"


class Platform:
    """The other end: what it answers to each request, by what the request asks for.

    Attributes:
        metadata, listed, deleted: the JSON of an answer, or a whole Answer.
        put, get: the object storage's own answers.
    """

    def __init__(self, url: str) -> None:
        self.base = url.removesuffix("/admin")
        self.metadata: Any = None
        self.listed: Callable[[list[dict[str, Any]]], Any] | None = None
        self.deleted: Callable[[list[str]], Any] | None = None
        self.put = Answer(b"", None)
        self.get = Answer(FILE, "image/png")

    def __call__(self, request: Recorded) -> Answer:
        if request.method == "PUT":
            return self.put
        if request.method == "GET":
            return self.get
        asked = json.loads(request.body)
        return self._json({
            "storage.getUploadMetadata": self._metadata,
            "storage.batchGetDownloadUrl": self._listed,
            "storage.batchDeleteFile": self._deleted,
        }[asked["action"]](asked))  # fmt: skip

    @staticmethod
    def _json(value: Any) -> Answer:
        return value if isinstance(value, Answer) else Answer(json.dumps(value).encode(), JSON_ERROR)

    def _metadata(self, asked: dict[str, Any]) -> Any:
        if self.metadata is not None:
            return self.metadata
        data = {
            "url": f"{self.base}/cos/{asked['path']}",
            "token": "the token",
            "authorization": "q-sign-algorithm=sha1&q-ak=x",
            "fileId": f"cloud://env.bucket/{asked['path']}",
            "cosFileId": "HDJDKS==",
        }
        return {"requestId": "r1", "data": data}

    def _listed(self, asked: dict[str, Any]) -> Any:
        if self.listed is not None:
            return self.listed(asked["file_list"])
        items = [
            {
                "code": "SUCCESS",
                "fileID": item["fileid"],
                "tempFileURL": f"{self.base}/get/{item['fileid'].rpartition('/')[2]}?sign=a&t=1",
                "maxAge": item.get("max_age", 86400),
            }
            for item in asked["file_list"]
        ]
        return {"requestId": "r2", "data": {"download_list": items}}

    def _deleted(self, asked: dict[str, Any]) -> Any:
        if self.deleted is not None:
            return self.deleted(asked["fileid_list"])
        return {
            "requestId": "r3",
            "data": {"delete_list": [{"code": "SUCCESS", "fileID": i} for i in asked["fileid_list"]]},
        }


def call(face: Face, instance: Any, name: str, *params: Any) -> Outcome:
    """One call by one face."""
    if isinstance(face, NodeFace):
        return _of_node(face.peer.walk(instance, name, list(params)))

    async def made() -> Any:
        value = getattr(instance, name)(*map(_ours, params))
        return await value if inspect.isawaitable(value) else value

    return face._outcome(made())  # type: ignore[union-attr]


def instances(bench: Bench, options: dict[str, Any]) -> dict[str, Any]:
    """As of the bench; CURRENT_ENV may stand anywhere in the options."""
    return {face.name: face.instance(options if face is bench.node else _ours(options)) for face in bench.faces}


def _ours(value: Any) -> Any:
    if value is CURRENT_ENV:
        return cloudpy.DYNAMIC_CURRENT_ENV
    return {key: _ours(item) for key, item in value.items()} if isinstance(value, dict) else value


def ask(bench: Bench, platform: Platform, instances: dict[str, Any], name: str, *params: Any) -> list[Exchange]:
    """The same call by each face; the first is Node's."""
    bench.recorder.choose = platform
    exchanges = []
    try:
        for face in bench.faces:
            bench.recorder.take()
            outcome = call(face, instances[face.name], name, *params)
            exchanges.append(Exchange(face.name, outcome, bench.recorder.take()))
    finally:
        bench.recorder.choose = None
    return exchanges


def assert_same_requests(
    exchanges: list[Exchange], *, secret_id: str = SECRET_ID, secret_key: str = SECRET_KEY
) -> None:
    """The same requests in the same order, but for what belongs to the HTTP client."""
    theirs, *ours = ([_seen(request, secret_id, secret_key) for request in each.requests] for each in exchanges)
    assert theirs
    for each, our in zip(exchanges[1:], ours, strict=True):
        assert theirs == our, f"\nnode: {theirs}\n{each.face}: {our}"


def _seen(request: Recorded, secret_id: str, secret_key: str) -> dict[str, Any]:
    headers = {name.lower(): value for name, value in request.headers if name.lower() not in CLIENTS_OWN}
    if request.method != "POST":
        return {"line": (request.method, request.target), "headers": headers, "body": request.body}
    body: Any = None
    if headers["content-type"] == "application/json":
        body = json.loads(request.body)
    signature.check(request, secret_id, secret_key)
    headers = {name: value for name, value in headers.items() if name not in _OF_THE_MOMENT}
    fields = {part.name: part.body for part in request.parts}
    query = "&".join(one for one in request.query.split("&") if not one.startswith("seqId="))
    return {"line": (request.method, request.path, query), "headers": sorted(headers), "body": body or fields}


_OF_THE_MOMENT = {"x-client-timestamp", "authorization", "x-timestamp"}


def node_program(
    variables: dict[str, str],
    *calls: tuple[str, dict[str, Any]],
    cloud: dict[str, Any] | None = None,
    init: dict[str, Any] | None = None,
) -> list[dict[str, Any]]:
    """A Node process of its own: what came of making the Cloud (if one is made), of init(), and of each call."""
    node = shutil.which("node")
    assert node, "there is no `node` on the PATH: `make peer` installs it"
    done = subprocess.run(
        [node, "storage_driver.js"],
        cwd=HERE,
        input=json.dumps({"cloud": cloud, "init": init, "calls": calls}),
        env={"TENCENTCLOUD": "true", **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found
