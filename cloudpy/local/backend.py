"""The local WeChat itself: what it knows, and what it answers to a decoded call. No sockets, no bytes of the wire."""

from __future__ import annotations

import logging
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, Literal

from .. import _error_codes as codes
from .._wire import jsontext
from .._wire.suggest import nearest, question
from . import signing
from .accounts import Accounts
from .calls import ApiRequest, CallLog, CallRecord
from .catalog import ApiCatalog, ContractCatalog
from .documents import Documents
from .function_calls import CallResult, FunctionCaller, not_found
from .media import MediaStore
from .open_data import OpenDataStore
from .pay import PayStore
from .responses import ApiResponse, CannedResponse, CannedResponses, error_response, usual_text
from .storage import FileStorage
from .storage_grants import SignedUrls
from .tokens import ACCESS_TOKEN_LIFE, Tokens
from .users import DEFAULT_APPID, Caller, Users

Unknown = Literal["sample", "refuse"]

DEFAULT_ENV = "local"
GET_OPEN_DATA = "cloudbase.getOpenData"
_ILLEGAL_SOURCE = -604104
_log = logging.getLogger("cloudpy.local")


class Backend:
    """One local WeChat, with its users, open data, permissions, canned answers, tokens and the calls it saw.

    Args:
        env: id of its environment.
        appid: the mini program that its users use.
        unknown: for an API that nothing was said about: ``sample`` answers in the shape that its contract knows,
            ``refuse`` refuses with -604100.
        tokenless: whether the HTTPS API answers without an access token, as it does inside Cloud Run.
        remember: how many calls are kept on record.
        clock: seconds since 1970.
        random_bytes: `n` random bytes.
        knowledge: what is asked about APIs, by default the contracts.
        callers_clock: the clock of those who sign requests, where it is not this one: a test moves its own.
        any_env: takes calls for any environment, not for `env` alone.
        observe: is told of each call and what was answered, in the thread that answers.
        storage: the folder of its files; left out, a temporary one.
        database: the folder of its documents; left out, they are in memory alone.
        access_token_life: seconds of an access token of the HTTPS API.
    """

    def __init__(
        self,
        *,
        env: str = DEFAULT_ENV,
        appid: str = DEFAULT_APPID,
        unknown: Unknown = "sample",
        tokenless: bool = False,
        remember: int = 10_000,
        clock: Callable[[], float] = time.time,
        random_bytes: Callable[[int], bytes] = secrets.token_bytes,
        catalog: ApiCatalog | None = None,
        callers_clock: Callable[[], float] | None = None,
        any_env: bool = False,
        observe: Callable[[CallRecord, ApiResponse], None] | None = None,
        storage: str | os.PathLike[str] | None = None,
        database: str | os.PathLike[str] | None = None,
        access_token_life: float = ACCESS_TOKEN_LIFE,
    ) -> None:
        self.env = env
        self.unknown: Unknown = unknown
        self.tokenless = tokenless
        self.clock = clock
        self.callers_clock = callers_clock or clock
        self.any_env = any_env
        self.observe = observe
        self._level = logging.DEBUG if observe else logging.WARNING  # whoever observes says it better
        self.random_bytes = random_bytes
        self.catalog: ApiCatalog = catalog or ContractCatalog()
        self.users = Users(appid)
        self.open_data = OpenDataStore(clock, random_bytes)
        self.media = MediaStore(clock)
        self.storage = FileStorage(storage, env)
        # `documents.engine()` is the database itself; `database_calls.perform` what the gateway asks of it.
        self.documents = Documents(database, env, clock)
        self.signed_urls = SignedUrls(clock, random_bytes)
        self.accounts = Accounts(random_bytes)
        self.responses = CannedResponses()
        self.calls = CallLog(remember)
        self.tokens = Tokens(clock, random_bytes, access_token_life)
        self.pay = PayStore(clock, random_bytes)
        self.function_caller: FunctionCaller | None = None  # what runs a function that another one calls
        # The credentials of its functions, made up afresh for each run.
        self.secret_id = f"AKIDlocal{random_bytes(14).hex()}"
        self.secret_key = random_bytes(16).hex()
        self.function_responses: dict[str, CannedResponses] = {}  # by function: they go before those for all
        self._lock = threading.RLock()  # again by a canned answer that makes calls of its own
        self._allowed: dict[str, frozenset[str] | Literal["all"] | None] = {}

    def allow(self, apis: Iterable[str] | Literal["all"] | None, *, function: str = "") -> None:
        """Says what a function may call: what ``permissions.openapi`` of its config.json lists.

        Args:
            apis: names such as ``cloudbase.getOpenData``; ``all`` for any; None for a function without a config.json,
                which may call nothing.
            function: its name; left out, it holds for every function of which nothing else was said.
        """
        self._allowed[function] = apis if apis is None or apis == "all" else frozenset(apis)

    def allowed(self, function: str) -> frozenset[str] | Literal["all"] | None:
        """What a function may call; None when it has no config.json."""
        return self._allowed.get(function, self._allowed.get(""))

    def handle(self, incoming: ApiRequest) -> ApiResponse:
        """Answers a call and keeps a record of it."""
        params = incoming.params()
        call = CallRecord(
            api=incoming.api,
            params=params,
            wire=incoming.wire,
            files=incoming.files,
            caller=incoming.caller,
            appid=incoming.appid,
            version=incoming.version,
            endpoint=incoming.endpoint,
            fields=incoming.fields,
            at=self.clock(),
        )
        with self._lock:
            answer = self._answer(incoming, call)
            call.outcome, call.answered_from = answer.outcome, answer.origin
            self.calls.add(call)
        if self.observe:
            self.observe(call, answer)
        return answer

    def run(self, incoming: ApiRequest, event: str, timeout: float) -> tuple[ApiResponse, CallResult | None]:
        """Answers the call of another function: what was said about it, or else what comes of running it."""
        answer = self.handle(incoming)
        if answer.origin != "function":
            return answer, None
        name, caller = incoming.wire["name"], incoming.caller
        assert caller is not None, "it would have been refused"
        if self.function_caller is None:
            _log.log(self._level, "callFunction: %r was not run: this local WeChat has no functions", name)
            return answer, not_found()
        called = replace(caller, source=f"{caller.source},scf" if caller.source else "scf")
        return answer, self.function_caller.call(name, event, called, timeout)

    def canned(self, api: str, params: dict[str, Any], caller: Caller | None) -> CannedResponse | None:
        """What was said to answer a call with, if anything was: of the function that calls, or else of all."""
        own = self.function_responses.get(caller.function) if caller else None
        return (own and own.choose(api, params)) or self.responses.choose(api, params)

    def appid_of(self, incoming: ApiRequest) -> str:
        """The account that a call is made for."""
        user = incoming.caller.user if incoming.caller else None
        return incoming.appid or (user.appid if user else "") or self.users.appid

    def _answer(self, incoming: ApiRequest, call: CallRecord) -> ApiResponse:
        api, params = incoming.api, call.params
        if incoming.endpoint == "gateway":
            refused = self._refusal(incoming)
            if refused:
                return refused
        call.problems = self.catalog.problems(api, params) if incoming.kind == "openapi" else ()
        for problem in call.problems:
            _log.log(self._level, "%s", problem)
        canned = self.canned(api, params, incoming.caller)
        answer = canned.give(params) if canned else None
        if answer is None or not answer.origin:
            delay = answer.delay if answer else 0.0
            answer = self._own_answer(incoming, params)
            return replace(answer, delay=delay) if delay else answer
        return answer

    def _refusal(self, incoming: ApiRequest) -> ApiResponse | None:
        if incoming.caller is None:
            _log.log(
                self._level,
                "%s: refused with %d, the call brings no token of this local WeChat: take WX_API_TOKEN from the"
                " environment that it prints, anew after each start",
                incoming.api,
                _ILLEGAL_SOURCE,
            )
            return _refuse(_ILLEGAL_SOURCE)
        if incoming.kind != "openapi":  # config.json has a say in openapi alone
            return None
        allowed = self.allowed(incoming.caller.function)
        if allowed is None:
            _log.log(
                self._level,
                "%s: refused with %d, the function%s has no config.json: write one beside it with"
                ' {"permissions": {"openapi": ["%s"]}}',
                incoming.api,
                codes.NO_PERMISSION,
                f" {incoming.caller.function!r}" if incoming.caller.function else "",
                incoming.api,
            )
            return _refuse(codes.NO_PERMISSION)
        if allowed != "all" and incoming.api not in allowed:
            _log.log(
                self._level,
                '%s: refused with %d, it is not allowed: add "%s" to permissions.openapi of the config.json',
                incoming.api,
                codes.NO_PERMISSION,
                incoming.api,
            )
            return _refuse(codes.NO_PERMISSION)
        return None

    def _own_answer(self, incoming: ApiRequest, params: dict[str, Any]) -> ApiResponse:
        api = incoming.api
        if incoming.kind == "message":
            return signing.answer(self, incoming)
        if incoming.kind == "pay":
            return self.pay.answer(api.removeprefix("cloudPay."), incoming, self.appid_of(incoming))
        if incoming.kind == "function":
            return ApiResponse(origin="function")  # is run when the call is noted and the lock is free
        if api == GET_OPEN_DATA:
            return self._get_open_data(incoming)
        media = self.media.answer(api, incoming.wire, incoming.files)
        if media is not None:
            return media
        reason = self.catalog.refusal(api)
        if reason is None and self.unknown == "sample":
            sample = self.catalog.sample(api, params)
            if sample is not None:
                return ApiResponse(sample[1], sample[0], origin="sample")
        _log.log(self._level, "%s: refused with %d, %s", api, codes.API_NOT_FOUND, reason or self._unknown(api, params))
        return _refuse(codes.API_NOT_FOUND)

    def _unknown(self, api: str, params: dict[str, Any]) -> str:
        known = {*self.catalog.names(), *self.responses.apis()}
        if api in self.responses.apis():
            why = "no canned answer fits: " + "; ".join(self.responses.why_not(api, params))
        elif api in known:
            why = "it has no canned answer and none is made up for it"
        else:
            why = "no such API is known"
        hint = f"; {question(near)}" if api not in known and (near := nearest(api, known)) else ""
        return f"{why}{hint}; what it shall answer is said under answers: in local.yaml"

    def _get_open_data(self, incoming: ApiRequest) -> ApiResponse:
        user = incoming.caller.user if incoming.caller else None
        openid = incoming.wire.get("openid")
        if openid is not None or incoming.endpoint == "https":
            user = self.users.find(openid) if isinstance(openid, str) else None
            if user is None:
                return error_response(40003)
        ids = incoming.wire.get("cloudid_list")
        if not isinstance(ids, list) or not all(isinstance(item, str) for item in ids):
            return error_response(40097, f"{usual_text(40097)}: cloudid_list must be a list of texts")
        items = [{"json": item, "cloud_id": item["cloudID"]} for item in self.open_data.look_up(ids, user)]
        body = jsontext.stringify({"errcode": 0, "errmsg": "ok", "data_list": items})
        return ApiResponse(body.encode(), origin="open data")

    def __repr__(self) -> str:
        return f"<Backend env={self.env!r}, {len(self.calls)} calls>"


def _refuse(code: int) -> ApiResponse:
    return ApiResponse(error_code=code, message=codes.text_of(code), origin="nothing")
