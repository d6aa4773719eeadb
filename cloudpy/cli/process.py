"""The process of a function, as the commands that run one know it."""

from ..dev.process import FunctionProcess, Outcome, is_platforms

__all__ = ["FunctionProcess", "Outcome", "is_platforms"]
