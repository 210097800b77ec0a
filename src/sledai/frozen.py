"""FrozenDict: a dictionary inside a result, which stays as it was made and can be sent on."""

from typing import Any, Never, Self, TypeVar

__all__ = ["FrozenDict"]

K = TypeVar("K")
V = TypeVar("V")


def _refuse(_: Any, *__: Any, **___: Any) -> Never:
    raise TypeError("a result never changes")


_REFUSED: Any = _refuse


class FrozenDict(dict[K, V]):
    """A dictionary that refuses every change.

    A mapping proxy refuses changes too, but it can be neither pickled nor copied, and pydantic
    cannot write it.

    >>> import pickle
    >>> frozen = FrozenDict({"rash": 2})
    >>> pickle.loads(pickle.dumps(frozen))
    {'rash': 2}
    >>> frozen["rash"] = 0
    Traceback (most recent call last):
    ...
    TypeError: a result never changes
    """

    __slots__ = ()

    __setitem__ = __delitem__ = __ior__ = _REFUSED
    clear = pop = popitem = setdefault = update = _REFUSED

    def __reduce__(self) -> tuple[type[Self], tuple[dict[K, V]]]:
        return type(self), (dict(self),)
