"""``cloudpy compare``: run a Node function and its Python port over the same events and report differences.

Nothing is imported here, because the process of a Python function imports this package.
"""
