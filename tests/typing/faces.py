"""The two faces of openapi, for type checkers only: nothing here runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cloudpy._typed import aio, sync

    openapi: aio.OpenAPI
    blocking: sync.OpenAPI
