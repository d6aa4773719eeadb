"""The command ``cloudpy``."""
