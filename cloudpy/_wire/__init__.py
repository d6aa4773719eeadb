"""Bytes and values: what travels between the SDK and the gateway, in both directions. Nothing here does I/O."""
