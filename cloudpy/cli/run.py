"""``cloudpy run``: invoke a function once, against a local WeChat that exists as long as the command runs."""

from __future__ import annotations

import json
import os
import sys
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn

import click

from ..i18n import translated
from ..runner import deployment_files, env_files
from ..runner.discovery import CONFIG, LOCAL_YAML, project_file
from ..runner.outcome import Outcome, failure_text, load_failure
from ..runner.process import INSTANCE_VARIABLES, LOAD_LIMIT, FunctionProcess, base_environment
from ..runtime import FunctionDir, LoadError, client_event, kind_of, make_context
from ..runtime.context import DEFAULT_TIMEOUT
from ..runtime.loader import DEFAULT, split
from .completion import complete_envs, complete_functions
from .console import FAILED, UnusableError, echo, echo_json, exit_on_signals
from .event import Event
from .progress import Progress

if TYPE_CHECKING:
    from ..local import Backend, User

_DEAD_URL = (
    "a temporary URL in the result is dead: the local storage that served it ended with this command;"
    " `cloudpy dev` keeps it"
)
_TIMEOUT_HINT = "; --timeout SECONDS sets another limit, like the function's settings on the platform"


@click.command(
    epilog="""\
\b
Examples:
  cloudpy run functions/steps --event '{"cloudID": "xxx"}'
  cloudpy run functions/steps --event @event.json --openid o-alice
  echo '{"Type": "Timer", "TriggerName": "daily"}' | cloudpy run functions/steps --event -
"""
)
@click.argument("folder", metavar="DIR", shell_complete=complete_functions)
@click.option(
    "--event",
    type=Event(),
    default="{}",
    help="The event: JSON, @FILE, or - for standard input. A mini program's event gets userInfo; "
    "events of a timer, message push or the HTTP access service stay as they are (see cloudpy event).",
)
@click.option("--openid", metavar="ID", help="The caller.  [default: the first user of local.yaml]")
@click.option("--unionid", metavar="ID", help="The caller's unionid.")
@click.option("--appid", metavar="ID", help="The caller's mini program.")
@click.option(
    "--env",
    metavar="ID",
    shell_complete=complete_envs,
    help="Environment id.  [default: that of local.yaml, or local]",
)
@click.option(
    "--timeout",
    type=click.FloatRange(0, 900, min_open=True),
    metavar="SECONDS",
    help=f"Time limit of the function. Default: that of cloudbaserc.json, serverless.yml or template.yaml, or "
    f"{DEFAULT_TIMEOUT:g}.",
)
@click.option("--handler", metavar="FILE.FUNCTION", help=f"Entry point. Default: that of the same files, or {DEFAULT}.")
@click.option(
    "--local",
    "local_yaml",
    type=click.Path(exists=True, dir_okay=False),
    metavar="FILE",
    help="Data of the local WeChat.  [default: DIR/local.yaml and that of the project]",
)
@click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False),
    metavar="FILE",
    help="Permissions of the function.  [default: DIR/config.json]",
)
@click.option("--pretty", is_flag=True, help="Print the result on several lines.")
@click.option("-v", "--verbose", is_flag=True, help="Show the cloud calls on standard error.")
@click.option(
    "--fail-on-error",
    is_flag=True,
    help="Exit with 1 if the result has an errCode other than 0.",
)
def run(
    folder: str,
    event: dict[str, Any],
    openid: str | None,
    unionid: str | None,
    appid: str | None,
    env: str | None,
    timeout: float | None,
    handler: str | None,
    local_yaml: str | None,
    config: str | None,
    pretty: bool,
    verbose: bool,
    fail_on_error: bool,
) -> None:
    """Run the cloud function in DIR once and print its result as JSON.

    DIR contains index.py with main(event, context), async or not, and config.json with the APIs it may call. The
    function runs in its own process; a local WeChat answers its cloud calls (云调用) from local.yaml. What the function
    prints goes to standard error, only its result to standard output.

    If the function raises, {"errCode", "errMsg"} of a cloud error or the traceback goes to standard error, and the exit
    code is 1. A cloud error that the function returns is a result; with --fail-on-error the exit code is 1 as well.
    """
    try:
        path = FunctionDir(folder).folder
        deployment = deployment_files.read(path)
        handler = handler or deployment.handler or DEFAULT
        split(handler)
    except LoadError as error:
        raise click.UsageError(str(error)) from None
    timeout = timeout or deployment.timeout or DEFAULT_TIMEOUT
    name = os.path.basename(path) or "index"
    exit_on_signals()
    variables = {**base_environment(), **deployment.variables, **load_env_files(path)}
    with FunctionProcess(path, handler, variables) as process:
        # It starts up while the local WeChat is imported and created.
        local, project = local_files(path, local_yaml)
        settings = config or sibling(path, CONFIG)
        backend = load_backend(local, settings, env, project=project, is_explicit=config is not None)
        caller = load_caller(backend, openid, unionid, appid)
        outcome = _invoke(process, backend, event, caller, name, timeout, verbose=verbose)
    if outcome.kind != "result":
        _fail(outcome, timeout)
    _print_result(outcome.payload, pretty)
    if fail_on_error:
        _fail_on_error(json.loads(outcome.payload))


def _invoke(
    process: FunctionProcess,
    backend: Backend,
    event: dict[str, Any],
    caller: User,
    name: str,
    timeout: float,
    *,
    verbose: bool,
) -> Outcome:
    from ..local import GatewayServer, environment
    from ..local.signed_urls import PATH as STORAGE_PATH
    from .call_lines import CallLines, ReportingFunctionCaller

    instance = environment(backend, "", user=caller, function=name)
    process.load({key: instance[key] for key in INSTANCE_VARIABLES})
    kind = kind_of(event)
    verified: tuple[str, ...] = ()
    if kind == "client":
        event, verified = _with_open_data(backend, event, caller)
        event = client_event(event, openid=caller.openid, appid=caller.appid)
    with ExitStack() as stack:
        try:
            server = stack.enter_context(GatewayServer(backend))
        except OSError as error:
            _say(f"cannot start the local WeChat: {error.strerror or error}")
            sys.exit(FAILED)
        function_caller = ReportingFunctionCaller([os.path.dirname(process.folder)], timeout=timeout, warn=_say)
        function_caller.lines = CallLines(backend, name, verbose)
        function_caller.backend, function_caller.url = backend, server.url
        stack.callback(function_caller.close)
        backend.function_caller = function_caller
        backend.on_transfer = stack.enter_context(Progress()).transfer
        limit = max(LOAD_LIMIT, timeout)
        outcome = process.loaded(limit)
        if outcome.kind == "loaded":
            variables = server.environment(user=caller, function=name, timer=kind == "timer")
            if verified:
                variables["WX_OPEN_DATA_INFO"] = json.dumps({"keys": list(verified)})
                variables["WX_CONTEXT_KEYS"] += ",WX_OPEN_DATA_INFO"
            context = make_context(variables, function=name, timeout=timeout)
            outcome = process.invoke(event, context, variables, timeout)
        else:
            outcome = load_failure(outcome, limit)
        process.end()  # before the server, which it may be waiting for
        if outcome.kind == "result" and f"{server.url}{STORAGE_PATH}" in outcome.payload:
            _say(_DEAD_URL)
        return outcome


def _with_open_data(backend: Backend, event: dict[str, Any], caller: User) -> tuple[dict[str, Any], tuple[str, ...]]:
    from ..local.open_data import TooManyCloudIDsError, find_cloud_ids

    try:
        return backend.open_data.replace_cloud_ids(event, find_cloud_ids(event), caller)
    except TooManyCloudIDsError as error:
        raise click.UsageError(f"--event: {error}") from None


def load_env_files(folder: str) -> dict[str, str]:
    """Return the variables of a function's .env files; end the command if one is invalid."""
    try:
        return env_files.file_variables(folder, _say)
    except env_files.DotenvError as error:
        raise UnusableError(str(error)) from None


def local_files(folder: str, explicit: str | None) -> tuple[str | None, str | None]:
    """Return the paths of the local.yaml of a function and of its project, as `cloudpy dev` reads them.

    Args:
        folder: of the function.
        explicit: the only file, if the command line names one.
    """
    return (explicit, None) if explicit else (sibling(folder, LOCAL_YAML), project_file(folder, LOCAL_YAML))


def load_backend(
    local_yaml: str | None,
    config: str | None,
    env: str | None,
    *,
    project: str | None = None,
    is_explicit: bool = False,
) -> Backend:
    """Return the local WeChat that the files describe; end the command if one is invalid.

    Args:
        local_yaml: path of local.yaml, or None.
        project: path of the project's local.yaml, or None.
        config: path of config.json, or None.
        env: id of the environment, or None for that of local.yaml.
        is_explicit: whether the command line names `config`.
    """
    from ..errors import ConfigError
    from ..local import LocalDataError, load

    try:
        try:
            return load(local_yaml, project=project, config=config, env=env)
        except ConfigError as error:
            if is_explicit:
                raise click.UsageError(error.errMsg.removeprefix("init:fail ")) from None
            # Perhaps a template's description. It lists no permissions, and init() raises the error when it is called.
            return load(local_yaml, project=project, env=env)
    except LocalDataError as error:
        raise UnusableError(str(error)) from None


def load_caller(backend: Backend, openid: str | None, unionid: str | None, appid: str | None) -> User:
    """Return the user of the options and add it to `backend`."""
    if openid == "":
        raise click.UsageError("--openid must not be empty; omit it for the first user of local.yaml")
    user = backend.users.add(openid) if openid else backend.users.default
    return backend.users.add(replace(user, unionid=unionid or user.unionid, appid=appid or user.appid))


def sibling(folder: str, name: str) -> str | None:
    """Return the path of `name` in `folder`, or None if it does not exist."""
    path = os.path.join(folder, name)
    return path if os.path.lexists(path) else None


def _print_result(text: str, pretty: bool) -> None:
    if pretty:
        text = json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    if sys.stdout is None:
        _say("cannot print the result: standard output is closed")
        sys.exit(FAILED)
    try:
        echo_json(text)
    except BrokenPipeError:  # the reader has read enough; click ends quietly
        raise
    except OSError as error:
        _say(f"cannot print the result: {error.strerror or error}")
        sys.exit(FAILED)


def _fail_on_error(result: Any) -> None:
    """End the command with 1 if a result is an error that the function returned."""
    code = result.get("errCode") if isinstance(result, dict) else None
    if isinstance(code, (int, str)) and code not in (0, ""):
        _say(f"the function returned errCode {code}")
        sys.exit(FAILED)


def _fail(outcome: Outcome, timeout: float) -> NoReturn:
    text = failure_text(outcome, timeout, _TIMEOUT_HINT)
    if outcome.kind == "error":
        echo(json.dumps(json.loads(text), ensure_ascii=False), err=True)
    elif text.endswith("\n"):  # a traceback
        lines = text.splitlines(keepends=True)
        echo("".join(translated(line) if line.startswith("cloudpy: ") else line for line in lines), err=True, nl=False)
    else:
        _say(text)
    sys.exit(FAILED)


def _say(text: str) -> None:
    echo(f"cloudpy: {translated(text)}", err=True)
