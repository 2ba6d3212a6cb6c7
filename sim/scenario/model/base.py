"""What every block of a scenario has in common, and the kinds of field that many blocks use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, get_args

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, ValidatorFunctionWrapHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from sim.scenario import kinds
from sim.scenario.errors import shown
from sim.scenario.nodes import Node
from sim.scenario.values import Law, Quantity


class Block(BaseModel):
    """A block of keys. Unknown keys are refused; nothing changes after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, populate_by_name=False)

    SHORT: ClassVar[dict[str, Any]] = {}
    """JSON Schema of the short form, when the block has one."""

    @classmethod
    def expand(cls, node: Node) -> Node:
        """Turns a short form, such as one duration for all tiers, into the block it stands for."""
        return node

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        full = handler.resolve_ref_schema(handler(schema))
        full.setdefault("properties", {}).update(
            {
                key: {"type": "string", "description": f"{key.capitalize()} of the numbers in this block"}
                for key in ("source", "grade")
                if key not in full.get("properties", {}) and cls.model_fields
            }
        )
        return {"anyOf": [cls.SHORT, dict(full)], "description": full["description"]} if cls.SHORT else full


def says(meaning: str) -> Any:
    """What a key means, for the schema and the reference: `Annotated[Share, says("Share of ...")]`.

    Up to its first semicolon it is also the label of a parameter in charts.
    """
    return Field(description=meaning)


@dataclass(frozen=True)
class Absent:
    """A word that says in YAML that an optional field is absent, None in Python: `refresh: none`."""

    word: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return handler(source)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [{"const": self.word}, handler(schema)]}


@dataclass(frozen=True)
class _OneOrMore:
    """A list of names in which one name may stand for a list of one; a tuple in Python."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._listed, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        several = handler(schema)
        return {"anyOf": [several["items"], several]}

    @staticmethod
    def _listed(raw: Any) -> Any:
        if isinstance(raw, str | int) and not isinstance(raw, bool):
            return (raw,)
        if not isinstance(raw, list | tuple):
            raise _refused(f"must be a name or a list of names (got {'a block' if isinstance(raw, dict) else shown(raw)})")
        for position, item in enumerate(raw):
            if raw.index(item) < position:
                raise _refused(f"stands here twice: {shown(item)}", (position,))
        return tuple(raw)


def _refused(message: str, path: tuple[str | int, ...] = ()) -> PydanticCustomError:
    return PydanticCustomError("value", "{message}", {"message": message, "path": path})


OneOrMore = _OneOrMore()


@dataclass(frozen=True)
class Word:
    """A word that may stand instead of a number or block, in YAML and in Python: `beds: unlimited`, `hours: always`."""

    word: str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        inner = handler.generate_schema(get_args(source)[0])
        return core_schema.no_info_wrap_validator_function(self._validate, inner)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [{"const": self.word}, handler(schema)]}

    def _validate(self, raw: Any, handler: ValidatorFunctionWrapHandler) -> Any:
        return raw if isinstance(raw, str) and raw == self.word else handler(raw)


@dataclass(frozen=True)
class Variants:
    """Several blocks of which the word at `kind` chooses one: `Annotated[A | B, Field(discriminator="kind"), Variants()]`."""

    KEY: ClassVar[str] = "kind"

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return handler(source)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": handler(schema)["oneOf"]}  # any: a file that leaves the kind to the one it extends may fit several


Share = Annotated[Quantity, kinds.Share()]
Rate = Annotated[Quantity, kinds.Rate()]
Growth = Annotated[Quantity, kinds.Rate(name="Growth", low=-1.0, high=1.0)]
Duration = Annotated[Quantity, kinds.Duration()]
PositiveDuration = Annotated[Quantity, kinds.Duration(name="PositiveDuration", above=True)]
TimePerDay = Annotated[Quantity, kinds.TimePer(high=1.0)]
TimePerMonth = Annotated[Quantity, kinds.TimePer(name="TimePerMonth", unit="days per month", per="month", high=30.4375, example="8 hours")]
Money = Annotated[Quantity, kinds.Money()]
MoneyPerYear = Annotated[Quantity, kinds.Money(name="MoneyPerYear", unit="USD per year", per="year")]
MoneyPerParticipantMonth = Annotated[
    Quantity,
    kinds.Money(name="MoneyPerParticipantMonth", unit="USD per participant-month", per="participant-month", example="120 USD"),
]
MoneyPerParticipantYear = Annotated[
    Quantity,
    kinds.Money(name="MoneyPerParticipantYear", unit="USD per participant-year", per="participant-year", example="150 USD"),
]
MoneyPerMemberMonth = Annotated[
    Quantity,
    kinds.Money(name="MoneyPerMemberMonth", unit="USD per member-month", per="member-month", example="900 USD"),
]
Factor = Annotated[Quantity, kinds.Factor()]
ShareOfStaffCost = Annotated[Quantity, kinds.Kind(name="ShareOfStaffCost", unit="share of staff cost", low=0.0, high=10.0, example="0.25")]
Exponent = Annotated[Quantity, kinds.Kind(name="Exponent", unit="exponent", low=-5.0, high=5.0)]
Spread = Annotated[Quantity, kinds.Kind(name="Spread", unit="of the logarithm", low=0.0, high=5.0)]
Shape = Annotated[Quantity, kinds.Kind(name="Shape", unit="shape", low=0.0, high=1000.0, above=True)]
PerYearOfAge = Annotated[
    Quantity,
    kinds.Kind(name="PerYearOfAge", unit="per year of age", low=-1.0, high=1.0, example="0.05", also=("per year of age from 76",)),
]
Excess = Annotated[Quantity, kinds.Kind(name="Excess", unit="excess over 1", low=0.0, high=100.0)]
Count = Annotated[Quantity, kinds.Count()]
Patients = Annotated[Quantity, kinds.Count(name="Patients", unit="patients", low=1.0, example="15230")]
Drugs = Annotated[Quantity, kinds.Kind(name="Drugs", unit="drugs", low=0.0, high=200.0)]
TimeOfDay = Annotated[Quantity, kinds.TimeOfDay()]
VaryingDuration = Annotated[Law, kinds.LawOf(name="VaryingDuration", of=kinds.Duration())]
VaryingMoney = Annotated[Law, kinds.LawOf(name="VaryingMoney", of=kinds.Money())]
Age = Annotated[Quantity, kinds.Kind(name="Age", unit="years", low=0.0, high=120.0, example="75")]
