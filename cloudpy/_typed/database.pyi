"""What goes into and comes out of the database, for type checkers; what it means stands in `_client/services/database.py`."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypedDict

from _typeshed import DataclassInstance
from typing_extensions import NotRequired

from cloudpy._client.config import _CurrentEnv

Document = Mapping[str, Any] | DataclassInstance

class DatabaseOptions(TypedDict, total=False):
    env: str | _CurrentEnv
    throwOnNotFound: bool
    document_hook: Callable[[Any], Any]

class OneDocument(TypedDict):
    data: Document

class ManyDocuments(TypedDict):
    data: Sequence[Document]

class Changes(TypedDict):
    data: Document
    multi: NotRequired[bool]

class Which(TypedDict, total=False):
    multi: bool

class AddResult(TypedDict):
    _id: Any
    errMsg: str

class AddManyResult(TypedDict):
    _ids: list[Any]
    errMsg: str

class GetResult(TypedDict):
    data: list[dict[str, Any]]
    errMsg: str

class GetDocumentResult(TypedDict):
    data: dict[str, Any]
    errMsg: str

class CountResult(TypedDict):
    total: int
    errMsg: str

class UpdateStats(TypedDict):
    updated: int

class UpdateResult(TypedDict):
    stats: UpdateStats
    errMsg: str

class SetStats(TypedDict):
    updated: int
    created: int

class SetResult(TypedDict):
    _id: Any
    stats: SetStats
    errMsg: str

class RemoveStats(TypedDict):
    removed: int

class RemoveResult(TypedDict):
    stats: RemoveStats
    errMsg: str

class AggregateResult(TypedDict):
    list: list[dict[str, Any]]
    errMsg: str

class CreateCollectionResult(TypedDict):
    errMsg: str
    requestId: str

class EndTransactionResult(TypedDict):
    requestId: str
