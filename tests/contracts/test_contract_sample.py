"""Samples: of the right shape for every API, the same for the same question, pictures that open."""

from __future__ import annotations

import copy
import io
import subprocess
import sys
from typing import Any

import pytest
from PIL import Image

from cloudpy import contracts
from cloudpy.contracts import Sample, check_reply, sample_reply
from cloudpy.contracts.sample import generate

KNOWN = [name for name in contracts.names() if (found := contracts.get(name)) and found.known]


def as_reply(sample: Sample) -> dict[str, Any]:
    if sample.json is not None:
        assert sample.content_type is None and sample.body is None
        return sample.json
    assert sample.content_type and sample.body
    return {"contentType": sample.content_type, "buffer": sample.body}


@pytest.mark.once(sample=20)
@pytest.mark.parametrize("name", KNOWN)
def test_a_sample_obeys_the_contract_and_is_stable(name: str) -> None:
    contract = contracts.get(name)
    assert contract is not None
    for params in ({}, dict(contract.example_params or {}), {"unheard": ["of", {"x": b"1"}]}):
        sample = sample_reply(name, params)
        assert [] == check_reply(name, as_reply(sample))
        assert sample == sample_reply(name, copy.deepcopy(params))


@pytest.mark.once(sample=20)
@pytest.mark.parametrize("name", KNOWN)
def test_a_generated_reply_obeys_the_contract(name: str) -> None:
    import random

    contract = contracts.get(name)
    assert contract is not None
    if contract.binary == "no":
        made = generate({"type": "object", **contract.result}, random.Random(1))
        assert [] == check_reply(name, made)
        assert set(made) == set(contract.result.get("properties", {}))


def test_a_sample_does_not_alias_the_contract() -> None:
    sample = sample_reply("security.msgSecCheck", {"content": "a"})
    assert sample.json is not None
    sample.json["result"]["label"] = "spoilt"
    again = sample_reply("security.msgSecCheck", {"content": "a"})
    assert again.json is not None
    assert "spoilt" != again.json["result"]["label"]


def test_open_data_has_one_item_for_each_cloud_id() -> None:
    for key in ("cloudidList", "cloudid_list"):
        sample = sample_reply("cloudbase.getOpenData", {key: ["a", "b"]})
        assert sample.json is not None
        items = sample.json["dataList"]
        assert ["a", "b"] == [item["cloudId"] for item in items] == [item["json"]["cloudID"] for item in items]
    empty = sample_reply("cloudbase.getOpenData", {"cloudidList": []})
    assert {"dataList": []} == empty.json


def test_a_reply_repeats_what_was_given() -> None:
    sample = sample_reply("customerServiceMessage.uploadTempMedia", {"type": "video"})
    assert sample.json is not None
    assert "video" == sample.json["type"]


def test_an_unknown_api_gets_an_empty_object() -> None:
    assert Sample(json={}) == sample_reply("not.known", {"a": 1})
    assert Sample(json={}) == sample_reply("ad.addUserAction")


@pytest.mark.parametrize("name", ["wxacode.get", "wxacode.getUnlimited", "wxacode.createQRCode"])
def test_a_code_is_a_jpeg_of_the_width_asked_for(name: str) -> None:
    for given, drawn in ((None, 430), (281, 281), (10, 280), (99_999, 1280), (float("inf"), 1280), ("wide", 430)):
        sample = sample_reply(name, {"path": "p", "scene": "s"} | ({} if given is None else {"width": given}))
        assert "image/jpeg" == sample.content_type
        assert sample.body is not None
        with Image.open(io.BytesIO(sample.body)) as image:
            image.load()
            assert ("JPEG", (drawn, drawn)) == (image.format, image.size)
            assert (0, 255) == image.getextrema()


def test_a_transparent_code_is_a_png_in_the_colour_asked_for() -> None:
    params = {"scene": "s", "isHyaline": True, "lineColor": {"r": 255, "g": "16", "b": 0}, "width": 300}
    sample = sample_reply("wxacode.getUnlimited", params)
    assert "image/png" == sample.content_type
    assert sample.body is not None
    with Image.open(io.BytesIO(sample.body)) as image:
        assert ("PNG", (300, 300)) == (image.format, image.size)
        colors = {color for _, color in image.convert("RGBA").getcolors() or []}
    assert {(255, 16, 0, 255), (255, 255, 255, 0)} == colors


def test_another_scene_gives_another_picture() -> None:
    assert sample_reply("wxacode.getUnlimited", {"scene": "1"}) != sample_reply("wxacode.getUnlimited", {"scene": "2"})


def test_another_process_draws_the_same_picture() -> None:
    program = (
        "import hashlib\nfrom cloudpy.contracts import sample_reply\n"
        "print(hashlib.sha256(sample_reply('wxacode.getUnlimited', {'scene': '1'}).body).hexdigest())"
    )
    runs = [
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True) for _ in range(2)
    ]
    assert runs[0].stdout == runs[1].stdout
    assert runs[0].stdout.strip()
