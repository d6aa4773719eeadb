"""The pages do what they say: every block is run or checked, every link leads somewhere, every name is told."""

from __future__ import annotations

import ast
import itertools
import os
import re
import subprocess
import sys
import textwrap
from functools import cache
from pathlib import Path

import pytest

import cloudpy
import cloudpy.sync
from cloudpy import contracts
from cloudpy._client import config
from cloudpy.cli import main as command
from tests.docs.page import PAGES, ROOT, Block, anchors, blocks, headings, links, prose, reads
from tests.docs.reader import PEER, Reader, agrees, unix_only

READMES = ("README.md", "README.zh-CN.md")
CHINESE = ROOT / "docs" / "zh"
# pages that are there in English and in Chinese, with the same code
PAIRS = [
    READMES,
    ("examples/README.md", "examples/README.zh-CN.md"),
    ("CONTRIBUTING.md", "docs/zh/contributing.md"),
    *(
        (f"docs/en/{path.relative_to(CHINESE)}", path.relative_to(ROOT).as_posix())
        for path in PAGES
        if CHINESE in path.parents and path.name not in ("testing.md", "contributing.md")  # the first is written twice
    ),
]
# run by the tests named
ELSEWHERE = {
    "docs/en/testing.md": "tests/testing/",
    "docs/zh/testing.md": "tests/testing/",
}
LANGUAGES = {"bat", "js", "json", "python", "sh", "text", "yaml"}
NAMES = [path.relative_to(ROOT).as_posix() for path in PAGES]
RUN_HERE = [name for name in NAMES if name not in ELSEWHERE]
READ = reads([name for name in RUN_HERE if name not in {chinese for _, chinese in PAIRS}])


def text_of(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


@pytest.mark.parametrize("name", RUN_HERE)
def test_every_block_has_a_language(name: str) -> None:
    odd = [f"line {block.line}: {block.language!r}" for block in blocks(text_of(name))]
    odd = [told for told, block in zip(odd, blocks(text_of(name)), strict=True) if block.language not in LANGUAGES]
    assert [] == odd


@pytest.mark.once(sample=1)
@pytest.mark.parametrize("names", READ, ids=lambda names: names[0])
def test_the_page_does_what_it_says(names: tuple[str, ...], tmp_path: Path) -> None:
    shown = 0
    with Reader(tmp_path) as reader:
        for name in names:
            for block in blocks(text_of(name)):
                reader.does(block)
                shown += block.says("output")
            reader.done()
    assert reader.checked >= shown


@pytest.mark.parametrize("name", [name for names in READ if len(names) > 1 for name in names])
def test_the_commands_of_a_tutorial_work_on_windows_too(name: str) -> None:
    found = blocks(text_of(name))
    translated = [one for one, after in itertools.pairwise(found) if after.says("windows")]
    others = [one for one in found if one.language == "sh" and one not in translated]
    assert [] == [line for one in others for line in unix_only(one.text)]


@pytest.mark.parametrize("name", RUN_HERE)
def test_a_file_is_named_where_readers_see_it(name: str) -> None:
    page = text_of(name)
    visible = re.sub("<!--.*?-->", "", prose(page), flags=re.DOTALL)
    files = [block.directives["file"] for block in blocks(page) if block.says("file")]
    assert [] == [file for file in files if f"`{file}`" not in visible]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair[0])
def test_both_languages_have_the_same_code(pair: tuple[str, str]) -> None:
    english, chinese = (
        [(block.language, block.directives, block.code) for block in blocks(text_of(name))] for name in pair
    )
    assert english == chinese


@pytest.mark.parametrize("name", READMES)
def test_a_readme_is_short_and_for_windows_too(name: str) -> None:
    page = text_of(name)
    assert len(page.splitlines()) <= 150
    assert "`py -m venv .venv`" in page and "`.venv\\Scripts\\activate`" in page
    unix = [line for block in blocks(page) if block.language == "sh" for line in unix_only(block.text)]
    assert ["python3 -m venv .venv", ". .venv/bin/activate"] == unix


def test_the_remarks_in_the_chinese_readme_break_no_code() -> None:
    # its code is the English one's, which is run; only the remarks in it are its own
    for block in blocks(text_of("README.zh-CN.md")):
        if block.language == "python":
            body = f"async def main():\n{textwrap.indent(block.text, '    ')}" if block.says("inside") else block.text
            compile(body, f"README.zh-CN.md:{block.line}", "exec")
        elif block.language == "sh":
            assert not re.search(r"#(?! )", block.text), block
            subprocess.run(["bash", "-n", "-c", block.text], check=True)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair[0])
def test_both_languages_have_the_same_sections(pair: tuple[str, str]) -> None:
    english, chinese = ([level for level, _ in headings(text_of(name))] for name in pair)
    assert english == chinese


@pytest.mark.parametrize("pair", PAIRS[:2], ids=lambda pair: pair[0])
def test_both_readmes_name_each_other_at_the_top(pair: tuple[str, str]) -> None:
    for name, other in zip(pair, reversed(pair), strict=True):
        assert Path(other).name in links("\n".join(text_of(name).splitlines()[:5]))


def is_of_the_site(target: Path) -> bool:
    """Whether it is a page that is generated when the site is built, whose anchors the build checks."""
    relative = Path(os.path.relpath(target, ROOT / "docs"))
    if target.exists() or relative.parts[0] not in ("en", "zh"):
        return False
    name = Path(*relative.parts[1:])
    return name.as_posix() in generated(relative.parts[0])


@cache
def generated(language: str) -> set[str]:
    """The pages that are generated."""
    sys.path.insert(0, str(ROOT / "scripts"))
    try:
        from docsite import source
    finally:
        sys.path.pop(0)
    return set(source.generated(language))


@pytest.mark.parametrize("name", NAMES)
def test_links_lead_somewhere(name: str) -> None:
    broken = []
    for link in links(text_of(name)):
        if link.startswith(("https://", "http://")):
            continue
        path, _, anchor = link.partition("#")
        target = (ROOT / name).parent / path if path else ROOT / name
        if is_of_the_site(target):
            continue
        if not target.exists() or (anchor and anchor not in anchors(target.read_text("utf-8"))):
            broken.append(link)
    assert [] == broken


def commands() -> list[str]:
    """Every command, as it is typed."""
    import click

    found = []
    context = click.Context(command)
    for name in command.list_commands(context):
        sub = command.get_command(context, name)
        below = list(sub.commands) if isinstance(sub, click.Group) else []
        found += [f"cloudpy {name} {deeper}" for deeper in below] or [f"cloudpy {name}"]
    return found


@pytest.mark.parametrize("name", READMES)
def test_the_readme_tells_every_command_and_every_name(name: str) -> None:
    page = text_of(name)
    # the page itself and those of docs/ that it leads to
    led_to = [link for link in links(page) if link.startswith("docs/") and link.endswith(".md")]
    around = page + "".join(map(text_of, led_to))
    wanted = [*cloudpy.__all__, *config.NAMES, *config._OPENAPI_NAMES]
    assert [] == [one for one in wanted if not re.search(rf"\b{re.escape(one)}\b", around)]
    assert [] == [one for one in commands() if one not in around]


def test_the_tree_of_errors_is_the_one_of_the_code() -> None:
    (drawn,) = (block for block in blocks(text_of("docs/en/errors.md")) if block.says("drawing"))
    assert drawn.text.split("\n\n")[0].strip() in ast.get_docstring(
        ast.parse(text_of("cloudpy/errors.py")), clean=True
    ).replace(  # type: ignore[union-attr]
        "\n    ", "\n"
    )


def test_the_packages_are_those_of_the_code() -> None:
    from tests.test_layers import LAYERS

    section = text_of("docs/en/architecture.md").partition("## Packages")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`[^|]+`) \|", section, re.MULTILINE)
    assert LAYERS == [re.findall(r"`(\w+)`", row) for row in rows]


def test_every_difference_on_purpose_is_told_with_its_reason() -> None:
    from tests.fidelity.differences import ON_PURPOSE

    page = text_of("docs/en/differences.md")
    told = dict(re.findall(r"^\| ([^|]+?) \| ([^|]+?) \|$", page, re.MULTILINE))
    assert ON_PURPOSE.items() <= told.items()
    section = page.partition("## On purpose")[2].partition("\n## What")[0]
    names = set(re.findall(r"^\| ([^|]+?) \|", section, re.MULTILINE)) - {"what", "---"}
    assert set(ON_PURPOSE) == names


@pytest.mark.parametrize("name", READMES)
def test_the_number_of_contracts_is_the_true_one(name: str) -> None:
    told = re.findall(r"(\d+) (?:APIs|个接口的定义)", text_of(name))
    assert {str(len(contracts.names()))} == set(told)


def test_the_sample_config_is_the_readmes() -> None:
    (shown,) = (
        block for block in blocks(text_of("docs/en/calling.md")) if block.directives.get("file") == "steps/config.json"
    )
    assert text_of("config.json.example") == shown.text


@pytest.mark.parametrize(
    "name", ["CONTRIBUTING.md", "docs/en/architecture.md", "docs/en/differences.md", "docs/en/performance.md"]
)
def test_files_that_a_page_names_are_there(name: str) -> None:
    named = set(re.findall(r"`((?:[\w-]+/)*[\w-]+(?:\.py|\.json|\.md|/))`", text_of(name))) - {"config.json"}
    places = (ROOT, ROOT / "cloudpy", ROOT / "cloudpy" / "contracts")
    assert named
    assert [] == [file for file in sorted(named) if not any((place / file).exists() for place in places)]


def test_a_page_that_is_not_run_here_is_read_by_the_tests_named() -> None:
    for name in ELSEWHERE.keys() & set(NAMES):
        sources = [path.read_text("utf-8") for path in (ROOT / ELSEWHERE[name]).rglob("*.py")]
        assert any(Path(name).name in source for source in sources), name


@pytest.mark.once()
def test_both_apis_have_every_name_of_the_node_package() -> None:
    script = "const c = require('wx-server-sdk'); c.init({env: 'e'}); console.log(Object.keys(c).join())"
    node = subprocess.run(["node", "-e", script], cwd=PEER.parent, stdout=subprocess.PIPE, encoding="utf-8", check=True)
    names = set(node.stdout.strip().split(","))
    assert {"ai", "openapi"} <= names
    assert set() == (names - set(cloudpy.__all__)) | (names - set(cloudpy.sync.__all__))


def test_the_page_of_figures_has_a_section_for_each_benchmark() -> None:
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "benchmarks").glob("*.py"))
    sections = set(re.findall(r'write_section\(\s*"([^"]+)"', sources))
    assert {"serving", "workers"} <= sections
    assert sections == figures_of("docs/en/performance.md").keys()


def figures_of(page: str) -> dict[str, str]:
    """Name -> text of each section that a benchmark writes."""
    return dict(re.findall(r"<!-- ([\w ]+): begin -->\n((?:.*\n)*?)<!-- \1: end -->", text_of(page)))


def test_the_figures_are_the_same_in_chinese() -> None:
    from benchmarks.chinese import in_chinese

    figures = figures_of("docs/en/performance.md")
    chinese = figures_of("docs/zh/performance.md")
    assert chinese == {name: in_chinese(text) for name, text in figures.items()}
    images = ROOT / "docs" / "images"
    charts = {path.stem: path.read_text("utf-8") for path in images.glob("*.svg")}
    english = {name: svg for name, svg in charts.items() if not name.endswith(".zh")}
    assert charts == {**english, **{f"{name}.zh": in_chinese(svg) for name, svg in english.items()}}
    labels = [label for name in charts.keys() - english for label in re.findall(r"<text[^>]*>([^<]*)", charts[name])]
    shown = re.sub(r"\(\S*\.svg\)", "", " ".join([*chinese.values(), *labels]))
    names = """wx server sdk cloudpy async sync aiohttp http client import Python Node CloudID protobuf JSON CPU
        serve click functions framework aio tcb ff uvicorn gunicorn MB kB B µs p"""
    assert set() == set(re.findall(r"[A-Za-zµ]+", shown)) - set(names.split())


@pytest.mark.parametrize("name", [name for name in NAMES if not name.endswith("/apis.md")])
def test_a_page_names_no_place_of_one_machine(name: str) -> None:
    assert [] == re.findall(r"(?:^|[\s`\"'(])(/(?:home|work|root|Users|tmp)/\S*|\.\./shared\S*)", text_of(name))


# that the tests above can fail


def block(language: str, text: str, **directives: str) -> Block:
    return Block(1, language, text, directives)


def test_blocks_are_found_with_what_their_comments_say() -> None:
    page = "x\n\n<!-- file: a/b.py -->\n```python\n# c\nx = 1  # d\n```\n\n<!-- output -->\ny\n\n```sh\nls\n```\n"
    first, second = blocks(page)
    assert (4, "python", {"file": "a/b.py"}, "x = 1") == (first.line, first.language, first.directives, first.code)
    assert ("sh", {}, "ls\n") == (second.language, second.directives, second.text)
    with pytest.raises(AssertionError, match="has no end"):
        blocks("```sh\nls\n")


@pytest.mark.once(sample=1)
@pytest.mark.parametrize(
    "wrong",
    [
        [block("sh", "false\n")],
        [block("sh", "git clone a b && cd b\nmake no-such-target\n")],
        [block("sh", "pip install .\n")],
        [block("python", "import cloudpy.no_such\n")],
        [block("python", "x = 1\n", inside="async"), block("python", "await cloud.nothing()\n", inside="async")],
        [block("python", "x = = 1\n", file="x.py")],
        [block("js", "const = 1\n", file="x.js")],
        [block("json", "{,}\n", file="x.json")],
        [block("sh", "echo 1\n"), block("text", "2\n", output="")],
        [block("text", "what is this for?\n")],
        [block("text", "x", file="../../x")],
        [block("js", "console.log(1)\n"), block("python", "print(2)\n", twin="")],
        [block("sh", "python3 -m venv .venv\n"), block("bat", "python3 -m venv .venv\n", windows="")],
    ],
    ids=lambda wrong: wrong[-1].text.strip(),
)
def test_a_page_that_is_wrong_is_told(wrong: list[Block], tmp_path: Path) -> None:
    with pytest.raises((AssertionError, SyntaxError, ValueError)), Reader(tmp_path) as reader:
        for one in wrong:
            reader.does(one)
        reader.done()


def test_the_shell_goes_on_from_block_to_block(tmp_path: Path) -> None:
    with Reader(tmp_path) as reader:
        reader.does(block("sh", "mkdir a; cd a; export X=1\n"))
        reader.does(block("text", "y\n", file="b"))
        reader.does(block("sh", "cat b; echo $X\n"))
        reader.does(block("text", "y\n1\n", output=""))
        assert (tmp_path / "a" / "b").exists()


def test_what_cmd_and_powershell_read_otherwise_is_found() -> None:
    fine = 'cd a\ncloudpy run a --event "@events/a.json" --openid o-bob\npip install ./cloudpy\n'
    assert [] == unix_only(fine)
    odd = ["cloudpy run a --event '{}'", "cloudpy run a --event @a.json", "cd a && ls", "export A=1", "echo $A"]
    assert odd == unix_only("\n".join(odd))


def test_the_pages_of_a_tutorial_are_read_in_a_row() -> None:
    names = ["docs/a.md", "docs/tutorial/02.md", "docs/tutorial/01.md", "docs/tutorial/index.md"]
    assert [("docs/a.md",), ("docs/tutorial/index.md", "docs/tutorial/01.md", "docs/tutorial/02.md")] == reads(names)


def test_output_is_compared_by_what_it_is() -> None:
    assert agrees(block("json", '{"a": [1]}\n'), '{"a":\n[1]}')
    assert not agrees(block("json", '{"a": [1]}\n'), '{"a": [2]}')
    assert agrees(block("text", "a … c\n"), "a b b c\n")
    assert not agrees(block("text", "a … c\n"), "a b b d\n")


def test_anchors_are_githubs() -> None:
    assert {"a-b-c", "云调用call-x", "what-is-not-here-yet"} == anchors(
        "# A `b` c\n## 云调用（call） x\n### What is not here yet?\n"
    )
