"""Where cloudpy differs from the Node package on purpose. A test shows each one; any other difference is a bug."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

Test = TypeVar("Test", bound=Callable[..., Any])

ON_PURPOSE = {
    # what is sent
    "user agent": "a gateway's log should show which SDK calls; the SDK version that the gateway reads is the same",
    "transfer encoding": "Node sends the form in chunks; cloudpy has the whole form and sends its length",
    "no metadata probe": "outside the cloud, Node asks a metadata server where it runs at every call, and waits for "
    "the response",
    "names that tools look up": "IPython, mock and others read _names, assert_… or getdoc of any object, and Node "
    "sends such names as APIs; here they raise AttributeError, and WeChat has no such API",
    "stale connection": "an idempotent call whose idle connection was closed before any byte of the response is "
    "retried once; Node intends to, but a comparison with undefined prevents it",
    "call before init": "Node throws before there is a promise; here the call raises the error",
    "missing credentials": "Node signs the request with the string undefined, and its error ends the process",
    "env of several services": "Node's cloud calls fail if env is an object; here they use its default",
    "env that breaks the query": "in Node a # cuts off the sequence id, and tabs and line breaks are dropped; here "
    "they are escaped",
    "signature of unusual queries": "with some characters in env, Node signs another query than it sends, and the "
    "gateway rejects it; cloudpy signs what it sends",
    "lone surrogate in a key": "Node sends invalid UTF-8, which no protobuf parser accepts; cloudpy sends U+FFFD, as "
    "Node does in keys of 40 characters or more",
    "key __proto__": "in JavaScript it sets the prototype and is lost; in a dict it is a key",
    "parameters that are not an object": "Node sends nothing, or a pair for each character or item; here it is an "
    "error",
    "values that JSON cannot represent": "Node omits them; here they are an error. A datetime with a time zone, "
    "and what has a `toJSON()`, is sent as Node sends it",
    "invalid options": "Node ignores unknown options, and throws errors without errCode; here every error has one",
    "invalid gateway address": "Node shows a failure inside JavaScript; the error here names TCB_CONTEXT_CNFG, and "
    "nothing is sent",
    "names that belong to the language": "names of JavaScript's Function.prototype are not APIs in Node; dunder "
    "names are not APIs here",
    "values that should be lists": "Node sends a string character by character, and omits anything else; here it is "
    "an error",
    "invalid seconds": "Node truncates a timestamp, or wraps it to 0; here it is an error",
    "signature outside midas": "Node sends the secret itself; cloudpy sends nothing",
    "order of nested keys": "JavaScript puts integer keys first; a dict keeps its order",
    # what comes back
    "big integers": "Node returns a BigNumber, or what case conversion leaves of it; here it is an int",
    "responses that are not an object": "Node spreads them into the result, where most values vanish, or fails on "
    "null; here they are `result`",
    "errcode that is not an integer": "Node passes on any value; here it is converted to an integer, or is -1",
    "errmsg that is an object": "Node fails while it builds its message; here errCode is kept",
    "keys that are unsafe in JavaScript": "Node's parser rejects responses with __proto__ or constructor; here they "
    "are keys",
    "numbers that are not JSON": "Node's parser accepts 007, 1. and control characters as whitespace; here only JSON "
    "is accepted",
    "failures inside JavaScript": "where Node's message is that of such a failure, the message here says what is wrong",
    "codes that are names in JavaScript": "Node finds functions of Object.prototype under the gateway's code; here "
    "there is no such entry",
    "malformed messages": "Node's decoder does not check wire types, nor whether a string is truncated; here both "
    "are checked",
    "codes of callFunction": "Node replaces the code of the gateway, or of a failed connection, by -1; here it is kept",
    "responses without data": "Node fails, or ignores data that is not an object; here it is the error for an "
    "invalid response",
    "missing results": "Node omits the result if the response has none; here it is None",
    "deeply nested responses": "Node is limited by its own stack, cloudpy by Python's recursion limit; a payment's "
    "response is an error then, and a message says that it is not shown",
    "results that are not a string": "Node treats a list as the string of a function's result, [5] as 5; here it "
    "stays a list",
    "numbers in the context": "Node rounds long numbers in getWXContext to doubles; here they are exact",
    # files and accounts
    "error codes of files": "Node replaces the code of a rejection by -1; here it is kept, with its message",
    "status of an upload": "Node's statusCode of an upload is always -1; here it is the real status",
    "rejected uploads without a message": "Node treats an upload as done, whatever the status, if the response has "
    "no XML or an empty Error; here the status and the XML are checked",
    "error of a single file": "Node's error has no message if the URL of a download is rejected; here it names the "
    "file",
    "invalid URLs of files": "Node fails inside JavaScript if a response lacks what it needs",
    "messages about files": "messages about invalid parameters are our own; neither SDK sends anything",
    "unknown parameters of files": "Node ignores unknown names; here a misspelt name is an error",
    "maxAge that is not a number": "Node sends any value; here it is an error",
    "URLs with a password": "Node sends the user and password of a file's URL as a header; here the URL is invalid",
    "incomplete upload credentials": "Node sends undefined for what the gateway omitted, or returns no fileID; here "
    "nothing is sent without fileId, token and authorization",
    "files that are not objects": "Node reports ok for any value in place of a file, even a number; here such a "
    "response is invalid",
    "current environment of another Cloud": "Node loses the symbol DYNAMIC_CURRENT_ENV in the options of new "
    "Cloud(); here it is the environment of the function, as in init()",
    "failed init of another account": "both raise an error; without a response from WeChat, Node throws an object "
    "that is not an Error, here it is the error of the call",
    "cloud calls of another account": "both reject them; the message here names the Cloud that supports them",
    "missing resourceEnv": "Node throws an error without errCode; here it has one",
    "tokens without credentials": "Node accepts a response without credentials, and a later call ends the process; "
    "here init() fails",
    # the database
    "two or in one condition": "Node merges both into one list, which matches if either does; here both must match",
    "not of values and objects": "given a value, an object, an and or an or, Node's not compares with the empty object",
    "dates and geometries inside commands": "inside commands, lists and stages Node stores their internal fields",
    "error codes of the database": "Node has no errCode, or -1, for aggregate, createCollection and transactions; "
    "here they are mapped",
    "operations outside the transaction": "in Node count, aggregate and changes by a condition run outside it; here "
    "they are rejected",
    "conflicts inside a transaction": "Node retries only conflicts of the commit, and aborts only the last attempt",
    "created documents in a transaction": "Node always reports 0",
    "commands inside commands": "in elemMatch, pull and raw lists Node sends their internal fields; here they are "
    "encoded",
    "empty objects in conditions and changes": "in Node they vanish: the condition matches everything, or nothing "
    "changes; so they do here with `javascript_values`",
    "values that cannot be stored": "Node silently drops bytes, sets and functions; here it is an error",
    "commands as values": "Node stores the internal fields of a command; here it is an error",
    "numbers and ids of documents": "Node drops digits of long integers, ObjectIds and decimals; here they are exact",
    "invalid points": "in Node one invalid point in a document makes the whole get fail; here it stays an object",
    "add without data": "Node sends null, or a value that is not an object; here it is an error",
    "unknown options of the database": "Node ignores them, even a misspelt multi; here the error names the nearest "
    "option",
    "what count, update and remove ignore": "limit, skip, field, orderBy: Node warns only for remove; here every "
    "ignored one gets a warning",
    "geoNear changes its argument": "in Node the same options cannot be reused",
    "mutable pipelines": "Node adds a stage to the aggregate in place; here each method returns a new one",
    "env of the database": "Node sends an env that is an object unchanged; here `database` or `default` of it is used",
    "errors of builders": "Node throws plain errors without errCode; here they have one, and begin with the same "
    "message",
    "invalid responses of the database": "-1, or success without values, in Node; here it is an error",
    "nested values of a field": "Node sends values without their field, and drops the field of objects",
    "missing distances": "inside a list Node sends them as null",
    "text search by a string": "Node sends an empty search",
    "invalid fields": "Node drops them and returns all fields; here it is an error",
    "reasons of a rollback": "Node throws the reason itself, of any type; here it is an error with that `reason`, or "
    "the exception",
    "aggregation names that exist only in the declarations": "in Node they fail inside JavaScript; the error here "
    "says what to write",
}
shown: set[str] = set()


def shows(name: str) -> Callable[[Test], Test]:
    """Mark the test that shows this difference."""
    assert name in ON_PURPOSE, f"{name!r} is not a listed difference"
    shown.add(name)
    return lambda test: test
