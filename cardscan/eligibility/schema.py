"""What each rule is about: its id, the type of its value, and whether it may end.

The data (``rules/*.yaml``) says what is in force from which day; this file says which rules there are. A value of
another type is a fault of the data, never a surprise of a decision.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter

from cardscan.eligibility.states import NAMES
from cardscan.records import Appeals, Care, Claims, Exclusion, Family, Issuer, NetworkUse, Plan, Region

T = TypeVar("T")

KP_PLANS: tuple[Plan, ...] = ("HMO", "EPO", "POS 2-Tier", "POS 3-Tier", "PPO")
CIGNA_PLANS: tuple[Plan, ...] = ("Cigna POS", "Cigna POS Open Access")
EXCLUSIONS: tuple[Exclusion, ...] = ("washington", "northwest-ppo-pos3", "medicare", "medicaid")

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PHONE = re.compile(r"(1-)?[0-9]{3}-[0-9]{3}-[0-9]{4}")
_REFERENCE = re.compile(r"\S.*: \S")


def _day(value: object) -> dt.date:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        raise ValueError('write a date in quotes, as in "2023-01-01"')
    try:
        return dt.date.fromisoformat(value)
    except ValueError:
        raise ValueError("the calendar has no such day") from None


def _a_state(value: str) -> str:
    if value not in NAMES:
        raise ValueError("not the two-letter code of a state, of DC or of a territory")
    return value


def _some(values: tuple[Any, ...]) -> tuple[Any, ...]:
    if not values:
        raise ValueError("the list is empty")
    return values


def _some_different(values: tuple[Any, ...]) -> tuple[Any, ...]:
    if len(set(values)) != len(values):
        raise ValueError("a value stands here twice")
    return _some(values)


def _a_phone(value: str) -> str:
    if not _PHONE.fullmatch(value):
        raise ValueError('not a telephone number such as "888-831-0761"')
    return value


def _a_reference(value: str) -> str:
    if not _REFERENCE.match(value):
        raise ValueError('not a reference such as "seeds/page.txt: Section"')
    return value


def _somewhere_to_turn(appeals: Appeals) -> Appeals:
    if not appeals.addresses and appeals.instruction is None:
        raise ValueError("neither an address nor an instruction is given")
    if any(not address.lines for address in appeals.addresses):
        raise ValueError("an address has no lines")
    return appeals


def _a_claims_address(claims: Claims) -> Claims:
    if not claims.address:
        raise ValueError("the address has no lines")
    return claims


Day = Annotated[dt.date, BeforeValidator(_day)]
StateCode = Annotated[str, AfterValidator(_a_state)]
Phone = Annotated[str, AfterValidator(_a_phone)]
SomeStates = Annotated[tuple[StateCode, ...], AfterValidator(_some_different)]
SomePlans = Annotated[tuple[Plan, ...], AfterValidator(_some_different)]
SomeIssuers = Annotated[tuple[Issuer, ...], AfterValidator(_some_different)]
SomeNetworks = Annotated[tuple[NetworkUse, ...], AfterValidator(_some_different)]
SomeCare = Annotated[tuple[Care, ...], AfterValidator(_some_different)]
ClaimsValue = Annotated[Claims, AfterValidator(_a_claims_address)]
AppealsValue = Annotated[Appeals, AfterValidator(_somewhere_to_turn)]


class Terms(BaseModel):
    """Base of the values that have parts."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class PlanTerms(Terms):
    """What a plan gives from its first day on; before that day the plan gives nothing.

    Attributes:
        family: Plans of one family share their routes for claims and appeals.
        care: Kinds of care that the plan gives access to.
        referral_required: None: the documents do not ask for one.
    """

    family: Family
    covered_services: Literal["emergency-and-urgent", "most-covered-services", "plan-terms"]
    collect_cost_share: Literal["no", "after-eligibility-determined", "with-estimate"]
    care: SomeCare
    referral_required: bool | None


class ExclusionTerms(Terms):
    """Whom an exclusion concerns, and which region and plans have the same effect as the exclusion on the card.

    Attributes:
        who: Completes the sentence "The Cigna PPO Network is not available to ...".
        region: None: no region by itself means this exclusion.
        plans: Plans of that region that the exclusion concerns.
    """

    who: str
    region: Region | None
    plans: tuple[Plan, ...]


class EntryFrame(Terms):
    """A dated entry before its value is checked."""

    from_: Day = Field(alias="from")
    value: Any
    reference: Annotated[str, AfterValidator(_a_reference)]
    verified_on: Day
    ended: Day | None = None


class RuleFrame(Terms):
    """A rule before the values of its entries are checked."""

    id: str
    title: str
    entries: Annotated[tuple[EntryFrame, ...], AfterValidator(_some)]


class FileFrame(Terms):
    """A file of rules."""

    rules: Annotated[tuple[RuleFrame, ...], AfterValidator(_some)]


@dataclass(frozen=True)
class RuleKey(Generic[T]):
    """A rule that decisions ask for.

    Attributes:
        id: The rule's id in the data.
        type: Type of its value, as pydantic understands it.
        may_end: Whether an entry without a successor may have ``ended``; a decision must then do without the rule.
    """

    id: str
    type: Any
    may_end: bool = False

    @cached_property
    def adapter(self) -> TypeAdapter[T]:
        return TypeAdapter(self.type)


def _slug(name: str) -> str:
    return name.lower().replace(" ", "-")


PLAN: dict[Plan, RuleKey[PlanTerms]] = {
    plan: RuleKey(f"plan-{_slug(plan)}", PlanTerms, may_end=True) for plan in (*KP_PLANS, *CIGNA_PLANS)
}
EXCLUSION: dict[Exclusion, RuleKey[ExclusionTerms]] = {
    name: RuleKey(f"exclusion-{name}", ExclusionTerms) for name in EXCLUSIONS
}
ISSUERS: RuleKey[tuple[Issuer, ...]] = RuleKey("issuers", SomeIssuers)
TRAVEL_CARD_PLANS: RuleKey[tuple[Plan, ...]] = RuleKey("travel-card-plans", SomePlans)
KP_STATES: RuleKey[tuple[str, ...]] = RuleKey("kaiser-permanente-states", SomeStates)
NETWORK: RuleKey[tuple[NetworkUse, ...]] = RuleKey("network", SomeNetworks)
SELF_FUNDED: RuleKey[Literal["call", "as-insured"]] = RuleKey("self-funded", Literal["call", "as-insured"])
EXISTING_PROCESSES: RuleKey[str] = RuleKey("existing-processes", str)
KP_PHONE: RuleKey[str] = RuleKey("phone-kaiser-permanente", Phone)
CIGNA_PHONE: RuleKey[str] = RuleKey("phone-cigna-pos", Phone)
CLAIMS: dict[Family, RuleKey[Claims]] = {
    "hmo-epo-pos2": RuleKey("claims-hmo-epo-pos2", ClaimsValue),
    "ppo-pos3": RuleKey("claims-ppo-pos3", ClaimsValue),
}
CIGNA_CLAIMS: RuleKey[str] = RuleKey("claims-cigna-pos", str)
CIGNA_PRECERTIFICATION: RuleKey[str] = RuleKey("precertification-cigna-pos", str)
APPEALS_BY_REGION: dict[Region, RuleKey[Appeals]] = {
    region: RuleKey(f"appeals-{region.lower()}", AppealsValue)
    for region in ("NCAL", "SCAL", "CO", "GA", "HI", "MAS", "NW")
}  # Washington has none: its members are excluded
APPEALS_REGION_UNKNOWN: RuleKey[Appeals] = RuleKey("appeals-region-unknown", AppealsValue)
APPEALS_PPO_POS3: RuleKey[Appeals] = RuleKey("appeals-ppo-pos3", AppealsValue)
APPEALS_SELF_FUNDED: RuleKey[Appeals] = RuleKey("appeals-self-funded", AppealsValue)

_ALL: tuple[RuleKey[Any], ...] = (
    *PLAN.values(),
    *EXCLUSION.values(),
    ISSUERS,
    TRAVEL_CARD_PLANS,
    KP_STATES,
    NETWORK,
    SELF_FUNDED,
    EXISTING_PROCESSES,
    KP_PHONE,
    CIGNA_PHONE,
    *CLAIMS.values(),
    CIGNA_CLAIMS,
    CIGNA_PRECERTIFICATION,
    *APPEALS_BY_REGION.values(),
    APPEALS_REGION_UNKNOWN,
    APPEALS_PPO_POS3,
    APPEALS_SELF_FUNDED,
)

RULES: dict[str, RuleKey[Any]] = {key.id: key for key in _ALL}
"""Every rule there is, by id."""
