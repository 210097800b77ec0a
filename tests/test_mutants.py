"""The changes that `make mutants-numbers` tries: which are made, and what makes the run fail."""

from pathlib import Path

import mutate
import mutations
import pytest


def names(kind: str, text: str) -> list[str]:
    return [one.name.removeprefix("of.py: ") for one in mutations.mutants(kind, "of.py", text)]


class TestNumbers:
    """Every number one up and down, as text by its last place, and every operator of a limit."""

    @pytest.mark.parametrize(
        ("text", "made"),
        [
            ("LEAST = 4", ["LEAST = [4 -> 5]", "LEAST = [4 -> 3]"]),
            ("N = 100_000", ["N = [100_000 -> 100001]", "N = [100_000 -> 99999]"]),
            ('G = Decimal("0.5")', [f'G = Decimal(["0.5" -> "{n}"])' for n in ("0.6", "0.4")]),
            ('G = "3.00"', ['G = ["3.00" -> "3.01"]', 'G = ["3.00" -> "2.99"]']),
            ('A = "<"', ['A = ["<" -> "<="]', 'A = ["<" -> ">"]']),
            ('A = "<="', ['A = ["<=" -> "<"]', 'A = ["<=" -> ">="]']),
            ('A = ">"', ['A = [">" -> ">="]', 'A = [">" -> "<"]']),
            ('A = ">="', ['A = [">=" -> ">"]', 'A = [">=" -> "<="]']),
            ('A = True, "SLEDAI-2K", f"{x} 2", "2 mg"', []),
        ],
    )
    def test_made(self, text: str, made: list[str]) -> None:
        assert names("numbers", text) == made

    def test_only_the_place_is_changed(self) -> None:
        (up, down) = mutations.mutants("numbers", "of.py", "# µ\nµ = (1,\n    )  # 1\n")
        assert up.source == "# µ\nµ = (2,\n    )  # 1\n"
        assert down.source == "# µ\nµ = (0,\n    )  # 1\n"

    def test_lines_that_are_alike_are_counted(self) -> None:
        assert names("numbers", "A = 1\nA = 1")[2:] == ["A = [1 -> 2] (2)", "A = [1 -> 0] (2)"]


class TestExpressions:
    """Operators swapped, negations left out, null in place of what is said otherwise."""

    @pytest.mark.parametrize(
        ("text", "made"),
        [
            ("(a) & (b)", ["(a) [& -> |] (b)"]),
            ("a and b or c", ["a [and -> or] b or c", "a and b [or -> and] c"]),
            ("a < b", ["a [< -> <=] b"]),
            ("a is not b", ["a [is not -> is] b"]),
            ("a not in b", ["a [not in -> in] b"]),
            ("a + b", ["a [+ -> -] b"]),
            ("~a", ["[~a -> a]"]),
            ("not a", ["[not a -> a]"]),
            ("a.otherwise(b)", ["a[.otherwise(b) -> ]"]),
            ("all_of(a.yes)", ["[all_of -> any_of](a.yes)", "all_of(a.[yes -> no])"]),
            ("a: int | None = b", []),
        ],
    )
    def test_made(self, text: str, made: list[str]) -> None:
        assert names("expressions", text) == made


class TestFaults:
    """A change that nothing notices or explains fails, and an explanation that explains nothing."""

    def test_noticed_or_explained(self) -> None:
        assert not [*mutate.faults({"a", "b"}, {"a": True, "b": False}, {"b": "why"})]

    def test_not_noticed(self) -> None:
        assert [*mutate.faults({"a"}, {"a": False}, {})] == ["NOT NOTICED  a"]

    def test_stale(self) -> None:
        found = [*mutate.faults({"a"}, {"a": True}, {"a": "why", "b": "why"})]
        assert found == ["EXPLAINED, AND YET NOTICED  a", "EXPLAINED, AND NO CHANGE  b"]


class TestTheList:
    """What tests/mutants.toml names is there."""

    @pytest.mark.parametrize("kind", mutations.KINDS)
    def test_modules_tests_and_explanations(self, kind: str) -> None:
        made = set()
        for module in mutate.modules(kind):
            assert module.mutants
            assert all(file.exists() for file in module.files)
            made |= {one.name for one in module.mutants}
        assert set(mutate.explained(kind)) <= made

    def test_every_table_of_an_index_is_in_it(self) -> None:
        """A module in which a limit or a source stands is one whose numbers are tried."""
        listed = {module.path for module in mutate.modules("numbers")}
        for file in Path(mutate.SOURCE).glob("indices/*.py"):
            text = file.read_text(encoding="utf-8")
            assert "= Limit(" not in text or f"indices/{file.name}" in listed, file
