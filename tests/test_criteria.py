"""Clauses of criteria: exact where a field is asked for more than once, and what settles one."""

from decimal import Decimal
from itertools import combinations, product

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from examples import examples
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


@settings(max_examples=examples(200))
@given(CLAUSES, KNOWN)
def test_exact_over_every_completion(clause: Clause, known: dict[str, bool]) -> None:
    settled = settle(clause, {field: ways(field, known) for field in FIELDS})
    expected = outcomes(clause, known)
    assert settled.answer is (expected.pop() if len(expected) == 1 else None)


@settings(max_examples=examples(200))
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


AMOUNT = [Past("amount", Limit("iga", ">", Decimal(n), "mg/dL")) for n in (1, 2, 3)]
SIDES: list[Way] = [{leaf: n >= i for i, leaf in enumerate(AMOUNT)} for n in (-1, 0, 1, 2)]
WITH_AMOUNTS: st.SearchStrategy[Clause] = st.recursive(
    st.sampled_from([*LEAVES[:3], *LEAVES[4:7], *AMOUNT]),
    lambda parts: (
        st.lists(parts, min_size=1, max_size=4).map(lambda found: AllOf(tuple(found)))
        | st.lists(parts, min_size=1, max_size=4).map(lambda found: AnyOf(tuple(found)))
    ),
    max_leaves=10,
)


def comes_to(clause: Clause, way: Way) -> bool:
    """Two-valued, where it is said of each leaf whether it holds."""
    if isinstance(clause, AllOf | AnyOf):
        parts = [comes_to(part, way) for part in clause.clauses]
        return all(parts) if isinstance(clause, AllOf) else any(parts)
    return way[clause]


def outcomes_of(clause: Clause, questions: dict[str, tuple[Way, ...]]) -> set[bool]:
    return {
        comes_to(clause, {leaf: a for way in combined for leaf, a in way.items()})
        for combined in product(*questions.values())
    }


@settings(max_examples=examples(150), phases=[Phase.explicit, Phase.generate])
@given(WITH_AMOUNTS, st.dictionaries(st.sampled_from("abc"), st.booleans()), st.data())
def test_a_field_with_several_ways(
    clause: Clause, known: dict[str, bool], data: st.DataObject
) -> None:
    """An amount on either side of several limits is one question, with a way for each side."""
    some = data.draw(st.lists(st.sampled_from(SIDES), min_size=1, unique_by=id))
    questions = {field: ways(field, known) for field in "abc"} | {"amount": tuple(some)}
    found = settle(clause, questions)
    outcomes = outcomes_of(clause, questions)
    assert found.answer is (next(iter(outcomes)) if len(outcomes) == 1 else None)
    if found.answer is not None:
        return
    open_ = [field for field, of_field in questions.items() if len(of_field) > 1]
    for to, sizes in ((True, found.to_true), (False, found.to_false)):
        expected: dict[str, int] = {}
        for size in range(1, len(open_) + 1):
            for chosen in combinations(open_, size):
                for answers in product(*(questions[field] for field in chosen)):
                    answered = dict(zip(chosen, ((way,) for way in answers), strict=True))
                    if outcomes_of(clause, questions | answered) != {to}:
                        continue
                    for field in chosen:
                        others = {f: a for f, a in answered.items() if f != field}
                        if outcomes_of(clause, questions | others) != {to}:
                            expected.setdefault(field, size)
        assert sizes == expected


def test_parts_that_hold_whatever_the_answer() -> None:
    """Each part is settled though its field is open, so the whole is, by all that is known."""
    either = [AnyOf((Yes(field), No(field))) for field in "ab"]
    neither = [AllOf((Yes(field), No(field))) for field in "ab"]
    asked = {field: ways(field, {"c": True}) for field in FIELDS}
    assert settle(AllOf(tuple(either)), asked).answer is True
    assert settle(AnyOf(tuple(neither)), asked).answer is False
    assert settle(AnyOf((*neither, Yes("d"))), asked).to_true == {"d": 1}
    assert settle(AllOf((*either, Yes("c"))), asked).deciding == {Yes("c"): True}


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
