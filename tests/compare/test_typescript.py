"""Functions of TypeScript, which something on the machine compiles."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import cloudpy

from .harness import MODULES

pytestmark = [pytest.mark.needs_node, pytest.mark.once(sample=1)]
FILES = {
    "node/typed/index.ts": "import cloud from 'wx-server-sdk'\nimport { total } from './lib/sum'\ncloud.init()\n"
    "interface Order { prices: number[]; name?: string }\nenum Size { Small, Large = 7 }\n"
    "export async function main(order: Order): Promise<unknown> {\n"
    "  const { OPENID } = cloud.getWXContext()\n"
    "  return { total: total(order.prices), size: Size.Large, name: order.name as string, who: OPENID }\n}\n",
    "node/typed/lib/sum.ts": "export const total = (prices: number[]): number =>\n"
    "  prices.reduce((sum: number, price) => sum + price, 0)\n",
    "node/plain/index.js": "exports.main = async event => event.prices.length\n",
    "events/typed.yaml": "event: {prices: [1, 2.5], name: Ann}\n",
    "events/plain.yaml": "event: {prices: [1, 2.5]}\n",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    assert cloudpy("migrate", tmp_path / "node", "--out", tmp_path / "python").returncode == 0
    return tmp_path


@pytest.mark.once()
def test_typescript_is_compiled_with_what_the_packages_have(project: Path) -> None:
    if not (MODULES / "typescript").is_dir():
        pytest.skip("there is no typescript here")
    done = cloudpy(
        "compare", project / "node", project / "python", "--events", project / "events", "--node-modules", MODULES
    )
    assert "2 functions: 2 equal, 0 different, 0 not compared" in done.stdout, done.stdout + done.stderr
    again = cloudpy(
        "compare", project / "node/typed", project / "python/typed", "--events", project / "events/typed.yaml",
        "--node-modules", MODULES,
    )  # fmt: skip
    assert again.returncode == 0, again.stdout + again.stderr


@pytest.mark.once()
def test_without_a_compiler_the_summary_says_so(project: Path) -> None:
    """Node strips types itself from 22.18 on; there, the package that is missing is named instead."""
    done = cloudpy("compare", project / "node", project / "python", "--events", project / "events")
    assert "2 functions: 1 equal, 0 different, 1 not compared" in done.stdout, done.stdout + done.stderr
    assert "is TypeScript, and nothing that compiles it" in done.stdout or "npm package" in done.stdout
