"""The options of ``merchant create`` and ``program create``, made from the fields that they set."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import click

from bot.cli.options import Command, TermMalformed
from bot.kit.clock import system_clock
from bot.kit.loading import loading
from bot.texts import mark, plain, texts
from bot.texts.towns import current
from bot.views.fields import explained
from domain.account import Locale
from domain.expiry import ExpiryKind
from domain.field_kinds import (
    YES_OR_NO,
    Amount,
    Choice,
    Currency,
    Field,
    InterimRewards,
    Number,
    PointRewards,
    Rate,
    point_reward,
)
from domain.fields import FIELDS, Target, with_defaults
from domain.ids import FieldName
from domain.merchant import PointReward, ProgramKind
from domain.refusals import PointRewardMalformed
from domain.rules.guards import GUARDS

Values = dict[str, Any]
OPTIONS = {
    "default_locale": "--locale",
    "kind": "--program",
    "require_staff_pin": "--require-pin/--no-pin",
    "points_per_unit_milli": "--points-per-unit",
    "point_rewards": "--point-reward",
    "interim_rewards": "--interim-reward",
    "reward_cost_minor": "--reward-price",
    "expiry_kind": "--expiry",
}
"""Options that are not called like their field. The option of an amount also leaves out the field's ``_minor``."""
NOT_ASKED = (
    "allow_void",
    "active",
    "new_cards",
    "languages",
    "own_texts",
    "pair_acts_max",
    "burst_acts_max",
    "unseen_cards_max",
    "takings_gap_max",
    "marketing_monthly_max",
    "multipliers",
    "carry_over",
)
POINTS_ONLY = ("points_per_unit_milli", "minimum_purchase_minor", "reward_cost", "point_rewards")
REWARD_COST = 100
AS_THE_OTHERS = "as strict as the other programs"
REWARD = mark("One for free")


def field_options(command: Command) -> Command:
    """Adds an option for each field of a merchant and its only program; what is not given is None or empty."""
    of_program = [field for field in FIELDS[Target.PROGRAM].values() if field.name != "name"]
    return _options(command, [*FIELDS[Target.MERCHANT].values(), *of_program])


def program_options(command: Command) -> Command:
    """The same for a program beside others, whose guards it has unless others are given."""
    return _options(command, [*FIELDS[Target.PROGRAM].values()], dict.fromkeys(GUARDS, AS_THE_OTHERS))


def _options(command: Command, fields: Sequence[Field], defaults: Mapping[str, str] | None = None) -> Command:
    """The help names ``defaults`` instead of the fields' own."""
    cost = f"What --reward costs in points.  [default: {REWARD_COST}]"
    command = click.option("--reward-cost", type=int, help=cost)(command)
    for field in reversed(fields):
        if field.name not in NOT_ASKED:
            default = (defaults or {}).get(field.name) or _default(field)
            command = _option(field, default)(command)
    return command


def values(target: Target, given: Mapping[str, Any], currency: str) -> Values:
    """The fields that were given. Raises TermMalformed, and what a field's ``parse`` raises."""
    return {
        name: _value(field, given[name], currency)
        for name, field in FIELDS[target].items()
        if given.get(name) not in (None, ())
    }


def parsed(field: Field, text: str, currency: str) -> Any:
    """The value as the field keeps it. Raises what its ``parse`` raises, CharacterNotDrawn, and CurrencyMalformed for
    a currency that nobody pays with."""
    value = field.parse(text, currency)
    if isinstance(field, Currency):
        current(value, system_clock().date())
    _legible(text)
    return value


def program_values(given: Mapping[str, Any], currency: str, reward: str) -> Values:
    """The fields of the program; its reward is ``reward`` unless another is given. Raises what ``values`` raises."""
    program = {"reward": reward, **values(Target.PROGRAM, given, currency)}
    terms = with_defaults(Target.PROGRAM, program)
    if terms["kind"] is ProgramKind.STAMPS:
        for name in POINTS_ONLY:
            is_of_amounts = name == "minimum_purchase_minor" and terms["stamp_per_minor"] is not None
            if given[name] not in (None, ()) and not is_of_amounts:
                raise TermMalformed(f"{_flag(name)} is for points: add --program points or --program hybrid.")
    else:
        cost = REWARD_COST if given["reward_cost"] is None else given["reward_cost"]
        program["point_rewards"] = (PointReward(cost=cost, name=terms["reward"]), *terms["point_rewards"])
    if terms["expiry_kind"] is ExpiryKind.NEVER and "expiry_months" in program:
        raise TermMalformed("Say with --expiry inactivity or --expiry lot what --expiry-months is for.")
    return program


def _flag(name: str) -> str:
    return OPTIONS.get(name, "--" + name.removesuffix("_minor").replace("_", "-"))


def _default(field: Field) -> str | None:
    return None if field.default in (None, ()) else field.show(field.default, "")


def _option(field: Field, default: str | None) -> Callable[[Command], Command]:
    said = plain(explained(texts(Locale.EN), field.name))
    if isinstance(field, Number) and field.without is not None:
        said += f"  [or: {field.without}]"
    if default is not None:
        said += f"  [default: {default}]"
    how: dict[str, Any] = {"required": field.name == "name"}
    match field:
        case Choice() if field.options is not YES_OR_NO:
            how["type"] = click.Choice(tuple(field.options))
        case Choice():
            how["default"] = None
        case Number():
            how["metavar"] = field.unit.upper()
        case PointRewards() | InterimRewards():
            how["multiple"] = True
    return click.option(_flag(field.name), field.name, help=said, **how)


def _value(field: Field, given: Any, currency: str) -> Any:
    """The value that an option gives. An amount or a rate is named like its option in what is raised."""
    match given:
        case str() if isinstance(field, Amount | Rate):
            return replace(field, name=FieldName(_flag(field.name))).parse(given, currency)
        case str():
            return parsed(field, given, currency)
        case tuple() if isinstance(field, InterimRewards):
            return field.parse("\n".join(map(_legible, given)), currency)
        case tuple():
            return tuple(map(_reward, given))
        case _:
            return given


def _reward(text: str) -> PointReward:
    try:
        return point_reward(_legible(text))
    except PointRewardMalformed as refusal:
        said = f'--point-reward {text!r} is not a price in points and a reward: "50=Espresso"'
        raise TermMalformed(said) from refusal


def _legible(text: str) -> str:
    """The text. Raises CharacterNotDrawn. The typefaces are loaded only when there is a text to look at."""
    with loading():
        from bot.pictures.lettering import legible  # noqa: PLC0415

    return legible(text)
