"""Functions in the manner of SCF's demos, written without cloudpy in mind: all of them run as they are."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import signal
import socket
import subprocess
from pathlib import Path
from typing import Any

import pytest

from cloudpy.runner import deployment_files

from ..cli.command import COMMAND, cloudpy
from ..serve.serving import PATIENCE, Answer, Serving, post

pytestmark = pytest.mark.once
PROGRAMS = Path(__file__).parent / "programs"


def run(program: str, *event: str) -> Any:
    """Return the result of a program for an event of ``cloudpy event``."""
    sent = cloudpy("event", *event).stdout if event else "{}"
    done = cloudpy("run", PROGRAMS / program, "--event", "-", input=sent)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def get(server: Serving, path: str) -> Answer:
    return server.send(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: demo\r\n\r\n".encode())


def test_there_are_twelve() -> None:
    assert len([path for path in PROGRAMS.iterdir() if path.is_dir()]) == 12


def test_hello_with_the_config_json_of_a_template() -> None:
    assert run("hello") == "Hello World"


def test_a_timer() -> None:
    event = ("timer", "--name", "daily", "--time", "2026-11-27T08:00:00Z", "--message", "m")
    assert run("timer", *event) == {"trigger": "daily", "year": 2026, "message": "m"}


def test_cos() -> None:
    expected = {"bucket": "b-1250000000", "key": "a/图.png", "suffix": ".png", "event": "cos:ObjectCreated:Put"}
    assert run("cos", "cos", "--bucket", "b", "--key", "a/图.png") == [expected]


def test_ckafka() -> None:
    assert run("ckafka", "ckafka", "--topic", "t", "--body", "hi") == ["t: hi"]


def test_cmq() -> None:
    assert run("cmq", "cmq", "--body", "hi", "--tag", "a", "--tag", "b") == [{"tags": ["a", "b"], "body": "hi"}]


def test_cls() -> None:
    assert run("cls", "cls", "--line", "a", "--line", "名") == {"topic": "local", "lines": ["a", "名"]}


def test_the_api_gateway_as_an_event() -> None:
    event = ("apigw", "--path", "/users/5", "--query", "name=a b", "--parameter", "id=5")
    assert run("api", *event) == {"name": "a b", "id": "5"}
    created = run("api", "apigw", "--method", "POST", "--body", '{"name": "x"}', "--header", "User-Agent=demo")
    assert (created["statusCode"], created["headers"]["X-Agent"]) == (201, "demo")


def test_the_api_gateway_served() -> None:
    with Serving(PROGRAMS / "api", "--protocol", "apigw") as server:
        assert get(server, "/users/5?name=a%20b").json() == {"name": "a b", "id": None}
        answer = server.send(post(b'{"name": "x"}', {"User-Agent": "demo"}))
        assert (answer.status, answer.headers["x-agent"]) == (201, "demo")
        assert answer.json() == {"created": "x", "by": "127.0.0.1"}


def test_a_page() -> None:
    with Serving(PROGRAMS / "page", "--protocol", "apigw") as server:
        answer = get(server, "/?who=%E5%90%8D")
        assert "<p>Hello 名</p>" in answer.body.decode()
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert get(server, "/favicon.ico").status == 404
        assert server.line("access", path="/favicon.ico")["status"] == 404


def test_bytes_travel_as_base64() -> None:
    with Serving(PROGRAMS / "image", "--protocol", "apigw") as server:
        answer = server.send(post(b"\x89PNG\r\n\x00", {"Content-Type": "image/png"}))
        assert (answer.body, answer.headers["content-type"]) == (b"\x00\n\rGNP\x89", "image/png")
    result = run("image", "apigw", "--method", "POST", "--body", "abc")
    assert base64.b64decode(result["body"]) == b"cba"


def test_a_wsgi_application_behind_an_event_keeps_its_query() -> None:
    with Serving(PROGRAMS / "wsgi", "--protocol", "apigw") as server:
        answer = get(server, "/search?q=%E4%BA%91&empty=")
        assert answer.body.decode() == "GET /search q=云 "
        assert answer.headers["x-query"] == "q=%E4%BA%91&empty="
        answer = server.send(post(b"hi", {"Content-Type": "text/plain"}, "/?q=1"))
        assert answer.body == b"POST / q=1 hi"


@pytest.mark.skipif(os.name != "posix", reason="scf_bootstrap is a shell script")
def test_a_web_function_is_started_by_its_scf_bootstrap() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [*COMMAND, "serve", PROGRAMS / "web_function"],
        stdout=subprocess.PIPE,
        env={**os.environ, "TEST_PORT": str(port)},
    )
    with process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == f"{port}\n".encode()
            with socket.create_connection(("127.0.0.1", port), PATIENCE) as connection:
                connection.sendall(b"GET /a HTTP/1.0\r\n\r\n")
                data = b""
                while part := connection.recv(1000):
                    data += part
            assert data.endswith(b"web function /a")
        finally:
            process.terminate()


@pytest.mark.skipif(os.name != "posix", reason="scf_bootstrap is a shell script")
def test_a_web_function_that_is_stopped_leaves_no_server_behind(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("import os, time\nprint(os.getpid(), flush=True)\ntime.sleep(600)\n", "utf-8")
    script = "#!/bin/bash\n/var/lang/python3/bin/python3 app.py\necho ended\n"  # without exec
    (tmp_path / "scf_bootstrap").write_text(script, "utf-8")
    with subprocess.Popen([*COMMAND, "serve", tmp_path], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        server = int(process.stdout.readline())
        process.terminate()
        process.wait()
        try:
            assert process.stdout.read() == b""  # ends when nobody has the pipe open
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.kill(server, signal.SIGKILL)
    assert process.returncode == 128 + signal.SIGTERM


def test_serverless_yml_names_handler_limit_and_variables() -> None:
    assert run("serverless/src") == ["Hello", None, 7000]
    with Serving(PROGRAMS / "serverless" / "src") as server:
        assert server.post({}).json() == ["Hello", None, 7000]


FILES = {
    "serverless.yml": (PROGRAMS / "serverless" / "serverless.yml").read_text("utf-8").replace("./src", "./"),
    "template.yaml": """
Resources:
  default:
    Type: TencentCloud::Serverless::Namespace
    greeting:
      Type: TencentCloud::Serverless::Function
      Properties:
        CodeUri: ./
        Handler: greeting.hello
        MemorySize: 128
        Timeout: 7
        Environment: {Variables: {GREETING: Hello, TOKEN: "{{token}}"}}
        Events:
          every-morning: {Type: Timer, Properties: {CronExpression: '0 0 8 * * * *', Enable: true}}
          other: {Type: COS, Properties: {}}
""",
    "cloudbaserc.json": json.dumps(
        {
            "functions": [
                {
                    "name": "greeting",
                    "handler": "greeting.hello",
                    "timeout": 7,
                    "memorySize": 128,
                    "envVariables": {"GREETING": "Hello", "TOKEN": "{{env.TOKEN}}"},
                    "triggers": [{"name": "every-morning", "type": "timer", "config": "0 0 8 * * * *"}],
                }
            ]
        }
    ),
}


@pytest.mark.parametrize("name", FILES)
def test_the_files_say_the_same(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(FILES[name], "utf-8")
    found = deployment_files.read(tmp_path)
    assert (found.handler, found.timeout, found.memory) == ("greeting.hello", 7, 128)
    assert (found.variables, found.timers) == ({"GREETING": "Hello"}, ("every-morning",))
    assert Path(found.path) == (tmp_path / name).resolve()


@pytest.mark.parametrize("text", ["", "[]", "{", "inputs: 5", "inputs: [", "functions: {}", "a: !!python/object:x {}"])
@pytest.mark.parametrize("name", FILES)
def test_a_file_that_cannot_be_read_says_nothing(name: str, text: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text, "utf-8")
    assert deployment_files.read(tmp_path) == deployment_files.Deployment()


def test_one_of_several_functions(tmp_path: Path) -> None:
    functions = [{"name": "one", "handler": "a.one"}, {"name": "two", "handler": "b.two", "timeout": "long"}]
    (tmp_path / "cloudbaserc.json").write_text(json.dumps({"functionRoot": "f", "functions": functions}), "utf-8")
    for folder in ("f/one", "f/two", "f/three"):
        (tmp_path / folder).mkdir(parents=True)
    handlers = [deployment_files.read(tmp_path / "f" / name).handler for name in ("one", "two", "three")]
    assert handlers == ["a.one", "b.two", ""]
    assert deployment_files.read(tmp_path / "f" / "two").timeout is None
