"""The layout of what is written: ruff's where it is installed, and much the same without it."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tokenize
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

WIDTH = 100
_TEXT_BEGINS = {getattr(tokenize, "FSTRING_START", -1)}
_TEXT_ENDS = {getattr(tokenize, "FSTRING_END", -1)}


def laid_out(code: str) -> str:
    """The code with blank lines where they belong and long lines broken at their brackets."""
    lines: list[str] = []
    for line in code.splitlines():
        lines += _broken(line.rstrip()) if len(line) > WIDTH and not line.lstrip().startswith("#") else [line.rstrip()]
    return _spaced(lines)


def _spaced(lines: list[str]) -> str:
    made: list[str] = []
    for line in lines:
        last = next((each for each in reversed(made) if each), "")
        if not line:
            if made and made[-1] and not last.endswith(":"):
                made.append("")
            continue
        begins = line.startswith(("def ", "async def ", "@"))
        follows = bool(made) and line[0] not in " #)]}" and last[:1] in " )" and not begins and _in_def(made)
        if ((begins and not last.startswith("@")) or follows) and made:
            held: list[str] = []
            while begins and made and made[-1].startswith("#"):
                held.insert(0, made.pop())
            while made and not made[-1]:
                made.pop()
            made += ["", "", *held] if made else held
        made.append(line)
    return "\n".join(made).strip("\n") + "\n"


def _in_def(lines: list[str]) -> bool:
    top = next((each for each in reversed(lines) if each and each[0] not in " #)]}"), "")
    return top.startswith(("def ", "async def "))


def _broken(line: str) -> list[str]:
    indent = line[: len(line) - len(line.lstrip())]
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(line.lstrip() + "\n").readline))
    except (tokenize.TokenError, SyntaxError, IndentationError):
        return [line]
    text, depth, pairs, opened = line.lstrip(), 0, [], []
    commas: dict[int, list[int]] = {}
    texts = 0  # how many f-strings are open: since Python 3.12 what stands in one is tokens, too, and is not broken
    for token in tokens:
        if token.type in _TEXT_BEGINS or token.type in _TEXT_ENDS:
            texts += 1 if token.type in _TEXT_BEGINS else -1
        elif texts:
            continue
        elif token.type == tokenize.OP and token.string in "([{":
            opened.append(token.start[1])
            depth += 1
        elif token.type == tokenize.OP and token.string in ")]}" and opened:
            pairs.append((opened.pop(), token.start[1], depth))
            depth -= 1
        elif token.type == tokenize.OP and token.string == "," and opened:
            commas.setdefault(opened[-1], []).append(token.start[1])
    outer = [pair for pair in pairs if pair[2] == 1 and pair[1] - pair[0] > 1]
    if not outer:
        return [line]
    begin, end, _ = max(outer, key=lambda pair: pair[1] - pair[0])
    inside = text[begin + 1 : end]
    cuts = [cut for cut in commas.get(begin, []) if cut < end]
    bounds = [begin, *cuts, end]
    parts = [text[one + 1 : other].strip() for one, other in zip(bounds, bounds[1:], strict=False)]  # noqa: RUF007
    parts = [part for part in parts if part]
    is_loop = " for " in inside and not cuts
    made = [f"{indent}{text[: begin + 1]}"]
    if is_loop or (len(parts) == 1 and (text[begin] == "(" and not text[:begin].rstrip()[-1:].isidentifier())):
        made += _sub(f"{indent}    {inside.strip()}")
    else:
        for part in parts:
            made += _sub(f"{indent}    {part},")
    return [*made, f"{indent}{text[end:]}"]


def _sub(line: str) -> list[str]:
    return _broken(line) if len(line) > WIDTH else [line]


def format_files(paths: Sequence[Path]) -> bool:
    """Has ruff lay the files out; False where there is no ruff."""
    if not paths:
        return False
    # that of this Python first: another one on the path may be a stand-in that serves other Pythons alone
    if find_spec("ruff"):
        command = [sys.executable, "-m", "ruff"]
    elif found := shutil.which("ruff"):
        command = [found]
    else:
        return False
    options = ["format", "--isolated", "--quiet", "--line-length", str(WIDTH)]
    done = subprocess.run([*command, *options, *map(str, paths)], capture_output=True)
    return done.returncode == 0
