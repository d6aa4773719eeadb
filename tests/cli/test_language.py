"""The command in the language of the user: which language, a complete catalogue, and Chinese in real processes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudpy.cli import SUBCOMMANDS, columns
from cloudpy.i18n import catalog, language, po
from scripts import messages

from .command import cloudpy

CHINESE = re.compile("[\u4e00-\u9fff]")
VALUE = re.compile(r"\{\w+(?:!r)?\}")
NAMES = ("CLOUDPY_LANG", "LC_ALL", "LC_MESSAGES", "LANG", "LANGUAGE")
CATALOGUE = po.read(po.CATALOGUE)
MESSAGES = messages.collect()
HOW = f"run `make messages`, then write the Chinese as msgstr in {po.CATALOGUE}"


def environment(**variables: str) -> dict[str, str]:
    """This process's environment without a language, and with these variables."""
    return {**{name: value for name, value in os.environ.items() if name not in NAMES}, **variables}


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_TW"}, "zh"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "zh_CN:en"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LANGUAGE": "en:zh"}, "en"),
        ({"LANG": "C.UTF-8", "LANGUAGE": "zh"}, "en"),
        ({"LC_ALL": "POSIX", "LANG": "zh_CN.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "CLOUDPY_LANG": "en"}, "en"),
        ({"CLOUDPY_LANG": "zh-Hans"}, "zh"),
        ({"CLOUDPY_LANG": "", "LANG": "zh_CN.GBK"}, "zh"),
    ],
)
def test_the_environment_chooses_the_language(variables: dict[str, str], expected: str) -> None:
    assert language.detect(variables) == expected


@pytest.mark.once
def test_every_message_has_a_chinese_one() -> None:
    missing = [f"{place}: {message}" for message, place in MESSAGES.items() if not CATALOGUE.get(message)]
    assert not missing, f"{len(missing)} messages without Chinese; {HOW}:\n" + "\n".join(missing)


@pytest.mark.once
def test_the_catalogue_has_no_message_that_the_code_lacks() -> None:
    stale = [message for message in CATALOGUE if message not in MESSAGES]
    assert not stale, "no code has these messages any more; run `make messages`:\n" + "\n".join(stale)


@pytest.mark.once
def test_a_translation_has_the_same_values_and_is_chinese() -> None:
    for message, chinese in CATALOGUE.items():
        values, shown = set(VALUE.findall(message)), set(VALUE.findall(chinese))
        assert shown <= values, f"the translation of {message!r} has a value that the message lacks"
        # a plural s is a value of its own
        assert values - shown <= {"{value_}"}, f"the translation of {message!r} lacks a value"
        assert CHINESE.search(chinese) or not re.search("[a-z]{2,} [a-z]{2,}", chinese), (
            f"{message!r} is not translated"
        )


@pytest.mark.once
def test_the_catalogue_is_as_make_messages_writes_it(tmp_path: Path) -> None:
    entries = [(place, message, CATALOGUE.get(message, "")) for message, place in MESSAGES.items()]
    po.write(tmp_path / "zh.po", sorted(entries))
    assert po.CATALOGUE.read_text("utf-8") == (tmp_path / "zh.po").read_text("utf-8"), "run `make messages`"


@given(st.text(min_size=1, max_size=12), st.text(max_size=12))
def test_values_come_through_a_template(first: str, second: str) -> None:
    book = catalog.Catalog({"no folder {path}: {why}": "{why}：没有目录 {path}", "unrelated {path}": "无关 {path}"})
    text = book.translate(f"no folder {first}: {second}")
    gap = "" if "\u4e00" <= first[0] <= "\u9fff" else " "  # none between Chinese characters
    if ": " not in first and " or " not in f"{first}|{second}":
        assert text == f"{second}：没有目录{gap}{first}"


def test_a_value_that_is_a_message_is_translated() -> None:
    book = catalog.Catalog({"no {name}; {hint}": "没有 {name}；{hint}", "did you mean {value}?": "是不是 {value}？"})
    assert book.translate("no x; did you mean 'y'?") == "没有 x；是不是 'y'？"
    assert book.translate("something else") == "something else"


def test_a_template_with_a_number_takes_only_numbers() -> None:
    book = catalog.Catalog({"{count} times": "{count} 次", "{number} functions: {rest}": "{number} 个云函数：{rest}"})
    assert book.translate("12 times") == "12 次"
    assert book.translate("1,200 functions: none") == "1,200 个云函数：none"
    for text in ("without times", "what the functions: do"):
        assert book.translate(text) == text


@given(st.text(alphabet="云函数，。ab c", max_size=80), st.integers(8, 40))
def test_lines_break_by_columns_and_lose_nothing(text: str, width: int) -> None:
    lines = columns.fill(text, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    for line in lines:
        assert columns.width(line) <= width or (" " not in line.strip() and len(line) > 2)
        assert line and not line.startswith(" ")


HELP = """
import sys
from cloudpy.cli import main
for words in sys.argv[1:]:
    print("=" * 9, words, flush=True)
    try:
        main([*words.split(), "--help"])
    except SystemExit as error:
        assert not error.code, words
"""


@pytest.mark.once
def test_help_is_chinese() -> None:
    commands = ["", *SUBCOMMANDS, "event message", "db import", "api show"]
    done = subprocess.run(
        [sys.executable, "-c", HELP, *commands],
        env=environment(LANG="zh_CN.UTF-8", PYTHONUTF8="1"),
        capture_output=True,
        encoding="utf-8",
    )
    assert (done.returncode, done.stderr) == (0, "")
    for page in done.stdout.split("=" * 9)[1:]:
        assert "用法：" in page and "显示帮助并退出。" in page
        assert not re.search(r"(?m)^  (?:\S+  +)?[A-Z][a-z]+(?: [a-z]+){2,}", page), f"English in Chinese help:\n{page}"


@pytest.mark.once
def test_lang_beats_the_environment_wherever_it_stands() -> None:
    chinese = environment(LANG="zh_CN.UTF-8", PYTHONUTF8="1")
    for words in (["--lang", "en", "--help"], ["--help", "--lang", "en"], ["--lang=en", "run", "--help"]):
        assert cloudpy(*words, env=chinese).stdout.startswith("Usage:"), words
    done = cloudpy("--lang", "fr", env=chinese)
    assert done.returncode == 2 and "--lang" in done.stderr and "'fr'" in done.stderr


WRONG = [
    (["rum"], "没有命令 'rum'；你是不是想写 'run'？"),
    (["run", "nowhere"], "没有目录 nowhere：应为 index.py 所在的云函数目录"),
    (["run"], "缺少参数 'DIR'"),
    (["run", ".", "--event", "{"], "不是 JSON：第 1 行第 2 列"),
    (["run", ".", "--openid", ""], "--openid 不能为空"),
    (["check", "nowhere"], "没有目录 nowhere"),
    (["run", ".", "--local", "wrong.yaml"], "wrong.yaml:1: users[0].openid: 必须是加引号的字符串，现在是数字 12"),
    (["new", "1st"], "云函数名 '1st' 不合法"),
    (["package", "nowhere", "--target", "scf"], "没有目录 nowhere"),
    (["dev", "--host", "0.0.0.0"], "确认要这样做，请加 --allow-remote"),
    (["event", "timer", "--time", "now"], "--time 'now' 不是时间"),
]


@pytest.mark.once(sample=1)
@pytest.mark.parametrize(("words", "expected"), WRONG)
def test_errors_are_chinese(tmp_path: Path, words: list[str], expected: str) -> None:
    (tmp_path / "index.py").write_text("def main(event, context):\n    return 1\n")
    (tmp_path / "wrong.yaml").write_text("users: [{openid: 12}]\n")
    done = cloudpy(*words, cwd=tmp_path, env=environment(LC_ALL="zh_CN.UTF-8", PYTHONUTF8="1"))
    assert done.returncode == 2
    assert "错误：" in done.stderr and expected in done.stderr


WRONG_USES = """
run . --evnet x
run . --event @nowhere.json
run . --event {bad
run . --event [1]
run . --timeout abc
run . --timeout
run . two
run . --handler index.nope
run . --handler Index.main
run . --handler app.main
run set
run coroutine
run awaits
run attribute
run two
new steps --template nope
package . --target lambda
package attribute --target scf --python 3.9
event tiemr
api show subscribeMessage.snd
api show nope.nope
api list zzz
check empty
migrate set
completion pwsh
""".strip().splitlines()
PROGRAMS = {
    "set": "def main(event, context):\n    return {1}\n",
    "coroutine": "async def a(): pass\n\ndef main(event, context):\n    return {'b': a()}\n",
    "awaits": "async def a(): pass\n\ndef main(event, context):\n    return a()['b']\n",
    "attribute": "def main(event, context):\n    return event.text\n",
    "two": "def main(event):\n    return 1\n",
}
EACH = """
import sys
from cloudpy.cli import main
for line in sys.argv[1:]:
    print("=" * 9, line, file=sys.stderr, flush=True)
    try:
        main(line.split())
    except SystemExit as error:
        assert error.code, line
"""


@pytest.mark.once
def test_nothing_in_an_error_is_left_in_english(tmp_path: Path) -> None:
    (tmp_path / "index.py").write_text("def main(event, context):\n    return 1\n")
    (tmp_path / "empty").mkdir()
    for name, source in PROGRAMS.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "index.py").write_text(source)
    done = subprocess.run(
        [sys.executable, "-c", EACH, *WRONG_USES],
        cwd=tmp_path,
        env=environment(LANG="zh_CN.UTF-8", PYTHONUTF8="1"),
        capture_output=True,
        encoding="utf-8",
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    pages = done.stderr.split("=" * 9)[1:]
    assert len(pages) == len(WRONG_USES)
    for page in pages:
        shown = page.splitlines()[-1] if "Traceback" in page else page.partition("\n")[2]
        assert CHINESE.search(shown), page
        plain = re.sub(r"`[^`]*`|'[^']*'|\{[^}]*\}|用法：.*", "", shown)
        assert not re.search(r"[A-Za-z]{2,} [A-Za-z]{2,} [A-Za-z]{2,}| or |Did you", plain), page
        assert not re.search("[\u4e00-\u9fff] [\u4e00-\u9fff]", plain), page


@pytest.mark.once
def test_cloudpy_dev_and_its_help_are_chinese(tmp_path: Path) -> None:
    chinese = environment(LANG="zh_CN.UTF-8", PYTHONUTF8="1")
    assert "# 在另一个终端里" in cloudpy("gateway", "--help", env=chinese).stdout
    (tmp_path / "index.py").write_text("def main(event, context):\n    return 1\n")
    command = [sys.executable, "-m", "cloudpy", "dev", str(tmp_path), "--port", "0"]
    with subprocess.Popen(command, env=chinese, stdout=subprocess.PIPE, encoding="utf-8") as dev:
        assert dev.stdout is not None
        shown = [dev.stdout.readline(), dev.stdout.readline()]
        dev.terminate()
        rest = dev.stdout.read()
    assert re.fullmatch(r"cloudpy dev：http://\S+  1 个云函数：\S+  本地微信：http://\S+  按 Ctrl-C 停止\n", shown[0])
    assert "控制台：http://" in shown[1] and "已停止" in rest


@pytest.mark.once
def test_findings_are_chinese_and_json_is_not(tmp_path: Path) -> None:
    (tmp_path / "index.py").write_text(
        "import cloudpy as cloud\n\ncloud.init()\n\n\nasync def main(event, context):\n"
        "    cloud.openapi.wxacode.get({'path': 'a'})\n    return {}\n"
    )
    chinese = environment(LANG="zh_CN.UTF-8", PYTHONUTF8="1")
    done = cloudpy("check", tmp_path, env=chinese)
    assert done.returncode == 1
    assert "错误[await]: wxacode.get 缺少 await" in done.stdout
    assert "错误[permission]: 调用了 wxacode.get，但没有声明权限" in done.stdout
    assert "1 个云函数" in done.stdout and "个错误" in done.stdout
    inside, outside = (cloudpy("check", tmp_path, "--json", env=each) for each in (chinese, environment()))
    assert inside.stdout == outside.stdout and not CHINESE.search(inside.stdout)
    assert json.loads(inside.stdout)["errors"] >= 2
