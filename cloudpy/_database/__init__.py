"""The cloud database without I/O: documents, conditions, updates, aggregation and transactions.

Loaded by the first ``cloud.database()``. ``_client/services/database.py`` sends the operations.
"""
