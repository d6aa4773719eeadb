"""None of the forty comes out."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.canary.cases import CASES, Case
from tests.canary.secrets import NAMES, SECRETS, Canary


@pytest.mark.once(sample=4)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_no_secret_comes_out(case: Case) -> None:
    canary = Canary()
    case(canary)
    assert canary.planted, "the case plants nothing"
    assert canary.seen, "the case looks at nothing"
    assert [] == canary.leaks()


def test_there_are_forty_and_each_is_planted() -> None:
    source = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("*.py") if path.stem != "secrets")
    assert 40 == len(set(NAMES)) == len(set(SECRETS.values()))
    assert [] == [name for name in NAMES if f'"{name}"' not in source and f"'{name}'" not in source]


@pytest.mark.parametrize("around", ["", "x", "xy", "xyz"])
def test_a_leak_is_found_in_every_form(around: str) -> None:
    secret = SECRETS["midas secret"]
    inside = f"{around}{secret}{around}".encode()
    for text in (
        secret,
        quote(secret, safe=""),
        quote(secret),
        json.dumps({"a": secret}),
        base64.b64encode(inside).decode(),
        base64.urlsafe_b64encode(inside).decode(),
        repr(secret.encode()),
    ):
        canary = Canary()
        canary.saw("here", f"before {text} after", text.encode(), ValueError(text), {"a": text})
        assert 5 <= len(canary.leaks()), text
