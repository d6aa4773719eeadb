"""A function in a process of its own: found, configured, started, called, stopped."""
