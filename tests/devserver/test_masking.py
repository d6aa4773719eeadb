"""Secrets in JSON with long runs of data are masked as in any other, and the data stays as it is."""

from __future__ import annotations

import base64
import json
import random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cloudpy._client import redact
from cloudpy.devserver.masking import mask_json

DATA = base64.b64encode(random.Random(1).randbytes(90_000)).decode()
SECRET = "hunter2-hunter2-hunter2"
TEXTS = st.sampled_from(
    ["plain", "token=abcd1234efgh", f"it is {SECRET}", "password", "token", "\x00", "<data>", "密码: abc123"]
)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


@given(VALUES)
def test_it_masks_what_is_masked_elsewhere(value: Any) -> None:
    text = json.dumps(value).replace("<data>", DATA[:20_000])
    assert redact.value(json.loads(text), secrets=[SECRET]) == json.loads(mask_json(text, [SECRET]))


def test_data_stays_and_secrets_around_it_go() -> None:
    event = {"image": DATA, "token": DATA, "text": f"token={DATA}", "mixed": f"{DATA}{SECRET}{DATA}", "number": 1}
    masked = json.loads(mask_json(json.dumps(event), [SECRET]))
    assert {"image": DATA, "token": "***", "text": "token=***", "mixed": f"{DATA}***{DATA}", "number": 1} == masked
