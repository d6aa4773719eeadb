"""What the Cloud does beside ``openapi``: a module each, imported at its first use.

Each has ``steps(config, …)`` for its calls: without I/O, driven by either face.
"""
