"""What each cloud-callable API takes and gives, as data that types, checks, samples and documentation come from.

The data are YAML files beside this module, described by `schema.json`; an API is read when it is asked for. yaml is
imported with the first one, jsonschema with the first check. Nothing here is imported by a deployed function.
"""

from .catalog import Contract, ErrorCode, Parameter, at_path, get, names, namespaces
from .check import Problem, check_params, check_reply
from .https import HttpsRequest, camel_params, https_request, wire_reply
from .sample import Sample, sample_reply
from .suggest import find, nearest, refusal

__all__ = [
    "Contract",
    "ErrorCode",
    "HttpsRequest",
    "Parameter",
    "Problem",
    "Sample",
    "at_path",
    "camel_params",
    "check_params",
    "check_reply",
    "find",
    "get",
    "https_request",
    "names",
    "namespaces",
    "nearest",
    "refusal",
    "sample_reply",
    "wire_reply",
]
