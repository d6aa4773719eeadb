"""``cloudpy run``: one invocation of a function, against a local WeChat that lives as long as it does."""

from __future__ import annotations

import json
import os
import sys
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn

import click

from ..runner import deployment_files
from ..runtime import FunctionDir, LoadError, client_event, kind_of, make_context
from ..runtime.context import DEFAULT_TIMEOUT
from ..runtime.loader import DEFAULT, split
from .dotenv import variables_of
from .echo import echo, echo_json
from .event import Event
from .process import INSTANCE, LOAD_LIMIT, FunctionProcess, Outcome, base_environment, ending
from .signals import end_with_signals

if TYPE_CHECKING:
    from ..local import Backend, User

_FAILED = 1


class _UnusableError(click.ClickException):
    """A file given on the command line cannot be used."""

    exit_code = 2


@click.command(
    epilog="""\
\b
Examples:
  cloudpy run functions/steps --event '{"cloudID": "xxx"}'
  cloudpy run functions/steps --event @event.json --openid o-alice
  echo '{"Type": "Timer", "TriggerName": "daily"}' | cloudpy run functions/steps --event -
"""
)
@click.argument("folder", metavar="DIR")
@click.option(
    "--event",
    type=Event(),
    default="{}",
    help="What the mini program sends: JSON, @FILE, or - for standard input. userInfo is added to it. "
    "Events of a timer, of message push, of the HTTP access service are delivered as they are; see cloudpy event.",
)
@click.option("--openid", metavar="ID", help="Who calls; by default the first user of local.yaml.  调用者的 openid")
@click.option("--unionid", metavar="ID", help="The caller's unionid.")
@click.option("--appid", metavar="ID", help="The mini program that the caller uses.")
@click.option("--env", metavar="ID", help="Environment id; by default that of local.yaml, or local.  环境 ID")
@click.option(
    "--timeout",
    type=click.FloatRange(0, 900, min_open=True),
    metavar="SECONDS",
    help=f"Time limit of the function. Default: that of cloudbaserc.json, serverless.yml or template.yaml, or "
    f"{DEFAULT_TIMEOUT:g}.  超时时间（秒）",
)
@click.option("--handler", metavar="FILE.FUNCTION", help=f"Entry point. Default: that of the same files, or {DEFAULT}.")
@click.option(
    "--local",
    "local_yaml",
    type=click.Path(exists=True, dir_okay=False),
    metavar="FILE",
    help="What the local WeChat knows and answers; by default DIR/local.yaml, if there is one.",
)
@click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False),
    metavar="FILE",
    help="What the local WeChat lets the function call; by default DIR/config.json.",
)
@click.option("--pretty", is_flag=True, help="Print the result over several lines.")
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
) -> None:
    """Run the cloud function in DIR once and print its result as JSON.

    DIR holds index.py with main(event, context), async or not, and the config.json that lists the APIs it may call.
    It runs in a process of its own; a local WeChat answers its cloud calls (云调用) from local.yaml. What the function
    prints goes to standard error, its result alone to standard output.

    When the function raises, {"errCode", "errMsg"} of a cloud error, or the traceback, is on standard error and the
    exit code is 1. A cloud error that the function returns is a result.
    """
    try:
        place = FunctionDir(folder).folder
        deployment = deployment_files.read(place)
        handler = handler or deployment.handler or DEFAULT
        split(handler)
    except LoadError as error:
        raise click.UsageError(str(error)) from None
    timeout = timeout or deployment.timeout or DEFAULT_TIMEOUT
    name = os.path.basename(place) or "index"
    local_yaml = local_yaml or beside(place, "local.yaml")
    end_with_signals()
    try:
        variables = {**base_environment(), **deployment.variables, **variables_of(place)}
        with FunctionProcess(place, handler, variables) as process:
            # It starts up, and loads the user's code, while we get the local WeChat ready.
            backend = backend_of(local_yaml, config or beside(place, "config.json"), env, explicit=config is not None)
            caller = caller_of(backend, openid, unionid, appid)
            outcome = _invoke(process, backend, event, caller, name, timeout)
    except KeyboardInterrupt:
        echo("\ncloudpy: interrupted", err=True)
        sys.exit(130)
    if outcome.kind == "result":
        _print_result(outcome.payload, pretty)
    else:
        _fail(outcome, timeout)


def _invoke(
    process: FunctionProcess, backend: Backend, event: dict[str, Any], caller: User, name: str, timeout: float
) -> Outcome:
    from ..local import GatewayServer, environment
    from .folders import Folders

    instance = environment(backend, "", user=caller, function=name)
    process.load({key: instance[key] for key in INSTANCE})
    kind = kind_of(event)
    timer = kind == "timer"
    verified: tuple[str, ...] = ()
    if kind == "client":
        event, verified = _with_open_data(backend, event, caller)
        event = client_event(event, openid=caller.openid, appid=caller.appid)
    with ExitStack() as stack:
        try:
            server = stack.enter_context(GatewayServer(backend))
        except OSError as error:
            _say(f"the local WeChat finds no port to listen on: {error}")
            sys.exit(_FAILED)
        siblings = Folders(
            backend, os.path.dirname(process.folder), lambda: server.url, instance=INSTANCE, timeout=timeout
        )
        stack.callback(siblings.close)
        backend.function_caller = siblings
        outcome = process.loaded(max(LOAD_LIMIT, timeout))
        if outcome.kind == "loaded":
            variables = server.environment(user=caller, function=name, timer=timer)
            if verified:
                variables["WX_OPEN_DATA_INFO"] = json.dumps({"keys": list(verified)})
                variables["WX_CONTEXT_KEYS"] += ",WX_OPEN_DATA_INFO"
            context = make_context(variables, function=name, timeout=timeout)
            outcome = process.invoke(event, context, variables, timeout)
        elif outcome.kind == "late":
            outcome = Outcome("late to load", "")
        process.end()  # before the server, which it may be waiting for
        return outcome


def _with_open_data(backend: Backend, event: dict[str, Any], caller: User) -> tuple[dict[str, Any], tuple[str, ...]]:
    from ..local import cloud_ids

    try:
        return cloud_ids.replace_cloud_ids(backend, event, cloud_ids.find_cloud_ids(event), caller)
    except cloud_ids.TooManyCloudIDsError as error:
        raise click.UsageError(f"--event: {error}") from None


def backend_of(local_yaml: str | None, config: str | None, env: str | None, *, explicit: bool = False) -> Backend:
    """The local WeChat that the files describe; ends the command when one of them is unusable."""
    from ..errors import ConfigError
    from ..local import LocalDataError, load

    try:
        try:
            return load(local_yaml, config=config, env=env)
        except ConfigError as error:
            if explicit:
                raise click.UsageError(error.errMsg.removeprefix("init:fail ")) from None
            # Perhaps a template's description. It lists no permissions, and init() raises the error when it is called.
            return load(local_yaml, env=env)
    except LocalDataError as error:
        raise _UnusableError(str(error)) from None


def caller_of(backend: Backend, openid: str | None, unionid: str | None, appid: str | None) -> User:
    """The user that the options name, made known to `backend`."""
    if openid == "":
        raise click.UsageError("--openid must not be empty; leave it out for the first user of local.yaml")
    user = backend.users.add(openid) if openid else backend.users.default
    return backend.users.add(replace(user, unionid=unionid or user.unionid, appid=appid or user.appid))


def _print_result(text: str, pretty: bool) -> None:
    if pretty:
        text = json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    if sys.stdout is None:
        _say("standard output is closed: there is nowhere to print the result")
        sys.exit(_FAILED)
    try:
        echo_json(text)
    except BrokenPipeError:  # the reader has read enough; click ends quietly
        raise
    except OSError as error:
        _say(f"the result cannot be printed: {error.strerror or error}")
        sys.exit(_FAILED)


def _fail(outcome: Outcome, timeout: float) -> NoReturn:
    kind, payload = outcome
    if kind == "error":
        echo(json.dumps(json.loads(payload), ensure_ascii=False), err=True)
    elif kind == "raised":
        echo(json.loads(payload), err=True, nl=False)
    elif kind == "refused":
        _say(json.loads(payload))
    elif kind == "exited":
        _say(
            f"the function called sys.exit({json.loads(payload)}), which ends the instance on the platform: return a"
            " result, or raise an error"
        )
    elif kind == "late to load":
        _say(
            f"the function's code took longer than {max(LOAD_LIMIT, timeout):g} s to load and was ended: look for a"
            " loop or a wait outside of main()"
        )
    elif kind == "late":
        _say(
            f"the function ran longer than its time limit of {timeout:g} s and was ended（函数执行超时）;"
            " --timeout SECONDS sets another one, as the function's settings do on the platform"
        )
    else:
        _say(f"the function's process {ending(int(payload))} before there was a result")
    sys.exit(_FAILED)


def _say(text: str) -> None:
    echo(f"cloudpy: {text}", err=True)


def beside(folder: str, name: str) -> str | None:
    """The path of `name` in `folder`, if it is there."""
    path = os.path.join(folder, name)
    return path if os.path.lexists(path) else None
