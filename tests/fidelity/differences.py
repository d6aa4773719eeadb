"""Where cloudpy differs from the Node package on purpose. Each has a test that shows what both do; anything else that
differs is a bug."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

Test = TypeVar("Test", bound=Callable[..., Any])

ON_PURPOSE = {
    # what is sent
    "user agent": "a gateway's log should tell who calls; the SDK version that the gateway looks at is the same",
    "transfer encoding": "Node sends the form in chunks; it is at hand whole, so we say how long it is",
    "no metadata probe": "outside the cloud, Node asks a metadata server at every call where it runs, and waits for it",
    "names that tools look for": "IPython, mock and others read _names, assert_… or getdoc of any object, and Node "
    "sends such names, too; ours raise AttributeError, and no API of WeChat is among them",
    "stale connection": "an idempotent call whose kept connection died before any byte of the response is sent once "
    "more; Node means to, but a comparison with undefined keeps it from ever doing so",
    "call before init": "Node throws before there is anything to await; ours is the error of the call",
    "missing credentials": "Node sends a request signed with the word undefined, and its error ends the process",
    "env of several services": "Node's cloud calls fail on an env that is an object; ours take its default",
    "env that breaks the query": "Node lets a # cut the sequence id off and drops tabs and line breaks; we escape them",
    "signature of odd queries": "with some characters in the env, Node signs another query than the one it sends, and "
    "the gateway refuses it; we sign what we send",
    "lone surrogate in a key": "Node sends bytes that are not UTF-8, which no protobuf reader accepts; we send U+FFFD, "
    "as Node itself does in keys of 40 characters and more",
    "key __proto__": "it sets the prototype of a JavaScript object and is lost; in a dict it is a key",
    "parameters that are no object": "Node sends none, or a pair for every letter or item; ours is an error",
    "values without a form in JSON": "Node sends the result of their toJSON, or omits them; ours is an error",
    "options that are wrong": "Node ignores unknown options and throws errors without errCode; ours have one",
    "gateways that are no address": "Node's words are those of a failure inside JavaScript; ours name "
    "TCB_CONTEXT_CNFG, and nothing is sent",
    "names of the language": "names of JavaScript's Function.prototype are no APIs there; dunder names are none here",
    "lists that are no lists": "Node sends a string letter by letter, and anything else not at all; ours is an error",
    "seconds that are none": "Node truncates a timestamp, or wraps it to 0; ours is an error",
    "signature elsewhere": "for an API outside of midas, Node sends the secret itself; we send nothing",
    "order of the keys inside": "JavaScript puts integer keys first; ours keep their order",
    # what comes back
    "big integers": "Node gives a BigNumber, or what case conversion leaves of one; we give an int",
    "roots that are no object": "Node spreads them into the result, where most of them vanish, or fails on null; here "
    "they are `result`",
    "errcode that is no integer": "Node passes on any value; here it is the integer that it means, or else -1",
    "errmsg that is an object": "Node fails in putting it into its message; we keep the errcode",
    "keys that JavaScript fears": "Node's parser refuses bodies that name __proto__ or constructor; here they are keys",
    "numbers that are not JSON": "Node's parser takes 007, 1. and control characters as space; ours takes JSON",
    "words of the engine": "where Node's message is that of a failure inside JavaScript, ours says what was wrong",
    "codes that name JavaScript": "Node finds functions of Object.prototype under the gateway's code; we find nothing",
    "broken messages": "Node's decoder does not look at wire types nor whether a text ends in time; ours does",
    "codes of callFunction": "Node loses the gateway's code to -1, and that of a connection that failed; we keep it",
    "answers without data": "Node fails in reading them, or passes over data that is no object; ours is the error of "
    "an answer that is not understood",
    "results that are not there": "Node omits the result when the answer has no result; here it is None",
    "answers that nest deep": "Node follows and prints an answer as deep as its own stack goes, ours to Python's limit "
    "of recursion; a payment's is an error then, and a message says that it is not shown",
    "results that are no text": "Node takes a list instead of a function's string for that string, [5] for 5; here "
    "it stays a list",
    "numbers in the context": "Node rounds long numbers of getWXContext to doubles; here they are exact",
    # files and accounts
    "codes of files": "Node loses the code of what was refused and says -1; we keep it, with its text",
    "status of an upload": "Node says statusCode -1 of every upload; ours is the status that came",
    "refusals without a word": "Node takes an upload for done whatever the status, if no XML says why, and an Error "
    "with nothing in it too; we look at both",
    "an error for one file": "Node's errors have no text when an address is refused for a download; ours name the file",
    "addresses that are no addresses": "Node fails inside JavaScript on answers that lack what it needs",
    "words about files": "what is wrong with parameters is said in our words; nothing is sent, by either",
    "unknown parameters of files": "Node ignores unknown names; a misspelt name is an error here",
    "maxAge that is no number": "Node sends any value; ours is an error",
    "addresses with a password": "Node sends user and password of a file's address as a header; here it is no address",
    "permissions to upload that lack something": "Node sends undefined in the place of what the gateway left out, or "
    "gives no fileID; here nothing is sent without fileId, token and authorization",
    "files that are no objects": "Node says ok of any value instead of a file, even a number; here such an "
    "answer is not understood",
    "current environment of another Cloud": "Node loses the symbol DYNAMIC_CURRENT_ENV in the options of new "
    "Cloud(); here it stands for the environment of the function, as in init()",
    "failed init of another account": "refused by both; where no answer of WeChat's came, Node throws an object that "
    "is no Error, ours is the error of the call",
    "cloud calls of another account": "refused by both, ours says which Cloud makes them",
    "missing resourceEnv": "Node throws an error without errCode; ours has one",
    "tokens without credentials": "Node accepts an answer without credentials, and a later call ends the "
    "process; here init() fails",
    # the database
    "two or in one condition": "Node makes one list of both, true when either is; here both must be true",
    "not of other things": "of a value, an object, an and or an or, Node's not compares with the empty object",
    "dates and geometries inside commands": "inside of commands, lists and stages Node stores what they are made of",
    "codes of the database": "Node has no errCode, or -1, for aggregate, createCollection, transactions; we map them",
    "outside the transaction": "count, aggregate and changes by a condition run outside in Node; here they are refused",
    "conflicts inside a transaction": "Node retries those of the commit alone, and aborts the last try only",
    "created in a transaction": "Node always says 0",
    "commands inside commands": "in elemMatch, pull and raw lists Node sends what they are made of; we encode them",
    "empty objects in conditions and changes": "they vanish in Node: the condition matches all, nothing changes",
    "values that cannot be stored": "Node silently loses bytes, sets and functions; ours is an error",
    "commands as values": "Node stores the internals of a command; ours is an error",
    "numbers and ids of documents": "Node loses digits of long integers, ObjectIds and decimals; here they are exact",
    "long integers of documents": "Node sends the digits that JavaScript prints; here the value is exact",
    "points that are none": "one bad point in a document makes all of a get fail in Node; here it stays an object",
    "add without data": "Node sends null, or a value that is not an object; ours is an error",
    "options that are not known": "Node ignores them, a misspelt multi too; ours is an error that names the nearest",
    "what count, update and remove pass over": "limit, skip, field, orderBy: Node warns at remove only, we always do",
    "geoNear changes its argument": "in Node the same options cannot be used again",
    "pipelines that change": "a stage is added to Node's aggregate in place; here each method gives a new one",
    "env of the database": "Node sends an env that is an object as such; here its `database` or `default` is taken",
    "errors of builders": "Node throws plain errors without errCode; ours have one, and the same text first",
    "answers of the database that are not understood": "-1, or a success without values in Node; here an error",
    "values joined at a field": "Node sends values without their field, and of objects forgets the field",
    "distances that are not given": "in a list Node sends them as null",
    "text searches by a text": "Node sends an empty search",
    "fields that are none": "Node drops them and sends all fields; ours is an error",
    "reasons of a rollback": "Node throws the reason, of any type; ours is an error that has it, or the exception",
    "names of aggregation in the declarations": "they fail inside JavaScript; ours say what to write",
}
shown: set[str] = set()


def shows(name: str) -> Callable[[Test], Test]:
    """Marks the test that shows this difference."""
    assert name in ON_PURPOSE, f"{name!r} is not a listed difference"
    shown.add(name)
    return lambda test: test
