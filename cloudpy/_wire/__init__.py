"""Requests and responses of the gateway, encoded and decoded without I/O."""
