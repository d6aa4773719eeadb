"""The process of a function, as the commands that run one know it."""

from ..runner.process import INSTANCE, LOAD_LIMIT, FunctionProcess, Outcome, base_environment, ending, is_platforms

__all__ = ["INSTANCE", "LOAD_LIMIT", "FunctionProcess", "Outcome", "base_environment", "ending", "is_platforms"]
