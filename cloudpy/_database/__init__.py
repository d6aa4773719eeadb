"""The cloud database as values: documents, conditions, updates, aggregation and transactions, without any I/O.

Loaded by the first ``cloud.database()``. What sends the operations built here is ``_client/services/database.py``.
"""
