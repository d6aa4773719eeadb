"""``db.command``, usually called ``_``."""

from __future__ import annotations

from collections.abc import Mapping

from .._wire.suggest import did_you_mean
from .aggregate import AggregateCommand
from .base import Helpful, public_names
from .command import Commands, Condition

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any


class Projection(Helpful):
    """``_.project``: parts of lists, for ``field()``."""

    __slots__ = ()

    def slice(self, slice: int | Sequence[int]) -> dict[str, Any]:
        """Return only the first elements, the last ones (negative), or [skip, count]."""
        return {"$slice": slice}

    def elemMatch(self, condition: Mapping[str, Any] | Condition) -> dict[str, Any]:
        """Return only the first element that matches the condition."""
        return {"$elemMatch": condition}

    def _missing(self, name: str) -> str:
        return f"_.project has no {name!r}; {did_you_mean(name, public_names(Projection))}"


class DatabaseCommand(Commands):
    """``db.command``, usually called ``_``: conditions for ``where()`` and changes for ``update()``."""

    __slots__ = ()

    @property
    def aggregate(self) -> AggregateCommand:
        """The operators of expressions in ``aggregate()``."""
        return _aggregate

    @property
    def project(self) -> Projection:
        """Parts of lists, for ``field()``."""
        return _projection

    def __repr__(self) -> str:
        return "db.command"


_aggregate = AggregateCommand()
_projection = Projection()
command = DatabaseCommand()
