"""The services besides ``openapi``: one module each, imported at its first use.

Each has ``steps(config, …)`` for its calls: without I/O, driven by either face.
"""
