"""`cloudpy api`: what a user reads at the command line."""

from __future__ import annotations

import ast
import json

import pytest
from click.testing import CliRunner, Result

from cloudpy import contracts
from cloudpy.cli.api import api
from cloudpy.cli.api_page import width


def run(*args: str) -> Result:
    return CliRunner().invoke(api, list(args))


def test_show_tells_parameters_result_errors_permission_and_calls() -> None:
    done = run("show", "cloudbase.getOpenData")
    assert 0 == done.exit_code
    for part in (
        "POST /wxa/getopendata",
        "cloudidList  list of string  required  body",
        "dataList     list of object",
        "system busy",
        "40003  invalid openid",
        '{"permissions": {"openapi": ["cloudbase.getOpenData"]}}',
        "await cloud.openapi.cloudbase.getOpenData({'cloudidList': [",
        "result = cloud.openapi.cloudbase.getOpenData({'cloudidList': [",
    ):
        assert part in done.output


@pytest.mark.parametrize(
    ("language", "parts"),
    [
        ("en", ["Parameters", "optional  ", "Openid of the user, who has agreed", "Text to show"]),
        ("zh", ["参数\n", "必填", "接收者的 openid，该用户须已通过", "要展示的内容"]),
    ],
)
def test_show_describes_the_fields_in_the_users_language(language: str, parts: list[str]) -> None:
    done = CliRunner().invoke(api, ["show", "subscribeMessage.send"], env={"CLOUDPY_LANG": language})
    other_language = {"CLOUDPY_LANG": "en" if language == "zh" else "zh"}
    other = CliRunner().invoke(api, ["show", "subscribeMessage.send"], env=other_language)
    for part in parts:
        assert part in done.output
        assert part not in other.output
    assert contracts.get("subscribeMessage.send").docs in done.output  # type: ignore[union-attr]


def test_show_takes_the_name_as_a_program_has_it() -> None:
    assert run("show", "wxacode.get").output == run("show", "cloud.openapi.wxacode.get").output


@pytest.mark.once(sample=20)
@pytest.mark.parametrize("name", contracts.names())
def test_every_page_fits_and_its_example_is_python(name: str) -> None:
    done = run("show", name)
    assert 0 == done.exit_code, done.output
    assert [] == [line for line in done.output.splitlines() if width(line) > 100 and not line.startswith("https:")]
    example = done.output.partition("Call, async")[2].partition("\n")[2].partition("\n\n")[0]
    if contracts.get(name).known:  # type: ignore[union-attr]
        ast.parse(f"async def main():\n{example}")


@pytest.mark.once(sample=20)
@pytest.mark.parametrize("name", contracts.names())
def test_show_as_json(name: str) -> None:
    told = json.loads(run("show", name, "--json").output)
    assert name == told["name"]
    assert [name] == told["permissions"]["openapi"]


def test_a_mistyped_name_suggests_the_nearest() -> None:
    done = run("show", "cloudbase.getOpendata")
    assert 1 == done.exit_code
    assert "did you mean 'cloudbase.getOpenData'?" in done.output
    assert "Traceback" not in done.output
    assert isinstance(done.exception, SystemExit)


def test_a_name_that_wechat_does_not_offer_says_so() -> None:
    done = run("show", "auth.code2Session")
    assert 1 == done.exit_code
    assert "WeChat does not offer code2Session to cloud call" in done.output


def test_list_everything() -> None:
    lines = run("list").output.splitlines()
    assert list(contracts.names()) == [line.split()[0] for line in lines]
    assert [] == [line for line in lines if width(line) > 100]


@pytest.mark.parametrize(
    ("what", "names"),
    [
        ("wxacode", ["wxacode.createQRCode", "wxacode.get", "wxacode.getUnlimited"]),
        ("officialAccount.shorten", ["officialAccount.shorten.fetch", "officialAccount.shorten.gen"]),
        ("手机号", ["phonenumber.getPhoneNumber"]),
        ("licence", ["ocr.businessLicense", "ocr.driverLicense", "ocr.drivingLicense", "ocr.vehicleLicense"]),
    ],
)
def test_list_a_namespace_or_a_word(what: str, names: list[str]) -> None:
    assert names == [line.split()[0] for line in run("list", what).output.splitlines()]
    assert names == [row["name"] for row in json.loads(run("list", what, "--json").output)]


def test_list_nothing_found() -> None:
    done = run("list", "wxacod.gett")
    assert 1 == done.exit_code
    assert "did you mean 'wxacode.get'" in done.output
