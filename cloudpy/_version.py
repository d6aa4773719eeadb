"""The version of this package; a constant, so that a cold start reads no metadata."""

VERSION = "0.1.0"
