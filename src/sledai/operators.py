"""How a number is held against a limit: the operators, as they are printed."""

from typing import Literal

__all__ = ["Operator"]

Operator = Literal["<", "<=", ">", ">="]
