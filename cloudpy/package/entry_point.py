"""The entry point: the module that the platform starts, and the files that configure it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

TARGETS = ("scf", "http", "cloudrun")
MODULE = "cloudpy_entry"
# The path of the package on the platform
PLACES = {"scf": "/var/user", "http": "/var/user", "cloudrun": "/app"}
EXECUTABLE = {"scf_bootstrap"}
TIMEOUT = 15  # seconds
MEMORY = 256  # MB
_CONTAINER_PORT = 8080  # a user other than root may listen there on every system

_EVENT = '''\
"""Calls {handler} for the platform: awaits it, and returns JSON types."""

from cloudpy.runtime.scf import entry

main = entry("{handler}")
'''
_SERVER = '''\
"""Serves {handler} on the platform's port."""

import os
import sys

from cloudpy.runtime.serve import serve

if __name__ == "__main__":
    folder = os.path.dirname(os.path.abspath(__file__))
    sys.exit(serve(folder, handler="{handler}", host="0.0.0.0", port={port}, protocol="{protocol}"))
'''
_BOOTSTRAP = """\
#!/bin/bash
cd "$(dirname "$0")"
exec {interpreter} -u {module}.py
"""
_DOCKERFILE = """\
FROM python:{python}-slim
ENV PYTHONDONTWRITEBYTECODE=1 PORT={port}
WORKDIR {place}
COPY . {place}
USER 65534:65534
EXPOSE {port}
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s CMD ["python", "-c", "{health}"]
CMD ["python", "-u", "{module}.py"]
"""
# urlopen raises for a status of 400 or more, and then the exit code is 1.
_HEALTH = "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '/_healthz')"


def files(target: str, python: str, name: str, handler: str, protocol: str) -> dict[str, str]:
    """Return file name -> content, with Unix line endings.

    Args:
        target: one of TARGETS.
        python: ``X.Y``.
        name: of the function.
        handler: the user's, ``file.function``.
        protocol: of the server.
    """
    if target == "scf":
        contents = {f"{MODULE}.py": _EVENT.format(handler=handler)}
    else:
        port = "9000" if target == "http" else f'int(os.environ.get("PORT") or {_CONTAINER_PORT})'
        contents = {f"{MODULE}.py": _SERVER.format(handler=handler, port=port, protocol=protocol)}
    if target == "http":
        contents["scf_bootstrap"] = _BOOTSTRAP.format(interpreter=interpreter_path(python), module=MODULE)
    if target == "cloudrun":
        contents["Dockerfile"] = _DOCKERFILE.format(
            python=python, port=_CONTAINER_PORT, place=PLACES[target], module=MODULE, health=_HEALTH
        )
        contents["container.config.json"] = _json(_container())
    else:
        contents["cloudbaserc.json"] = _json(
            {"version": "2.0", "functionRoot": ".", "functions": [settings(target, python, name)]}
        )
    return contents


def steps(target: str, python: str, name: str, out: Path) -> tuple[str, ...]:
    """Return the settings of the function and the next steps, one line each; docs/en/deploying.md has the details."""
    if target == "cloudrun":
        return (
            f"next: build an image of {out}, or upload the folder to Cloud Run; it listens on port {_CONTAINER_PORT}",
        )
    values = f"runtime: Python{python}, memory: {MEMORY} MB, time limit: {TIMEOUT} s or what the function needs"
    http = target == "http"
    entry = "started by: scf_bootstrap, on port 9000" if http else f"handler: {MODULE}.main"
    if out.suffix == ".zip":
        place = "the console of CloudBase, as a zip"
        return entry, values, f"next: upload {out} in {place}, to a function with these settings"
    option = " --httpFn" if http else ""
    tools = () if http else ("or: in WeChat DevTools, right-click the folder and upload all files",)
    return entry, values, f"next: tcb fn deploy {name}{option} --dir {out}", *tools


def interpreter_path(python: str) -> str:
    """Return the path of the interpreter in the platform's image.

    See 启动文件说明 of CloudBase: https://docs.cloudbase.net/cloud-function/develop/scf-bootstrap
    """
    return f"/var/lang/python{python.replace('.', '')}/bin/python{python}"


def settings(target: str, python: str, name: str) -> dict[str, Any]:
    """Return the function's settings for CloudBase's CLI: https://docs.cloudbase.net/cli-v1/functions/configs."""
    function: dict[str, Any] = {"name": name}
    if target == "http":
        function["type"] = "HTTP"
    else:
        function["handler"] = f"{MODULE}.main"
    function |= {
        "runtime": f"Python{python}",
        "timeout": TIMEOUT,
        "memorySize": MEMORY,
        # all dependencies are in the package; the platform would install Node's
        "installDependency": False,
        "ignore": [],
    }
    return function


def _container() -> dict[str, Any]:
    """Return the settings of WeChat Cloud Run, with its defaults except for maxNum; in cores, GB, seconds, percent.

    See 配置文件: https://developers.weixin.qq.com/miniprogram/dev/wxcloudrun/src/basic/config.html
    """
    return {
        "containerPort": _CONTAINER_PORT,
        "dockerfilePath": "Dockerfile",
        "buildDir": "",
        "minNum": 0,
        "maxNum": 10,
        "cpu": 0.25,
        "mem": 0.5,
        "policyType": "cpu",
        "policyThreshold": 60,
        "envParams": {},
        "customLogs": "stdout",
        "initialDelaySeconds": 2,
    }


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
