"""Suggestions for misspelt names."""

from __future__ import annotations

import pytest

import cloudpy
from cloudpy._wire.suggest import did_you_mean, nearest


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("databse", "database"),
        ("Databse", "Database"),
        ("upload_file", "uploadFile"),
        ("CloudSdkError", "CloudSDKError"),
    ],
)
def test_of_two_names_that_differ_in_case_the_one_written_alike(written: str, meant: str) -> None:
    for known in (cloudpy.__all__, [*reversed(cloudpy.__all__)]):
        assert [meant] == nearest(written, known)


def test_without_a_name_that_is_alike_all_are_named() -> None:
    assert "there are a, b" == did_you_mean("xyz", ["a", "b"])
