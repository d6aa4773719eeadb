"""The image of a function: the steps of its Dockerfile in a plain folder, and the manifests of examples/kubernetes."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.package import stand_in
from tests.package.test_package import cloudpy, function

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "kubernetes"
CODE = "import os, time\nasync def main(event, context):\n    return {'user': os.getuid(), 'given': event}\n"


def instructions(dockerfile: str) -> dict[str, str]:
    return dict(re.findall(r"^([A-Z]+) (.*)$", dockerfile, re.MULTILINE))


def can_run_as(user: int, folder: Path) -> bool:
    """Whether the interpreter and `folder` can be used as another user, as in the image."""
    command = [stand_in.python(), "-s", "-c", "import os, sys; os.listdir(sys.argv[1])", str(folder)]
    try:
        return 0 == subprocess.run(command, user=user, group=user, extra_groups=[], capture_output=True).returncode
    except PermissionError:
        return False


@pytest.mark.once()
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a POSIX system")
def test_the_steps_of_the_image(tmp_path: Path) -> None:
    package, image = tmp_path / "package", tmp_path / "app"
    assert (
        0 == cloudpy("package", function(tmp_path / "echo", CODE), "--target", "cloudrun", "--out", package).returncode
    )
    steps = instructions((package / "Dockerfile").read_text("utf-8"))
    assert "." == steps["COPY"].split()[0] and steps["WORKDIR"] == steps["COPY"].split()[1]
    shutil.copytree(package, image)
    variables = dict(pair.split("=") for pair in steps["ENV"].split())
    user = int(steps["USER"].partition(":")[0])
    assert user != 0
    run_as = {"user": user, "group": user, "extra_groups": []} if can_run_as(user, image) else {}
    python, *arguments = json.loads(steps["CMD"])
    assert "python" == python
    environment = stand_in.environment(image, **{**variables, "PORT": "0"})
    process = subprocess.Popen(
        [stand_in.python(), "-s", *arguments],
        cwd=image,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
        **run_as,  # type: ignore[arg-type]
    )
    assert process.stderr is not None
    line = next(line for line in process.stderr if "listening" in line)
    port = json.loads(line)["url"].rpartition(":")[2]
    # the health check, with the port that it takes from the environment
    check = re.search(r"CMD (\[.*\])", steps["HEALTHCHECK"])
    assert check is not None
    _, *command = json.loads(check[1])
    checked = {"env": {**os.environ, "PORT": port, "no_proxy": "*"}, "capture_output": True, "timeout": 60}
    assert 0 == subprocess.run([sys.executable, *command], **checked).returncode
    process.send_signal(getattr(signal, steps["STOPSIGNAL"]))
    process.communicate(timeout=60)
    assert 0 == process.returncode
    assert 0 != subprocess.run([sys.executable, *command], **checked).returncode


def manifests(name: str) -> list[Any]:
    return list(yaml.safe_load_all((EXAMPLES / name).read_text("utf-8")))


def test_the_manifests_fit_the_image_and_the_server() -> None:
    from cloudpy.package.entry_point import files
    from cloudpy.runtime.serve import TIMEOUT

    made = files("cloudrun", "3.10", "steps", "index.main", "http")
    steps = instructions(made["Dockerfile"])
    deployment, service, scaler, budget = manifests("deployment.yaml")
    (knative,) = manifests("knative.yaml")
    for pod in (deployment["spec"]["template"]["spec"], knative["spec"]["template"]["spec"]):
        (container,) = pod["containers"]
        security = {**pod.get("securityContext", {}), **container["securityContext"]}
        assert (True, f"{security['runAsUser']}:{security['runAsUser']}") == (security["runAsNonRoot"], steps["USER"])
        assert steps["EXPOSE"] == str(container["ports"][0]["containerPort"])
        assert "/_healthz" == container["readinessProbe"]["httpGet"]["path"]
    assert deployment["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] > TIMEOUT + 5
    assert knative["spec"]["template"]["spec"]["timeoutSeconds"] >= TIMEOUT
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    assert labels == deployment["spec"]["selector"]["matchLabels"] == service["spec"]["selector"]
    assert labels == budget["spec"]["selector"]["matchLabels"]
    assert "http" == service["spec"]["ports"][0]["targetPort"]
    assert (deployment["kind"], "steps") == (scaler["spec"]["scaleTargetRef"]["kind"], deployment["metadata"]["name"])


def test_the_collector_uses_what_it_defines() -> None:
    (collector,) = manifests("otel-collector.yaml")
    for pipeline in collector["service"]["pipelines"].values():
        for part in ("receivers", "processors", "exporters"):
            assert set(pipeline[part]) <= set(collector[part])
