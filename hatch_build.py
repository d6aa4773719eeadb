"""What a build knows of Git and of the address: the version from the tag, and the URLs of the project.

Without a tag, and in an sdist, the version is the constant in cloudpy/_version.py. A build from a tag writes its
version into that file of the package, so that a cold start reads no metadata.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

_FILE = "cloudpy/_version.py"
_VERSION = re.compile(r'(?m)^VERSION = "(.+)"$')
_ADDRESS = re.compile(r'(?m)^ADDRESS = "(.*)"')
# v0.2.0, or v0.2.0-5-gabc1234: five commits later
_DESCRIBED = re.compile(r"v(\d+(?:\.\d+)*(?:(?:a|b|rc)\d+)?)(?:-(\d+)-g[0-9a-f]+)?")
_NODE = "https://www.npmjs.com/package/wx-server-sdk"


def version(root: Path) -> str:
    """Return the version of the tree in `root`."""
    constant = _found(_VERSION, root / _FILE)
    if not (root / ".git").exists():  # an sdist, perhaps in a folder of somebody else's repository
        return constant
    command = ["git", "describe", "--tags", "--match", "v[0-9]*"]
    try:
        done = subprocess.run(command, cwd=root, capture_output=True, encoding="utf-8", check=False)
    except OSError:
        return constant
    match = _DESCRIBED.fullmatch(done.stdout.strip())
    if match is None:
        return constant
    return f"{match[1]}.post1.dev{match[2]}" if match[2] else match[1]


class CustomMetadataHook(MetadataHookInterface):
    """Sets what pyproject.toml calls dynamic."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Add version and URLs."""
        root = Path(self.root)
        address = _found(_ADDRESS, root / "cloudpy/distribution/__init__.py").removesuffix(".git")
        metadata["version"] = version(root)
        metadata["urls"] = {"wx-server-sdk": _NODE}
        if address:
            metadata["urls"] |= {"Repository": address, "Changelog": f"{address}/blob/main/CHANGELOG.md"}


class CustomBuildHook(BuildHookInterface[Any]):
    """Writes the version into the package."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Replace cloudpy/_version.py if the version is another one."""
        path, built = Path(self.root, _FILE), self.metadata.version
        if version == "editable" or built == _found(_VERSION, path):
            return
        self._folder = tempfile.TemporaryDirectory()
        copy = Path(self._folder.name, "_version.py")
        copy.write_text(_VERSION.sub(f'VERSION = "{built}"', path.read_text("utf-8")), "utf-8")
        build_data["force_include"][str(copy)] = _FILE


def _found(pattern: re.Pattern[str], path: Path) -> str:
    match = pattern.search(path.read_text("utf-8"))
    if match is None:
        raise ValueError(f"{path} has no line {pattern.pattern}")
    return match[1]
