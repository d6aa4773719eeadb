"""What deployment files say about running a function: ``cloudbaserc.json``, ``serverless.yml``, ``template.yaml``.

Only handler, limits, variables and timers are read. A file that cannot be read is ignored: the tools that deploy it
report what is wrong.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

MAX_TIMEOUT = 900.0  # seconds: the longest that the platform allows
_MAX_MEMORY = 1024.0 * 1024  # MB
_MAX_SIZE = 1024 * 1024  # bytes of a file
_MAX_PARENTS = 2  # folders above that of a function in which a file may describe it


@dataclass(frozen=True, slots=True)
class Deployment:
    """How a function is deployed.

    Attributes:
        handler: ``file.function``; empty when the file does not say.
        timeout: seconds; None when the file does not say.
        memory: MB; None when the file does not say.
        variables: environment variables.
        timers: names of the timers.
        path: path of the file that was read, or an empty string.
    """

    handler: str = ""
    timeout: float | None = None
    memory: int | None = None
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    timers: tuple[str, ...] = ()
    path: str = ""


def read(folder: str | os.PathLike[str]) -> Deployment:
    """Return what the nearest file says about the function in `folder`: beside its code, or up to two folders above."""
    folder = os.path.realpath(folder)
    place = folder
    for _ in range(_MAX_PARENTS + 1):
        for name, reader in _READERS.items():
            path = os.path.join(place, name)
            if os.path.isfile(path):
                deployment = reader(path, folder, _load(path))
                if deployment is not None:
                    return deployment
        place = os.path.dirname(place)
    return Deployment()


def _load(path: str) -> Any:
    try:
        with open(path, encoding="utf-8-sig") as file:
            text = file.read(_MAX_SIZE)
        if path.endswith(".json"):
            return json.loads(text)
        import yaml  # here: few functions have such a file

        return yaml.safe_load(text)
    except (OSError, ValueError, RecursionError):
        return None
    except Exception as error:
        if type(error).__module__.startswith("yaml."):
            return None
        raise


def _cloudbaserc(path: str, folder: str, content: Any) -> Deployment | None:
    """Read CloudBase's file: ``{"functionRoot", "functions": [{"name", "handler", "timeout", "envVariables", …}]}``."""
    content = _mapping(content)
    functions = [_mapping(each) for each in _list(content.get("functions"))]
    root = str(content.get("functionRoot") or "functions")
    for function in functions:
        name = function.get("name")
        places = (str(function.get("dir") or ""), os.path.join(root, str(name)))
        own = os.path.dirname(path) == folder and len(functions) == 1
        if isinstance(name, str) and (own or _leads_to(path, places, folder)):
            timers = [
                str(each.get("name"))
                for each in map(_mapping, _list(function.get("triggers")))
                if each.get("type") == "timer" and each.get("name")
            ]
            return _deployment(path, function, "handler", "timeout", "memorySize", function.get("envVariables"), timers)
    return None


def _serverless(path: str, folder: str, content: Any) -> Deployment | None:
    """Read Serverless Framework's file for the component scf: ``inputs: {src, handler, timeout, environment, …}``."""
    inputs = _mapping(_mapping(content).get("inputs"))
    source = inputs.get("src", ".")
    places = (source if isinstance(source, str) else str(_mapping(source).get("src", ".")),)
    if not inputs or not _leads_to(path, places, folder):
        return None
    events = [_mapping(each) for each in (*_list(inputs.get("events")), *_list(inputs.get("triggers")))]
    timers = [_timer_name(_mapping(each["timer"])) for each in events if "timer" in each]
    timers += [_timer_name(each) for each in events if each.get("type") == "timer"]
    variables = _mapping(_mapping(inputs.get("environment")).get("variables"))
    return _deployment(path, inputs, "handler", "timeout", "memorySize", variables, [name for name in timers if name])


def _template(path: str, folder: str, content: Any) -> Deployment | None:
    """Read the file of Tencent's SCF CLI: ``Resources: {namespace: {function: {Properties: {…}}}}``."""
    for function in _template_functions(_mapping(_mapping(content).get("Resources"))):
        properties = _mapping(function.get("Properties"))
        if _leads_to(path, (str(properties.get("CodeUri") or "."),), folder):
            events = _mapping(properties.get("Events"))
            timers = [str(name) for name, event in events.items() if _mapping(event).get("Type") == "Timer"]
            variables = _mapping(properties.get("Environment")).get("Variables")
            return _deployment(path, properties, "Handler", "Timeout", "MemorySize", variables, timers)
    return None


def _template_functions(resources: Mapping[Any, Any]) -> Iterator[Mapping[Any, Any]]:
    for namespace in map(_mapping, resources.values()):
        if "Properties" in namespace:
            yield namespace
        yield from (_mapping(each) for each in namespace.values() if isinstance(each, Mapping))


_READERS: dict[str, Callable[[str, str, Any], Deployment | None]] = {
    "cloudbaserc.json": _cloudbaserc,
    "serverless.yml": _serverless,
    "serverless.yaml": _serverless,
    "template.yaml": _template,
    "template.yml": _template,
}


def _deployment(
    path: str, values: Mapping[Any, Any], handler: str, timeout: str, memory: str, variables: Any, timers: list[str]
) -> Deployment:
    name, seconds, size = values.get(handler), values.get(timeout), values.get(memory)
    return Deployment(
        handler=name if isinstance(name, str) and name.isprintable() else "",
        timeout=_number(seconds, MAX_TIMEOUT),
        memory=round(_number(size, _MAX_MEMORY) or 0) or None,
        # ${env:NAME} and the like stand for something that the deploying tool knows
        variables={
            str(key): value if isinstance(value, str) else json.dumps(value)
            for key, value in _mapping(variables).items()
            if isinstance(value, (str, int, float, bool)) and "${" not in str(value) and "{{" not in str(value)
        },
        timers=tuple(dict.fromkeys(timers)),
        path=path,
    )


def _timer_name(timer: Mapping[Any, Any]) -> str:
    parameters = _mapping(timer.get("parameters"))
    return str(parameters.get("name") or timer.get("name") or "")


def _leads_to(path: str, places: tuple[str, ...], folder: str) -> bool:
    base = os.path.dirname(path)
    return any(place and os.path.realpath(os.path.join(base, place)) == folder for place in places)


def _number(value: Any, most: float) -> float | None:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value <= most:
        return float(value)
    return None


def _mapping(value: Any) -> Mapping[Any, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
