"""Clauses of criteria: exact where a field is asked for more than once, and what settles one."""

from decimal import Decimal
from itertools import combinations, product

from hypothesis import given, settings
from hypothesis import strategies as st

from sledai.definitions.clauses import Limit
from sledai.trials.criteria import AllOf, AnyOf, Clause, Leaf, No, Past, Way, Yes, leaves, settle

FIELDS = ("a", "b", "c", "d")
LEAVES: list[Leaf] = [*map(Yes, FIELDS), *map(No, FIELDS)]
CLAUSES: st.SearchStrategy[Clause] = st.recursive(
    st.sampled_from(LEAVES),
    lambda parts: (
        st.lists(parts, min_size=1, max_size=3).map(lambda found: AllOf(tuple(found)))
        | st.lists(parts, min_size=1, max_size=3).map(lambda found: AnyOf(tuple(found)))
    ),
    max_leaves=8,
)
KNOWN = st.dictionaries(st.sampled_from(FIELDS), st.booleans())


def ways(field: str, known: dict[str, bool]) -> tuple[Way, ...]:
    answers = (known[field],) if field in known else (False, True)
    return tuple({Yes(field): answer, No(field): not answer} for answer in answers)


def holds(clause: Clause, answers: dict[str, bool]) -> bool:
    """Two-valued, in plain words."""
    match clause:
        case Yes():
            return answers[clause.field]
        case No():
            return not answers[clause.field]
        case AllOf():
            return all(holds(part, answers) for part in clause.clauses)
        case AnyOf():
            return any(holds(part, answers) for part in clause.clauses)
        case Past():
            raise AssertionError(clause)


def outcomes(clause: Clause, known: dict[str, bool]) -> set[bool]:
    unknown = [field for field in FIELDS if field not in known]
    return {
        holds(clause, {**known, **dict(zip(unknown, answers, strict=True))})
        for answers in product((False, True), repeat=len(unknown))
    }


def fewest(clause: Clause, known: dict[str, bool], *, to: bool) -> dict[str, int]:
    unknown = [field for field in FIELDS if field not in known]
    found: dict[str, int] = {}
    for size in range(1, len(unknown) + 1):
        for chosen in combinations(unknown, size):
            for values in product((False, True), repeat=size):
                answers = dict(zip(chosen, values, strict=True))
                if outcomes(clause, {**known, **answers}) != {to}:
                    continue
                for field in chosen:
                    others = {name: answers[name] for name in chosen if name != field}
                    if outcomes(clause, {**known, **others}) != {to}:
                        found.setdefault(field, size)
    return found


@settings(max_examples=200)
@given(CLAUSES, KNOWN)
def test_exact_over_every_completion(clause: Clause, known: dict[str, bool]) -> None:
    settled = settle(clause, {field: ways(field, known) for field in FIELDS})
    expected = outcomes(clause, known)
    assert settled.answer is (expected.pop() if len(expected) == 1 else None)


@settings(max_examples=200)
@given(CLAUSES, KNOWN)
def test_what_settles_it(clause: Clause, known: dict[str, bool]) -> None:
    settled = settle(clause, {field: ways(field, known) for field in FIELDS})
    if settled.answer is None:
        assert settled.to_true == fewest(clause, known, to=True)
        assert settled.to_false == fewest(clause, known, to=False)
        assert settled.to_true.keys() == settled.to_false.keys()
    else:
        assert not settled.to_true
        assert not settled.to_false


@given(CLAUSES, KNOWN)
def test_what_decides_is_enough_by_itself(clause: Clause, known: dict[str, bool]) -> None:
    settled = settle(clause, {field: ways(field, known) for field in FIELDS})
    deciding = {leaf.field: known[leaf.field] for leaf in settled.deciding}
    if settled.answer is not None:
        assert outcomes(clause, deciding) == {settled.answer}
    for leaf, answer in settled.deciding.items():
        assert answer is (known[leaf.field] if isinstance(leaf, Yes) else not known[leaf.field])


def test_the_leaves_stand_in_order() -> None:
    limit = Limit("iga", "<", Decimal(10), "mg/dL")
    clause = AllOf((Yes("a"), AnyOf((No("b"), Past("iga", limit)))))
    assert list(leaves(clause)) == [Yes("a"), No("b"), Past("iga", limit)]


def test_what_decides_is_not_more_than_it_takes() -> None:
    clause = AllOf((Yes("a"), Yes("b"), AnyOf((Yes("c"), Yes("d")))))
    asked = {field: ways(field, {"a": True, "b": False, "c": True}) for field in FIELDS}
    assert settle(clause, asked).deciding == {Yes("b"): False}
    asked = {field: ways(field, {"a": True, "b": True, "c": True}) for field in FIELDS}
    assert settle(clause, asked).deciding == {Yes("a"): True, Yes("b"): True, Yes("c"): True}
