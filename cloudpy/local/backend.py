"""The local WeChat itself: its state, and its responses to decoded calls. No sockets, no wire format."""

from __future__ import annotations

import hmac
import logging
import os
import secrets
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, Literal

from .. import errors as codes
from .._wire import jsontext
from .._wire.javascript import utf8
from .._wire.suggest import nearest, question
from .accounts import Accounts
from .calls import ApiRequest, CallLog, CallRecord
from .catalog import ApiCatalog, ContractCatalog
from .changes import Changes
from .documents import Documents
from .function_calls import CallResult, FunctionCaller, not_found
from .media import MediaStore
from .open_data import OpenDataStore
from .overrides import Overrides
from .pay import PayStore
from .query_shapes import QueryShapes
from .responses import ApiResponse, CannedResponse, CannedResponses, error_response, usual_text
from .signed_urls import SignedUrls
from .storage import FileStorage
from .tokens import ACCESS_TOKEN_LIFE, Tokens
from .users import DEFAULT_APPID, Caller, Users

Unknown = Literal["sample", "refuse"]
Invalid = Literal["warn", "refuse"]

DEFAULT_ENV = "local"
GET_OPEN_DATA = "cloudbase.getOpenData"
_ILLEGAL_SOURCE = -604104
_INVALID_ARGS = 40097
_log = logging.getLogger("cloudpy.local")


class Backend:
    """One local WeChat: users, open data, permissions, canned responses, tokens and records of calls.

    Args:
        env: id of the environment.
        appid: mini program of its users.
        unknown: response of an API without a canned response: ``sample`` generates one from its contract, ``refuse``
            rejects the call with -604100.
        invalid: response of a call whose parameters break its contract: ``warn`` only warns, ``refuse`` answers 40097.
        tokenless: whether the HTTPS API needs no access token, as inside Cloud Run.
        remember: number of calls to keep records of.
        clock: returns seconds since 1970.
        random_bytes: returns `n` random bytes.
        knowledge: what is asked about APIs, by default the contracts.
        callers_clock: clock of the clients that sign requests, if another one: a test moves its own.
        any_env: accept calls for any environment, not only `env`.
        observe: called with each call and its response, in the thread that responds.
        storage: folder of the files, by default a temporary one.
        database: folder of the documents; by default they are in memory.
        access_token_life: seconds of an access token of the HTTPS API.
        changes: receives what changes in it.
    """

    def __init__(
        self,
        *,
        env: str = DEFAULT_ENV,
        appid: str = DEFAULT_APPID,
        unknown: Unknown = "sample",
        invalid: Invalid = "warn",
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
        changes: Changes | None = None,
    ) -> None:
        self.changes = changes = changes or Changes()
        self.env = env
        self.unknown: Unknown = unknown
        self.invalid: Invalid = invalid
        self.tokenless = tokenless
        self.clock = clock
        self.callers_clock = callers_clock or clock
        self.any_env = any_env
        self.observe = observe
        self._level = logging.DEBUG if observe else logging.WARNING  # an observer reports it better
        self.random_bytes = random_bytes
        self.catalog: ApiCatalog = catalog or ContractCatalog()
        self.users = Users(appid, changes)
        self.open_data = OpenDataStore(clock, random_bytes)
        self.media = MediaStore(clock, changes)
        self.storage = FileStorage(storage, env, changes)
        self.documents = Documents(database, env, clock, changes)
        self.query_shapes = QueryShapes()
        self.signed_urls = SignedUrls(clock, random_bytes)
        self.accounts = Accounts(random_bytes)
        self.responses = CannedResponses()
        self.overrides = Overrides(changes)  # they come before all other canned responses
        self.calls = CallLog(remember)
        self.tokens = Tokens(clock, random_bytes, access_token_life, changes)
        self.pay = PayStore(clock, random_bytes, changes)
        self.function_caller: FunctionCaller | None = None  # runs functions that other functions call
        # Called with path, bytes transferred, and bytes in all, while a file is uploaded or downloaded.
        self.on_transfer: Callable[[str, int, int], object] = lambda path, done, total: None
        # Credentials of its functions, new for each run.
        self.secret_id = f"AKIDlocal{random_bytes(14).hex()}"
        self.secret_key = random_bytes(16).hex()
        self.files: tuple[tuple[str, str], ...] = ()  # each local.yaml, after the function that it is for, or ""
        self.function_responses: dict[str, CannedResponses] = {}  # by function; they come before those for all
        self._lock = threading.RLock()  # reentrant: a canned response may make calls
        self._allowed: dict[str, frozenset[str] | Literal["all"] | None] = {}

    def allow(self, apis: Iterable[str] | Literal["all"] | None, *, function: str = "") -> None:
        """Set the APIs that a function may call: ``permissions.openapi`` of its config.json.

        Args:
            apis: names such as ``cloudbase.getOpenData``; ``all`` for any; None for a function without a config.json,
                which may call nothing.
            function: name of the function; by default, all functions without permissions of their own.
        """
        self._allowed[function] = apis if apis is None or apis == "all" else frozenset(apis)

    def allowed(self, function: str) -> frozenset[str] | Literal["all"] | None:
        """Return the APIs that a function may call; None when it has no config.json."""
        return self._allowed.get(function, self._allowed.get(""))

    def handle(self, request: ApiRequest) -> ApiResponse:
        """Respond to a call and record it."""
        params = request.params()
        call = CallRecord(
            api=request.api,
            params=params,
            wire=request.wire,
            files=request.files,
            caller=request.caller,
            appid=request.appid,
            version=request.version,
            endpoint=request.endpoint,
            fields=request.fields,
            at=self.clock(),
        )
        with self._lock:
            answer = self._respond(request, call)
            call.outcome, call.answered_from = answer.outcome, answer.origin
            self.calls.add(call)
        if self.observe:
            self.observe(call, answer)
        return answer

    def run(self, request: ApiRequest, event: str, timeout: float) -> tuple[ApiResponse, CallResult | None]:
        """Respond to a call of another function: with its canned response, or by running it."""
        answer = self.handle(request)
        if answer.origin != "function":
            return answer, None
        name, caller = request.wire["name"], request.caller
        assert caller is not None, "it would have been rejected"
        if self.function_caller is None:
            _log.log(self._level, "callFunction: %r was not run: this local WeChat runs no functions", name)
            return answer, not_found()
        called = replace(caller, source=f"{caller.source},scf" if caller.source else "scf")
        return answer, self.function_caller.call(name, event, called, timeout)

    def find_canned(self, api: str, params: dict[str, Any], caller: Caller | None) -> CannedResponse | None:
        """Return the canned response of a call, if any: an override, one of the calling function, one of all."""
        own = self.function_responses.get(caller.function) if caller else None
        override = self.overrides.of(api)
        if override is not None:  # those of local.yaml are replaced as a whole
            return override.choose(api, params)
        return (own and own.choose(api, params)) or self.responses.choose(api, params)

    def appid_of(self, request: ApiRequest) -> str:
        """Return the account that a call is made for."""
        user = request.caller.user if request.caller else None
        return request.appid or (user.appid if user else "") or self.users.appid

    def _respond(self, request: ApiRequest, call: CallRecord) -> ApiResponse:
        api, params = request.api, call.params
        if request.endpoint == "gateway":
            rejected = self._rejection(request)
            if rejected:
                return rejected
        call.problems = self.catalog.problems(api, params) if request.kind == "openapi" else ()
        for problem in call.problems:
            _log.log(self._level, "%s", problem)
        if call.problems and self.invalid == "refuse":
            why = "; ".join(problem.removeprefix(f"{api}: ") for problem in call.problems)
            return error_response(_INVALID_ARGS, f"{usual_text(_INVALID_ARGS)}: {why}")
        canned = self.find_canned(api, params, request.caller)
        answer = canned.use(params) if canned else None
        if answer is None or not answer.origin:
            delay = answer.delay if answer else 0.0
            answer = self._default_response(request, params)
            return replace(answer, delay=delay) if delay else answer
        return answer

    def _rejection(self, request: ApiRequest) -> ApiResponse | None:
        if request.caller is None:
            _log.log(
                self._level,
                "%s: rejected with %d, the call has no token of this local WeChat: use the WX_API_TOKEN that it prints,"
                " a new one after each start",
                request.api,
                _ILLEGAL_SOURCE,
            )
            return _rejected(_ILLEGAL_SOURCE)
        if request.kind != "openapi":  # config.json is about openapi only
            return None
        allowed = self.allowed(request.caller.function)
        if allowed is None:
            _log.log(
                self._level,
                "%s: rejected with %d, the function%s has no config.json: add one with"
                ' {"permissions": {"openapi": ["%s"]}}',
                request.api,
                codes.NO_PERMISSION,
                f" {request.caller.function!r}" if request.caller.function else "",
                request.api,
            )
            return _rejected(codes.NO_PERMISSION)
        if allowed != "all" and request.api not in allowed:
            _log.log(
                self._level,
                '%s: rejected with %d, it is not allowed: add "%s" to permissions.openapi in config.json',
                request.api,
                codes.NO_PERMISSION,
                request.api,
            )
            return _rejected(codes.NO_PERMISSION)
        return None

    def _default_response(self, request: ApiRequest, params: dict[str, Any]) -> ApiResponse:
        api = request.api
        if request.kind == "message":
            return self._message(request)
        if request.kind == "pay":
            return self.pay.respond(api.removeprefix("cloudPay."), request, self.appid_of(request))
        if request.kind == "function":
            return ApiResponse(origin="function")  # runs after the call is recorded and the lock released
        if api == GET_OPEN_DATA:
            return self._get_open_data(request)
        media = self.media.respond(api, request.wire, request.files)
        if media is not None:
            return media
        reason = self.catalog.refusal(api)
        if reason is None and self.unknown == "sample":
            sample = self.catalog.sample(api, params)
            if sample is not None:
                return ApiResponse(sample[1], sample[0], origin="sample")
        _log.log(
            self._level, "%s: rejected with %d, %s", api, codes.API_NOT_FOUND, reason or self._unknown(api, params)
        )
        return _rejected(codes.API_NOT_FOUND)

    def _unknown(self, api: str, params: dict[str, Any]) -> str:
        known = {*self.catalog.names(), *self.responses.apis()}
        several = self.overrides.of(api) or self.responses
        if api in several.apis():
            why = "no canned response matches: " + "; ".join(several.why_not(api, params))
        elif api in known:
            why = "it has no canned response, and no sample is generated"
        else:
            why = "unknown API"
        hint = f"; {question(near)}" if api not in known and (near := nearest(api, known)) else ""
        return f"{why}{hint}; add a response under answers: in local.yaml"

    def _get_open_data(self, request: ApiRequest) -> ApiResponse:
        user = request.caller.user if request.caller else None
        openid = request.wire.get("openid")
        if openid is not None or request.endpoint == "https":
            user = self.users.find(openid) if isinstance(openid, str) else None
            if user is None:
                return error_response(40003)
        ids = request.wire.get("cloudid_list")
        if not isinstance(ids, list) or not all(isinstance(item, str) for item in ids):
            return error_response(40097, f"{usual_text(40097)}: cloudid_list must be a list of strings")
        items = [{"json": item, "cloud_id": item["cloudID"]} for item in self.open_data.look_up(ids, user)]
        body = jsontext.stringify({"errcode": 0, "errmsg": "ok", "data_list": items})
        return ApiResponse(body.encode(), origin="open data")

    def _message(self, request: ApiRequest) -> ApiResponse:
        """Respond to getOpenData, getVoIPSign or getCloudCallSign; the same request gets the same signature."""
        user = request.caller.user if request.caller else None
        wire = request.wire
        if request.api == "getOpenData":
            items = self.open_data.look_up(wire["list"], user)
            return ApiResponse(jsontext.stringify({"list": items}).encode(), origin="open data")
        if user is None:
            return error_response(40003)
        if request.api == "getVoIPSign":
            # According to WeChat's documentation: the four strings, sorted and joined.
            parts = sorted((self.appid_of(request), wire["group_id"], wire["nonce"], str(wire["timestamp"])))
        else:
            parts = wire["parameter_list"]
        # WeChat's own key is the user's session_key, a secret.
        signature = hmac.digest(utf8(f"local session of {user.openid}"), utf8("".join(parts)), "sha256").hex()
        return ApiResponse(jsontext.stringify({"signature": signature}).encode(), origin="signature")

    def __repr__(self) -> str:
        return f"<Backend env={self.env!r}, {len(self.calls)} calls>"


def _rejected(code: int) -> ApiResponse:
    return ApiResponse(error_code=code, message=codes.text_of(code), origin="nothing")
