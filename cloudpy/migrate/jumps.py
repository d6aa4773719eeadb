"""Where ``break`` and ``continue`` go: the loops around, and those with a label."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from .syntax import Node


@dataclass(eq=False)
class Loop:
    """A loop of Python, or a block with a label, which is one in Python.

    Attributes:
        label: Its name in JavaScript; empty if it has none.
        step: What ``continue`` does first.
        is_last: Whether nothing follows it in the loop around.
        flags: Variables that say where to go on after it -> the loop, and ``break`` or ``continue``.
        starts: Variables to set before it.
        names: What its variables are called: ``break_outer`` -> the name that nothing else has.
        is_block: Whether it is no loop in JavaScript, but a block or a ``switch``; `is_switch`: a ``switch``.
    """

    label: str = ""
    step: list[str] = field(default_factory=list)
    is_last: bool = False
    flags: dict[str, tuple[Loop, str]] = field(default_factory=dict)
    starts: list[str] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    is_block: bool = False
    is_switch: bool = False

    def framed(self, lines: list[str], around: Loop | None) -> list[str]:
        """Return the lines of the loop with the flags before and after it."""
        result = [f"{name} = False" for name in self.starts] + lines
        for name, (target, word) in self.flags.items():
            leaving = [*target.step, "continue"] if target is around and word == "continue" else ["break"]
            result += [f"if {name}:", *(f"    {line}" for line in leaving)]
        return result


@dataclass(eq=False)
class Round:
    """A callback that is written as the body of a loop.

    Attributes:
        write: Writes what a ``return`` in it gives.
        nothing: What a ``return`` without a value does.
    """

    write: Callable[[Node], list[str]]
    nothing: str = ""
    loop: Loop = field(default_factory=Loop)


def jump(loops: list[Loop], target: Loop, word: str, flag: str) -> list[str]:
    """Return the lines that leave the loops inside `target`, and then break or continue that one.

    Args:
        loops: Those around, outermost first.
        target: One of them.
        word: ``break`` or ``continue``.
        flag: A variable for it.
    """
    inner = loops[loops.index(target) + 1 :]
    if not inner:
        return [*target.step, "continue"] if word == "continue" else ["break"]
    if word == "continue" and len(inner) == 1 and inner[0].is_last:
        return ["break"]
    for loop in inner:
        loop.flags[flag] = (target, word)
    if flag not in inner[0].starts:
        inner[0].starts.append(flag)
    return [f"{flag} = True", "break"]
