"""What is imported when: yaml with the first contract, jsonschema with the first check, nothing heavy before."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.unmeasured import unmeasured


def loaded_after(program: str) -> set[str]:
    ending = "\nimport sys\nprint(' '.join({name.partition('.')[0] for name in sys.modules}))"
    command = [sys.executable, "-c", program + ending]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=unmeasured())
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "program",
    [
        "",
        "contracts.names()",
        "contracts.namespaces()",
        "contracts.nearest('getOpendata')",
        "contracts.find('wxacode')",
    ],
)
def test_names_need_no_yaml(program: str) -> None:
    loaded = loaded_after(f"from cloudpy import contracts\n{program}")
    assert "cloudpy" in loaded
    assert set() == loaded & {"yaml", "jsonschema", "aiohttp", "click", "PIL"}


@pytest.mark.parametrize("program", ["contracts.get('wxacode.get')", "contracts.sample_reply('wxacode.get', {})"])
def test_a_contract_needs_no_jsonschema(program: str) -> None:
    loaded = loaded_after(f"from cloudpy import contracts\n{program}")
    assert "yaml" in loaded
    assert "jsonschema" not in loaded


def test_a_check_needs_jsonschema() -> None:
    assert "jsonschema" in loaded_after("from cloudpy import contracts\ncontracts.check_params('wxacode.get', {})")


def test_the_list_of_repeatable_apis_needs_nothing() -> None:
    loaded = loaded_after(
        "from cloudpy._client.idempotent import IDEMPOTENT\nassert 'cloudbase.getOpenData' in IDEMPOTENT"
    )
    assert set() == loaded & {"yaml", "jsonschema", "json", "re"}
