"""What columns hold: the sections `answers`, `descriptors`, `fields`, `findings` and `recorded`."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Annotated, Any, Self, cast

from pydantic import Field, PlainValidator, ValidationError, model_validator

from sledai.codebook.fields import AMOUNTS, FIELDS, SCALED, FieldColumn
from sledai.codebook.lab import ANALYTES, SIGNS, Lab, LabFlag
from sledai.codebook.names import Family, descriptor_named
from sledai.codebook.sections import (
    Column,
    Descriptors,
    Part,
    Text,
    Texts,
    by_column,
    no_key,
    spec_of,
    table_of,
    texts_of,
)
from sledai.descriptors import Descriptor, in_form_order, listed
from sledai.errors import InvalidInputError, is_number, shorten
from sledai.records import FrozenDict, message_of
from sledai.visits import Visit

__all__ = [
    "AnswerWords",
    "DescriptorColumns",
    "FieldColumns",
    "FindingColumns",
    "RecordedColumns",
]


class AnswerWords(Part):
    """The words and codes for descriptors and signs, in any case.

    With `points` a cell of a descriptor holds 0 or exactly its weight.
    """

    present: Texts = Field(
        default=(), description="What says yes; the usual words where nothing is stated."
    )
    absent: Texts = Field(default=(), description="What says no; in the same way.")
    not_assessed: Texts = Field(
        default=(), description="What says that nobody knows, beside empty cells."
    )
    points: bool = Field(
        default=False, description="Whether cells of descriptors hold 0 or exactly the weight."
    )


class DescriptorColumns(Part):
    """The column of each descriptor, those that have none, and columns that only look like one.

    Written flat: `{"arthritis": "joint", "absent": ["seizure"]}`. A column may have words of its
    own, `{"column": "joint", "present": ["2"], "absent": ["1"]}`. Columns of the others are found
    by name behind a `prefix` and before a `suffix`, or, as in `"item_{}"`, by the number on the
    form.
    """

    columns: Annotated[Mapping[Descriptor, str], PlainValidator(FrozenDict)] = Field(
        default=FrozenDict(),
        title="a descriptor",
        description="Its column, or a table of the column and its own words: column, present, "
        "absent, not_assessed.",
    )
    words: Annotated[Mapping[Descriptor, "AnswerWords"], PlainValidator(FrozenDict)] = FrozenDict()
    prefix: Text = Field(default="", description="What stands before the names of the items.")
    suffix: Text = Field(default="", description="What stands behind them.")
    numbered: Text = Field(
        default="", description="How the columns are called by number on the form, as item_{}."
    )
    absent: Descriptors = Field(
        default=frozenset(), description="No column has them: asserted absent at every visit."
    )
    not_collected: Descriptors = Field(
        default=frozenset(), description="No column has them: not assessed at any visit."
    )
    no_items: Texts = Field(
        default=(), description="Columns that look like a descriptor and are none."
    )

    @model_validator(mode="before")
    @classmethod
    def _know_every_key(cls, data: Any) -> Any:
        columns: dict[Descriptor, str] = {}
        words: dict[Descriptor, AnswerWords] = {}
        others: dict[str, Any] = {}
        for key, said in table_of(data, "descriptors and their columns").items():
            if key in _NO_DESCRIPTOR:
                others[key] = said
                continue
            try:
                descriptor = descriptor_named(str(key))
            except InvalidInputError:
                accepted = [*_NO_DESCRIPTOR, *(d.value for d in Descriptor)]
                raise InvalidInputError(no_key(key, accepted)) from None
            if descriptor in columns:
                raise InvalidInputError(f"two columns for {descriptor}")
            keys = ("column", "present", "absent", "not_assessed")
            spec = spec_of(descriptor, said, keys, needed=("column",))
            columns[descriptor] = spec["column"]
            own: dict[str, Any] = {
                side: texts_of(texts, f"{descriptor}, {side}")
                for side, texts in spec.items()
                if side != "column"
            }
            if any(own.values()):
                words[descriptor] = AnswerWords(**own)
        return {"columns": columns, "words": words, **others}

    @model_validator(mode="after")
    def _say_one_thing(self) -> Self:
        if self.numbered and (self.prefix or self.suffix):
            raise InvalidInputError("numbered beside prefix or suffix; accepted: one or the other")
        if self.numbered and self.numbered.count("{}") != 1:
            raise InvalidInputError.found(self.numbered, "a name with one {}", "numbered")
        if both := self.absent & self.not_collected:
            raise InvalidInputError(f"named both not collected and absent: {listed(both)}")
        if there := (self.absent | self.not_collected) & self.columns.keys():
            raise InvalidInputError(
                f"named not collected or absent, yet with a column: {listed(there)}"
            )
        for name, of in by_column(self.columns.items()).items():
            if len(of) > 1:
                raise InvalidInputError(f"column {shorten(name)} is named for {listed(of)}")
            if name in self.no_items:
                raise InvalidInputError(
                    f"column {shorten(name)} is named for a descriptor and said to be no item"
                )
        return self

    def columns_named(self) -> list[tuple[str, str]]:
        """List descriptors with their columns."""
        return [(d.value, column) for d, column in self.columns.items()]

    def lines(self) -> dict[str, Any]:
        """Give what is stated, as TOML has it."""
        sides = {"absent": self.absent, "not_collected": self.not_collected}
        said: dict[str, Any] = {n: [d.value for d in in_form_order(s)] for n, s in sides.items()}
        said["no_items"] = list(self.no_items)
        family: dict[str, Any] = {
            "prefix": self.prefix,
            "suffix": self.suffix,
            "numbered": self.numbered,
        }
        columns: dict[str, Any] = {d.value: self.columns[d] for d in in_form_order(self.columns)}
        for d, words in self.words.items():
            columns[d.value] = {"column": self.columns[d], **words.lines()}
        family, said = ({k: some for k, some in part.items() if some} for part in (family, said))
        return {**family, **columns, **said}

    @property
    def family(self) -> Family | None:
        """How the columns are called that are found by name, where that is stated."""
        family = Family(self.prefix, self.suffix, self.numbered)
        return family if any(family) else None


_NO_DESCRIPTOR = ("absent", "not_collected", "no_items", "prefix", "suffix", "numbered")


_LAB_KEYS = ("column", "unit", "unit_column", "lower", "upper", "bound")
_SIDES = ("low", "normal", "high")


def _lab(name: str, said: object) -> Lab:
    spec = spec_of(name, said, _LAB_KEYS, needed=("column",))
    if not {"unit", "unit_column"} & spec.keys():
        raise InvalidInputError(
            f"{name}: no unit; accepted: a table of column, and unit or unit_column"
        )
    ends: dict[str, Any] = {}
    for key in ("lower", "upper"):
        if is_number(spec.get(key)):
            with suppress(OverflowError):  # what no float holds is refused below
                ends[key] = float(spec[key])
    return Lab(name, **{"unit": "", **spec, **ends})


def _flag(name: str, said: object) -> LabFlag:
    spec = spec_of(name, said, ("flag", *_SIDES), needed=("flag",))
    return LabFlag(
        analyte=name,
        flag=spec["flag"],
        **{side: texts_of(spec[side], f"{name}, {side}") for side in _SIDES if side in spec},
    )


class FindingColumns(Part):
    """The columns of laboratory values and of signs, for `derive` and for edit checks."""

    labs: tuple[Lab, ...] = Field(
        default=(),
        title="a laboratory value",
        description="A table of column and unit (or unit_column), and where there are any of the "
        "laboratory's limits lower and upper, numbers or columns, and the column of a bound.",
    )
    flags: tuple[LabFlag, ...] = Field(
        default=(),
        title="a laboratory value",
        description="In place of its number a table of flag, the column of the laboratory's own "
        "flags, and the texts for low, normal and high.",
    )
    signs: Annotated[Mapping[str, str], PlainValidator(FrozenDict)] = Field(
        default=FrozenDict(), title="a sign", description="Its column of yes or no."
    )

    @property
    def columns(self) -> list[str]:
        """The names of all columns."""
        named = [column for lab in self.labs for column in lab.columns]
        return [*named, *(flag.flag for flag in self.flags), *self.signs.values()]

    def numbers_named(self) -> list[tuple[str, str]]:
        """List analytes with the columns of their values, or of their flags."""
        named = [(lab.analyte, lab.column) for lab in self.labs]
        return [*named, *((flag.analyte, flag.flag) for flag in self.flags)]

    def in_units(self, units: Mapping[str, str]) -> dict[str, Any]:
        """Give the lines with these units in place of columns of units."""
        lines = self.lines()
        for analyte, unit in units.items():
            line = {key: said for key, said in lines[analyte].items() if key != "unit_column"}
            lines[analyte] = line | {"unit": unit}
        return lines

    @model_validator(mode="before")
    @classmethod
    def _know_every_key(cls, data: Any) -> Any:
        labs: list[Lab] = []
        flags: list[LabFlag] = []
        signs: dict[str, str] = {}
        for name, said in table_of(data, "findings and their columns").items():
            if name in ANALYTES:
                if isinstance(said, Mapping) and "flag" in said:
                    flags.append(_flag(name, cast("object", said)))
                else:
                    labs.append(_lab(name, cast("object", said)))
            elif name in SIGNS:
                signs[name] = spec_of(name, said, ("column",), needed=("column",))["column"]
            else:
                raise InvalidInputError(no_key(name, (*ANALYTES, *SIGNS)))
        return {"labs": tuple(labs), "flags": tuple(flags), "signs": signs}

    def lines(self) -> dict[str, Any]:
        """Give what is stated, as TOML has it."""
        labs: dict[str, Any] = {
            lab.analyte: {
                key: said
                for key in _LAB_KEYS
                if (said := getattr(lab, key)) is not None and (key, said) != ("unit", "")
            }
            for lab in self.labs
        }
        for flag in self.flags:
            sides = {side: [*texts] for side in _SIDES if (texts := getattr(flag, side))}
            labs[flag.analyte] = {"flag": flag.flag, **sides}
        return {**labs, **self.signs}


def _scale(name: str, said: object) -> tuple[int, int] | None:
    if said is None:
        return None
    match said:
        case [int(least), int(most)]:
            return least, most
        case _:
            raise InvalidInputError.found(said, "[0, 3], [0, 10] or [0, 100]", f"{name}, scale")


def _value_of(name: str, said: Any) -> bool | float:
    """Check a value that a field is to have at every visit, as a visit does."""
    try:
        Visit.model_validate({"date": "2000-01-01", name: said})
    except ValidationError as error:
        message = message_of(error.errors()[0])
        raise InvalidInputError(f"{name}: {message}, or the name of a column") from None
    return cast("bool | float", said)


class FieldColumns(Part):
    """The columns of the fields of a visit, with scale or unit where one is needed.

    A field may have a value in place of a column, which holds for every visit.
    """

    columns: tuple[FieldColumn, ...] = Field(
        default=(),
        title="a field of a visit",
        description="Its column; of an amount a table of column and unit, of the global "
        "assessment one of column and scale, as [0, 10].",
    )
    asserted: Annotated[Mapping[str, bool | float], PlainValidator(FrozenDict)] = Field(
        default=FrozenDict(),
        title="a field of a visit",
        description="In place of a column its value at every visit.",
    )

    @model_validator(mode="before")
    @classmethod
    def _know_every_key(cls, data: Any) -> Any:
        fields: list[FieldColumn] = []
        asserted: dict[str, bool | float] = {}
        for name, said in table_of(data, "fields and their columns").items():
            if name not in FIELDS:
                raise InvalidInputError(no_key(name, FIELDS))
            if isinstance(said, bool | int | float) and name not in AMOUNTS:
                asserted[name] = _value_of(name, said)
                continue
            spec = spec_of(name, said, ("column", "unit", "scale"), needed=("column",))
            unit, scale = spec.get("unit", ""), _scale(name, spec.get("scale"))
            fields.append(FieldColumn.of(name, spec["column"], unit=unit, scale=scale))
        return {"columns": tuple(fields), "asserted": asserted}

    def lines(self) -> dict[str, Any]:
        """Give what is stated, as TOML has it."""
        lines: dict[str, Any] = dict(self.asserted)
        for field in self.columns:
            lines[field.name] = field.column
            if field.unit:
                lines[field.name] = {"column": field.column, "unit": field.unit}
            elif field.name == SCALED:
                lines[field.name] = {"column": field.column, "scale": [0, field.most]}
        return lines


class RecordedColumns(Part):
    """The columns of scores that somebody wrote down."""

    total: Column | None = Field(default=None, description="The column of recorded totals.")
    clinical: Column | None = Field(
        default=None, description="The column of recorded clinical scores."
    )

    @property
    def scores(self) -> dict[str, str]:
        """The fields of a visit that have a column here."""
        named = {"total_score": self.total, "clinical_score": self.clinical}
        return {field: column for field, column in named.items() if column is not None}
