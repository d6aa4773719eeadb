"""Files: the same requests as Node's, and the same outcomes, over fixed and random parameters."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cloudpy
import cloudpy.sync
from cloudpy.errors import text_of
from tests.fidelity.differences import shows
from tests.once import part
from tests.peer.bench import CREDENTIALS, Bench, assert_same_outcome
from tests.peer.recorder import Answer
from tests.peer.storage import FILE, Platform, ask, assert_same_requests, instances
from tests.peer.tagging import CURRENT_ENV

XML = (
    b"<?xml version='1.0' encoding='utf-8' ?>\n<Error>\n\t<Code>%b</Code>\n\t<Message>%b</Message>\n"
    b"\t<Resource>/a</Resource>\n\t<RequestId>NjQz</RequestId>\n\t<TraceId>OGVm</TraceId>\n</Error>\n"
)
# What cannot be in a path of a real address line is left out: line breaks, and what Node's URL drops or
# rewrites (a space at the end).
PATHS = st.text(
    st.one_of(st.sampled_from("abcXYZ019-_.!~*'() +&=@:,;$/"), st.characters(min_codepoint=0xA1, max_codepoint=0xD7FF)),
    min_size=1,
    max_size=30,
).filter(
    lambda path: (
        not any(part in (".", "..") for part in path.split("/")) and not path.startswith("/") and not path.endswith(" ")
    )
)
AGES = st.one_of(st.integers(1, 10**9), st.floats(0.5, 1e6))
CODES = st.sampled_from(
    ["SUCCESS", "STORAGE_FILE_NONEXIST", "STORAGE_EXCEED_AUTHORITY", "INVALID_PARAM", "SYS_ERR", "SOMETHING_NEW"]
)
# the same ones every time, so that a failure is a change of the code
WIDE = settings(
    max_examples=part(25, 6),
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def platform(bench: Bench) -> Platform:
    return Platform(bench.recorder.url)


@pytest.mark.parametrize("path", ["a.txt", "a b/中.txt", "x'(1)*!~;,.txt", "deep/er/and-_.deeper"])
def test_an_upload(bench: Bench, platform: Platform, path: str) -> None:
    with bench.variables({"TENCENTCLOUD_SESSIONTOKEN": "s", "WX_API_TOKEN": "w", "TCB_TRACELOG": "trace"}):
        made = bench.instances()
        exchanges = ask(bench, platform, made, "uploadFile", {"cloudPath": path, "fileContent": FILE})
    assert_same_requests(exchanges)
    assert [request.method for request in exchanges[0].requests] == ["POST", "PUT"]
    assert exchanges[0].requests[1].body == FILE


@WIDE
@given(path=PATHS, content=st.binary(max_size=300))
def test_random_uploads(bench: Bench, path: str, content: bytes) -> None:
    platform = Platform(bench.recorder.url)
    with bench.variables():
        exchanges = ask(bench, platform, bench.instances(), "uploadFile", {"cloudPath": path, "fileContent": content})
    assert_same_requests(exchanges)
    for each in exchanges:
        assert each.outcome.result["fileID"] == f"cloud://env.bucket/{path}"


@shows("status of an upload")
def test_the_status_of_an_upload(bench: Bench, platform: Platform) -> None:
    with bench.variables():
        exchanges = ask(bench, platform, bench.instances(), "uploadFile", {"cloudPath": "a", "fileContent": b"1"})
    results = [each.outcome.result for each in exchanges]
    assert [result.pop("statusCode") for result in results] == [-1, 200, 200]
    assert results == [{"fileID": "cloud://env.bucket/a", "errMsg": "uploadFile:ok"}] * 3


@shows("error codes of files")
@pytest.mark.parametrize(
    "metadata, put, code, words",
    [
        ({"code": "STORAGE_EXCEED_AUTHORITY", "message": "no right"}, None, -503002, "no right"),
        ({"code": "INVALID_PARAM", "message": "path"}, None, -501007, "path"),
        ({"code": "SOMETHING_NEW", "message": "中"}, None, -501001, "中"),
        (None, (b"AccessDenied", b"Request has expired"), -503001, "[AccessDenied]: Request has expired"),
        (None, (b"SignatureDoesNotMatch", b"a &lt; b"), -501001, "[SignatureDoesNotMatch]: a < b"),
    ],
)
def test_refused_uploads(bench: Bench, platform: Platform, metadata: Any, put: Any, code: int, words: str) -> None:
    platform.metadata = metadata
    if put:
        platform.put = Answer(XML % put, "application/xml", status=403, reason="Forbidden")
    with bench.variables():
        exchanges = ask(bench, platform, bench.instances(), "uploadFile", {"cloudPath": "a", "fileContent": b"1"})
    assert_same_requests(exchanges)
    theirs, *ours = (each.outcome for each in exchanges)
    assert (theirs.errCode, theirs.errMsg) == (-1, f"uploadFile:fail {words}")
    text = text_of(code)
    for our in ours:
        assert our.errCode == code
        assert our.errMsg.startswith(f"uploadFile:fail {code} {text}. {words}")


@shows("rejected uploads without a message")
@pytest.mark.parametrize("status", [403, 500])
def test_a_refusal_without_a_word(bench: Bench, platform: Platform, status: int) -> None:
    platform.put = Answer(b"", None, status=status, reason="No")
    with bench.variables():
        exchanges = ask(bench, platform, bench.instances(), "uploadFile", {"cloudPath": "a", "fileContent": b"1"})
    assert [each.outcome.errCode for each in exchanges] == [None, -503001, -503001]


@shows("invalid URLs of files")
def test_answers_that_lack_what_is_needed(bench: Bench, platform: Platform) -> None:
    bad: list[Any] = [{}, {"data": {}}, {"data": {"url": 5}}, Answer(b"no json", "text/html"), Answer(b"", None)]
    with bench.variables():
        made = bench.instances()
        for platform.metadata in bad:
            exchanges = ask(bench, platform, made, "uploadFile", {"cloudPath": "a", "fileContent": b"1"})
            assert [each.outcome.failed for each in exchanges] == [True] * 3
            assert [each.outcome.errCode for each in exchanges] == [-1, -501001, -501001]


@pytest.mark.parametrize("name", ["a.png", "中 文.png", "with%20escape", "q;,+.png"])
def test_a_download(bench: Bench, platform: Platform, name: str) -> None:
    with bench.variables():
        exchanges = ask(bench, platform, bench.instances(), "downloadFile", {"fileID": f"cloud://e.b/{name}"})
    assert_same_requests(exchanges)
    assert_same_outcome(exchanges)
    assert exchanges[1].outcome.result == {"fileContent": FILE, "statusCode": 200, "errMsg": "downloadFile:ok"}


@WIDE
@given(name=PATHS, content=st.binary(max_size=300))
def test_random_downloads(bench: Bench, name: str, content: bytes) -> None:
    platform = Platform(bench.recorder.url)
    platform.get = Answer(content, "application/octet-stream")
    with bench.variables():
        exchanges = ask(bench, platform, bench.instances(), "downloadFile", {"fileID": f"cloud://e.b/{name}"})
    assert_same_requests(exchanges)
    assert_same_outcome(exchanges)


@shows("error of a single file")
def test_a_download_of_what_is_not_there(bench: Bench, platform: Platform) -> None:
    platform.listed = lambda asked: {
        "data": {"download_list": [{"code": "STORAGE_FILE_NONEXIST", "fileID": asked[0]["fileid"]}]}
    }
    with bench.variables():
        exchanges = ask(bench, platform, bench.instances(), "downloadFile", {"fileID": "cloud://e.b/x"})
    assert_same_requests(exchanges)
    theirs, *ours = (each.outcome for each in exchanges)
    assert (theirs.errCode, theirs.errMsg) == (-1, "downloadFile:fail undefined")
    for our in ours:
        assert our.errCode == -503003
        assert "cloud://e.b/x" in our.errMsg


@shows("error codes of files")
def test_a_download_that_the_storage_refuses(bench: Bench, platform: Platform) -> None:
    platform.get = Answer(XML % (b"NoSuchKey", b"gone"), "application/xml", status=404, reason="Not Found")
    with bench.variables():
        exchanges = ask(bench, platform, bench.instances(), "downloadFile", {"fileID": "cloud://e.b/x"})
    assert_same_requests(exchanges)
    assert [each.outcome.errCode for each in exchanges] == [-1, -503001, -503001]
    assert "Status:404" in exchanges[0].outcome.errMsg
    for each in exchanges[1:]:
        assert "404" in each.outcome.errMsg and "[NoSuchKey]: gone" in each.outcome.errMsg
        assert "sign=" not in each.outcome.errMsg


@WIDE
@given(
    files=st.lists(
        st.one_of(st.text(max_size=20), st.fixed_dictionaries({"fileID": st.text(max_size=20), "maxAge": AGES})),
        max_size=5,
    ),
    codes=st.lists(CODES, min_size=5, max_size=5),
)
def test_random_addresses(bench: Bench, files: list[Any], codes: list[str]) -> None:
    platform = Platform(bench.recorder.url)

    def listed(asked: list[dict[str, Any]]) -> Any:
        items: list[Any] = [
            {"code": code, "fileID": item["fileid"], "maxAge": item.get("max_age", 7), "tempFileURL": "https://x/中"}
            for item, code in zip(asked, codes, strict=False)
        ]
        return {"data": {"download_list": [*items, None]}}

    platform.listed = listed
    with bench.variables():
        exchanges = ask(bench, platform, bench.instances(), "getTempFileURL", {"fileList": files})
    assert_same_requests(exchanges)
    assert_same_outcome(exchanges)


@WIDE
@given(files=st.lists(st.text(min_size=1, max_size=20), max_size=5), codes=st.lists(CODES, min_size=5, max_size=5))
def test_random_deletions(bench: Bench, files: list[str], codes: list[str]) -> None:
    platform = Platform(bench.recorder.url)
    platform.deleted = lambda asked: {
        "data": {"delete_list": [{"code": c, "fileID": i} for i, c in zip(asked, codes, strict=False)]}
    }
    with bench.variables():
        exchanges = ask(bench, platform, bench.instances(), "deleteFile", {"fileList": files})
    assert_same_requests(exchanges)
    assert_same_outcome(exchanges)


@shows("messages about files")
@pytest.mark.parametrize(
    "name, params",
    [
        ("uploadFile", {"cloudPath": "a"}),
        ("uploadFile", {"cloudPath": "a", "fileContent": "a text"}),
        ("uploadFile", {"cloudPath": 5, "fileContent": b"1"}),
        ("uploadFile", {"fileContent": b"1"}),
        ("downloadFile", {}),
        ("downloadFile", {"fileID": 5}),
        ("getTempFileURL", {}),
        ("getTempFileURL", {"fileList": "a"}),
        ("getTempFileURL", {"fileList": [5]}),
        ("getTempFileURL", {"fileList": [None]}),
        ("getTempFileURL", {"fileList": [{"fileID": "a"}]}),
        ("deleteFile", {}),
        ("deleteFile", {"fileList": [5]}),
        ("deleteFile", {"fileList": [""]}),
        ("deleteFile", {"fileList": "a"}),
    ],
    ids=str,
)
def test_wrong_parameters(bench: Bench, platform: Platform, name: str, params: dict[str, Any]) -> None:
    with bench.variables():
        exchanges = ask(bench, platform, bench.instances(), name, params)
    assert [(each.outcome.errCode, each.requests) for each in exchanges] == [(-1, [])] * 3
    for each in exchanges[1:]:
        assert each.outcome.errMsg.startswith(f"{name}:fail ")


@shows("unknown parameters of files")
def test_a_misspelt_parameter(bench: Bench, platform: Platform) -> None:
    with bench.variables():
        exchanges = ask(bench, platform, bench.instances(), "deleteFile", {"fileList": [], "filelist": ["a"]})
    assert [each.outcome.failed for each in exchanges] == [False, True, True]
    assert "did you mean 'fileList'?" in exchanges[1].outcome.errMsg


@shows("maxAge that is not a number")
@pytest.mark.parametrize("age", ["60", True, 0, -1])
def test_a_max_age_that_is_none(bench: Bench, platform: Platform, age: Any) -> None:
    with bench.variables():
        wanted = {"fileList": [{"fileID": "a", "maxAge": age}]}
        exchanges = ask(bench, platform, bench.instances(), "getTempFileURL", wanted)
    assert [each.outcome.failed for each in exchanges] == [False, True, True]


ENVS: list[tuple[Any, Any]] = [
    ("one", None),
    ({"default": "d", "storage": "s", "functions": "f"}, None),
    ({"default": "d", "functions": "f"}, None),
    ({"functions": "f"}, None),
    (CURRENT_ENV, None),
    ({"storage": CURRENT_ENV, "default": "d"}, None),
    ("one", {"env": "other"}),
    ("one", {"env": CURRENT_ENV}),
    ("one", {"env": ""}),
    ({"storage": "s"}, {}),
]


@pytest.mark.parametrize("env, own", ENVS, ids=str)
def test_the_environment_of_the_storage(bench: Bench, platform: Platform, env: Any, own: Any) -> None:
    params = {"fileList": ["a"], **({} if own is None else {"config": own})}
    with bench.variables({"TCB_ENV": "current", "TENCENTCLOUD_RUNENV": "SCF", "TENCENTCLOUD": None}):
        exchanges = ask(bench, platform, instances(bench, {"env": env, **CREDENTIALS}), "deleteFile", params)
    assert_same_requests(exchanges)
    assert_same_outcome(exchanges)


def test_update_config_reaches_files(bench: Bench, platform: Platform) -> None:
    bench.peer.module("fresh")
    fresh = {"node": "fresh", "async": cloudpy.Cloud(), "sync": cloudpy.sync.Cloud()}
    other = {"env": {"storage": "two"}, "secretId": "AKIDother", "secretKey": "other"}
    with bench.variables():
        bench.peer.walk("fresh", "init", [{"env": "one", **CREDENTIALS}])
        bench.peer.walk("fresh", "updateConfig", [other])
        for name in ("async", "sync"):
            fresh[name].init({"env": "one", "config": None, **CREDENTIALS})  # type: ignore[attr-defined]
            fresh[name].updateConfig(other)  # type: ignore[attr-defined]
        exchanges = ask(bench, platform, fresh, "deleteFile", {"fileList": ["a"]})
    assert_same_requests(exchanges, secret_id="AKIDother", secret_key="other")
    assert json.loads(exchanges[0].requests[0].body)["envName"] == "two"
