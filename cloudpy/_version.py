"""The version of this package, kept here so that no metadata is read at a cold start."""

VERSION = "0.1.0"
