"""What of a function's folder goes into a package, what is said of the rest, and that it is written in one step."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cloudpy.check.folder import Folder
from cloudpy.package import PackageError, archive, build, user_files
from cloudpy.package.entry_point import MODULE

from ..cli.command import cloudpy
from .test_package import function

PLAIN = "def main(event, context):\n    return event\n"


def packed(folder: Path, tmp_path: Path) -> tuple[set[str], str]:
    """The user's files in the package of `folder`, and its notes."""
    notes = user_files.copy(Folder(folder), tmp_path / "stage", tmp_path / "made.zip")
    return set(archive.names(tmp_path / "stage")) - {"config.json", "requirements.txt"}, "\n".join(notes)


def write(folder: Path, *files: str, text: str = "") -> None:
    for name in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def test_linked_folders_of_the_project_are_in_it(tmp_path: Path) -> None:
    folder = function(tmp_path / "functions/steps", "from shared import a\n" + PLAIN, "")
    write(tmp_path / "functions/common", "a.py", "deep/b.py")
    (folder / "shared").symlink_to("../common", target_is_directory=True)
    (folder / "one.py").symlink_to("../common/a.py")
    inside, notes = packed(folder, tmp_path)
    assert {"index.py", "one.py", "shared/a.py", "shared/deep/b.py"} == inside
    assert "shared is a link; its files are in the package" in notes


def test_events_saved_in_the_console_are_left_out(tmp_path: Path) -> None:
    folder = function(tmp_path / "steps", PLAIN, "")
    write(folder, "events/morning.json", "events/早上.json", "events/handlers.py", "data/events/kept.json", text="{}")
    inside, notes = packed(folder, tmp_path)
    assert {"index.py", "events/handlers.py", "data/events/kept.json"} == inside
    assert "excluded: events/ (2 files)" in notes


def test_links_that_lead_out_or_into_themselves_are_left_out_and_named(tmp_path: Path) -> None:
    folder = function(tmp_path / "project/functions/steps", PLAIN, "")
    write(tmp_path, "elsewhere/secret.txt")
    for name, target in {
        "out": tmp_path / "elsewhere",
        "self": folder,
        "above": folder.parent,
        "gone": "nowhere",
    }.items():
        (folder / name).symlink_to(target, target_is_directory=True)
    write(folder, "lib/a.py")
    (folder / "lib/again").symlink_to(folder / "lib", target_is_directory=True)
    inside, notes = packed(folder, tmp_path)
    assert {"index.py", "lib/a.py"} == inside
    assert all(name in notes for name in ("out", "self", "above", "gone", "lib"))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has none")
def test_what_is_no_file_is_left_out_and_named(tmp_path: Path) -> None:
    folder = function(tmp_path / "steps", PLAIN, "")
    os.mkfifo(folder / "events.pipe")
    (folder / "cert.pem").symlink_to("../certs/cert.pem")
    inside, notes = packed(folder, tmp_path)
    assert inside == {"index.py"}
    assert "excluded: cert.pem, events.pipe" in notes


def test_earlier_packages_stay_out(tmp_path: Path) -> None:
    folder = function(tmp_path / "steps", PLAIN, "")
    write(
        folder,
        "steps-scf.zip",
        "lib/old-http.zip",
        "dist/x.txt",
        "build/steps/index.py",
        f"made/{MODULE}.py",
        "made/x.py",
    )
    write(folder, "data/model.zip", "lib/build/a.py", "lib/dist/b.csv")
    inside, _ = packed(folder, tmp_path)
    assert {"index.py", "data/model.zip", "lib/build/a.py", "lib/dist/b.csv"} == inside


@pytest.mark.once()
def test_packing_in_the_functions_folder_twice_gives_the_same(tmp_path: Path) -> None:
    folder = function(tmp_path / "steps", PLAIN, "")
    first = cloudpy("package", ".", "--target", "scf", cwd=folder)
    assert 0 == first.returncode, first.stderr
    data = (folder / "dist/steps-scf.zip").read_bytes()
    assert 0 == cloudpy("package", ".", "--target", "scf", cwd=folder).returncode
    assert data == (folder / "dist/steps-scf.zip").read_bytes()
    assert "handler: cloudpy_entry.main" in first.stdout
    assert "next: upload dist/steps-scf.zip" in first.stdout


def test_what_looks_like_a_test_goes_in_when_it_is_imported(tmp_path: Path) -> None:
    code = "from test_mode import ON\nimport tests.helpers\n" + PLAIN
    folder = function(tmp_path / "steps", code, "")
    write(folder, "test_mode.py", text="ON = 1\n")
    write(folder, "tests/helpers.py", text="from . import more\n")
    write(folder, "tests/__init__.py", "tests/more.py", "tests/test_index.py", "conftest.py", "local.yaml", ".env")
    inside, notes = packed(folder, tmp_path)
    assert {"index.py", "test_mode.py", "tests/__init__.py", "tests/helpers.py", "tests/more.py"} == inside
    assert "excluded: .env, conftest.py, local.yaml, tests/test_index.py" in notes


def test_a_package_of_ones_own_named_env_goes_in(tmp_path: Path) -> None:
    folder = function(tmp_path / "steps", "import env.settings\n" + PLAIN, "")
    write(folder, "env/settings.py", "venv/pyvenv.cfg", "venv/x.py")
    assert {"index.py", "env/settings.py"} == packed(folder, tmp_path)[0]


@pytest.mark.skipif(sys.platform != "linux", reason="names of other file systems are Unicode")
@pytest.mark.parametrize(
    ("name", "words"),
    [
        (b"caf\xe9.txt", r"caf\\udce9.txt' is not UTF-8"),
        (b"..\\up.py", "backslash or a control character"),
        (b"a\nb.py", "backslash or a control character"),
    ],
)
def test_names_that_no_package_can_have_get_a_sentence(name: bytes, words: str, tmp_path: Path) -> None:
    folder = function(tmp_path / "steps", PLAIN, "")
    with open(os.path.join(os.fsencode(folder), name), "w"):
        pass
    done = cloudpy("package", folder, "--target", "scf", cwd=tmp_path)
    assert (1, "") == (done.returncode, done.stdout)
    assert words.replace("\\\\", "\\") in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.once()
def test_a_folder_that_is_an_earlier_package_is_replaced(tmp_path: Path) -> None:
    folder = function(tmp_path / "steps", PLAIN, "")
    write(tmp_path / "out", "old.py", f"{MODULE}.py")
    build(folder, target="scf", python="3.10", out=tmp_path / "out")
    assert not (tmp_path / "out/old.py").exists()
    assert ["out", "steps"] == sorted(path.name for path in tmp_path.iterdir())
    (tmp_path / "out" / f"{MODULE}.py").unlink()
    with pytest.raises(PackageError, match="exists and is not empty"):
        build(folder, target="scf", python="3.10", out=tmp_path / "out")


PROGRAM = """
import sys
from pathlib import Path
from cloudpy.package import archive
out, size, kind = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
folder = Path(sys.argv[4])
print("ready", flush=True)
sys.stdin.readline()
while True:
    (archive.write_zip if kind == "zip" else archive.write_folder)(folder, out, ())
    print("written", flush=True)
"""


def tree(folder: Path, word: str) -> Path:
    """What a package looks like: many files that all say whose they are."""
    folder.mkdir()
    for index in range(60):
        (folder / f"m{index}.py").write_text(word)
    (folder / f"{MODULE}.py").write_text(word)
    return folder


@pytest.mark.once()
@pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")
@pytest.mark.parametrize("kind", ["folder", "zip"])
def test_killed_at_any_moment_it_is_whole_or_absent_and_never_mixed(kind: str, tmp_path: Path) -> None:
    import zipfile

    trees = [tree(tmp_path / word, word) for word in ("one", "two")]
    out = tmp_path / "result" / ("out.zip" if kind == "zip" else "out")
    out.parent.mkdir()
    for kill_after in (1, 2, 5):
        processes = [
            subprocess.Popen(
                [sys.executable, "-c", PROGRAM, str(out), "60", kind, str(each)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, stderr=subprocess.PIPE,
            )
            for each in trees
        ]  # fmt: skip
        try:
            for process in processes:
                assert process.stdout is not None
                assert "ready\n" == process.stdout.readline()
            for process in processes:
                assert process.stdin is not None
                process.stdin.write("\n")
                process.stdin.flush()
            first = processes[kill_after % 2]
            assert first.stdout is not None
            for _ in range(kill_after):
                assert "written\n" == first.stdout.readline()
        finally:
            for process in processes:
                process.send_signal(signal.SIGKILL)
                process.communicate()
        if kind == "zip":
            with zipfile.ZipFile(out) as made:
                contents = [made.read(name) for name in made.namelist()]
        elif out.exists():
            contents = [path.read_bytes() for path in out.iterdir()]
        else:
            continue
        assert 61 == len(contents)
        assert 1 == len(set(contents)), "files of both are in it"


@pytest.mark.once()
def test_two_at_once_end_with_one_of_them(tmp_path: Path) -> None:
    folders = [function(tmp_path / name, PLAIN, "") for name in ("first", "second")]
    for folder in folders:
        write(folder, f"only_{folder.name}.py")
    command = [sys.executable, "-m", "cloudpy", "package", "--target", "cloudrun", "--no-check", "--out", "both"]
    processes = [
        subprocess.Popen([*command, str(folder)], cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        for folder in folders
    ]
    said = [process.communicate(timeout=300)[1] for process in processes]
    assert [0, 0] == [process.returncode for process in processes], said
    assert 1 == len([path for path in (tmp_path / "both").iterdir() if path.name.startswith("only_")])
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_what_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    folder = tree(tmp_path / "one", "one")
    (tmp_path / "out").write_text("a file")
    with pytest.raises(OSError, match="out"):
        archive.write_folder(folder, tmp_path / "out", ())
    assert ["one", "out"] == sorted(path.name for path in tmp_path.iterdir())
