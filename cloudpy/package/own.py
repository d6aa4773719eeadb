"""cloudpy itself, as much of it as a deployed function imports."""

from __future__ import annotations

import shutil
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
# The developer's side, and types, which nothing reads at run time.
_LEFT_OUT = {
    "cli",
    "devserver",
    "runner",
    "local",
    "testing",
    "check",
    "package",
    "compare",
    "migrate",
    "contracts",
    "_typed",
    "__main__.py",
    "py.typed",
}


def copy(folder: Path, *, contracts: bool) -> None:
    """Copies the package into `folder`.

    Args:
        contracts: with what is known of the APIs.
    """

    def left_out(where: str, names: list[str]) -> set[str]:
        out = {name for name in names if name == "__pycache__" or name.endswith((".pyc", ".pyi"))}
        if Path(where) == HOME:
            out |= _LEFT_OUT - ({"contracts"} if contracts else set())
        return out & set(names)

    shutil.copytree(HOME, folder / "cloudpy", ignore=left_out)
