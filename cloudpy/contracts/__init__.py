"""Contracts of all cloud-callable APIs: data for types, checks, samples and documentation.

The data are YAML files in `data`, described by `schema.json`. An API is read on first use; yaml is imported with the
first one, jsonschema with the first check. Nothing here is imported by a deployed function.
"""

from .catalog import Contract, ErrorCode, Parameter, at_path, get, names, namespaces
from .check import Problem, check_params, check_reply
from .descriptions import Description, described, fields, namespace_description
from .https import HttpsRequest, camel_params, https_request, wire_reply
from .plain import plain
from .sample import Sample, sample_reply
from .suggest import find, nearest, refusal

__all__ = [
    "Contract",
    "Description",
    "ErrorCode",
    "HttpsRequest",
    "Parameter",
    "Problem",
    "Sample",
    "at_path",
    "camel_params",
    "check_params",
    "check_reply",
    "described",
    "fields",
    "find",
    "get",
    "https_request",
    "names",
    "namespace_description",
    "namespaces",
    "nearest",
    "plain",
    "refusal",
    "sample_reply",
    "wire_reply",
]
