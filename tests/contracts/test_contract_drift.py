"""What is generated from the contracts is what the scripts would write now."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"


@pytest.mark.once(sample=1)
@pytest.mark.parametrize("script", ["contract_index", "stubs", "idempotent", "coverage_page", "database_operators"])
def test_generated_files_are_up_to_date(script: str) -> None:
    command = [sys.executable, str(SCRIPTS / f"{script}.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert 0 == done.returncode, done.stderr


def test_drift_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.syspath_prepend(str(SCRIPTS))
    from generated import settle

    path = tmp_path / "deep" / "file.txt"
    assert 1 == settle({path: "new"}, check=True)
    assert not path.exists()
    assert "file.txt is not what" in capsys.readouterr().err
    assert 0 == settle({path: "new"}, check=False)
    assert 0 == settle({path: "new"}, check=True)
    path.write_text("old", "utf-8")
    assert 1 == settle({path: "new"}, check=True)
