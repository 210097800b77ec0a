"""Three values, and no truth value that would make two of them one."""

import pytest

from sledai import Judgement, Verdict


def test_three_values() -> None:
    assert [v.value for v in Verdict] == ["met", "not_met", "undetermined"]


@pytest.mark.parametrize("verdict", Verdict)
def test_neither_verdict_nor_judgement_can_be_taken_for_true(verdict: Verdict) -> None:
    with pytest.raises(TypeError) as caught:
        bool(verdict)
    assert str(caught.value) == (
        "a Verdict has three values: compare it, as in `verdict is Verdict.MET`"
    )
    with pytest.raises(TypeError) as caught:
        bool(Judgement(verdict, ""))
    assert str(caught.value) == ("a Judgement has three values: ask `.verdict is Verdict.MET`")
