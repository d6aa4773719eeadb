"""The command itself: its help, its version, what it does with a name that it does not know, and what it imports."""

from __future__ import annotations

import subprocess
import sys

import pytest
from click.testing import CliRunner

from cloudpy.cli import SUBCOMMANDS, main

from .command import cloudpy


def test_help_reads_well() -> None:
    done = cloudpy("--help")
    assert 0 == done.returncode
    assert "云调用" in done.stdout
    assert "cloudpy run examples/get_open_data" in done.stdout
    for name in ("run", "gateway"):
        assert f"  {name} " in done.stdout
    assert done.stdout == cloudpy("-h").stdout
    assert "no account" in done.stdout.lower()


@pytest.mark.parametrize("name", ["run", "gateway"])
def test_each_subcommand_explains_itself(name: str) -> None:
    done = cloudpy(name, "--help")
    assert 0 == done.returncode
    assert f"cloudpy {name} [OPTIONS]" in done.stdout


@pytest.mark.once(sample=1)
@pytest.mark.parametrize("name", ["", *SUBCOMMANDS])
def test_help_wraps_sentences_and_keeps_the_lines_of_examples(name: str) -> None:
    done = CliRunner().invoke(main, [*name.split(), "--help"])
    assert 0 == done.exit_code
    assert "\\b" not in done.output, "click's mark for lines to keep, in a raw string"
    examples = done.output.partition("Examples:\n")[2].partition("\n\n")[0].splitlines()
    assert [] == [line for line in examples if not line.startswith("  ")]


def test_version() -> None:
    done = cloudpy("--version")
    assert (0, "cloudpy 0.1.0\n") == (done.returncode, done.stdout)


def test_without_a_command_it_shows_the_help_and_fails() -> None:
    done = cloudpy()
    assert 2 == done.returncode
    assert "Usage:" in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("rnu", "there is no command 'rnu'; did you mean 'run'?"),
        ("deploy", "cloudpy does not deploy: run `cloudpy package DIR --target scf`"),
        ("logs", "`cloudpy dev` shows those of your machine"),
        ("invoke", "`cloudpy run DIR` runs one on your machine"),
        ("test", "pytest runs the tests: `pytest DIR`"),
        ("gatway", "did you mean 'gateway'?"),
        ("xyz", "there is no command 'xyz'; there are run, dev, "),
    ],
)
def test_an_unknown_command(name: str, words: str) -> None:
    done = cloudpy(name)
    assert 2 == done.returncode
    assert words in done.stderr


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["run", "--help"], ["run", "nowhere"]])
def test_what_is_not_needed_is_not_imported(arguments: list[str]) -> None:
    program = (
        "import sys\n"
        "from cloudpy.cli import main\n"
        "try:\n"
        f"    main({arguments!r})\n"
        "except SystemExit:\n"
        "    pass\n"
        "heavy = {'aiohttp', 'yaml', 'jsonschema', 'asyncio', 'cloudpy.local', 'cloudpy.contracts'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120)
    assert 0 == done.returncode, done.stderr
