"""A function in its own process: discovery, configuration, process, pool."""
