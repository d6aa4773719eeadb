"""The SDK: one call as steps, its options, permissions and services."""
