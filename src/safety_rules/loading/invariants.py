"""Invariants and exemptions of an area from their files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from safety_rules.language import invariant as claims
from safety_rules.language.expr import Expr, kind_of
from safety_rules.language.kinds import Boolean, Number
from safety_rules.language.rulebook import Area
from safety_rules.loading.context import Context, read
from safety_rules.loading.models_base import PeriodFile
from safety_rules.loading.models_rules import ExemptionFile, InvariantFile, InvariantsFile
from safety_rules.loading.scalars import day, flag, key, name, period
from safety_rules.loading.tree import Scalar
from safety_rules.words.near import suggestion
from safety_rules.words.said import Said, said

CLAIMS = (
    "never_better_than", "never_worse_than", "always", "grows", "once_satisfied", "stricter_since", "stricter_than_base",
)  # fmt: skip
NARROWED = ("definite-when-known", "value-when-known")
EFFECTS: Mapping[str, str] = {"never_falls": "falls", "never_rises": "rises"}
VERDICTS: Mapping[str, str] = {"never_better": "better", "never_worse": "worse"}


def invariants(files: Iterable[InvariantsFile], area: Area, c: Context) -> tuple[claims.Invariant, ...]:
    """Return the invariants of an area; what is wrong with one is a diagnostic."""
    made: dict[str, claims.Invariant] = {}
    for name_, file in ((k, f) for one in files for k, f in one.invariants.items()):
        if str(name_) in made:
            c.report.error("defined-twice.invariant", name_)
        claim = _claim(name_, file, area, c)
        when = None if file.when is None else read(file.when, c, Boolean())
        days = period(PeriodFile.model_validate({"from": file.since, "until": file.until}), c.report)
        sentence = name(file, c.report)
        if claim is not None:
            made[str(name_)] = claims.Invariant(key(name_, c.report), sentence, claim, when, days, name_.at)
    return tuple(made.values())


def exemptions(files: Iterable[InvariantsFile], area: Area, c: Context) -> tuple[claims.Exemption, ...]:
    """Return where built-in questions do not hold by law."""
    return tuple(_exemption(e, area, c) for file in files for e in file.exemptions)


def _exemption(file: ExemptionFile, area: Area, c: Context) -> claims.Exemption:
    if str(file.question) not in claims.QUESTIONS:
        c.report.error("unknown-question", file.question, suggestion(file.question, claims.QUESTIONS))
    known = [*(r.key for r in area.rules), *(d.key for d in area.derivations)]
    for one in file.of:
        _known(one, known, said("what.rule-or-derivation"), c)
    if file.where is not None and str(file.question) not in NARROWED:
        c.report.error("invariant.where", file.where, written=file.question, names=NARROWED)
    where = None if file.where is None else read(file.where, c, Boolean())
    reason = name(file, c.report)
    return claims.Exemption(str(file.question), tuple(str(o) for o in file.of), reason, where, file.question.at)


def _known(name_: Scalar, known: Sequence[str], what: Said, c: Context) -> None:
    if str(name_) not in known:
        c.report.error("unknown-rule.area", name_, suggestion(name_, known), what=what)


def _claim(name_: Scalar, file: InvariantFile, area: Area, c: Context) -> claims.Claim | None:
    """Return the one claim of an invariant."""
    given = [k for k in CLAIMS if getattr(file, k) is not None]
    effects = [k for k in (*EFFECTS, "verdict") if getattr(file, k) is not None]
    if len(given) != 1 or len(effects) != (1 if given == ["grows"] else 0):
        c.report.error("invariant.claims", name_, names=CLAIMS)
        return None
    match given[0]:
        case "never_better_than" | "never_worse_than":
            written: Scalar = getattr(file, given[0])
            outcome = _outcome(written, area, c)
            return claims.NeverBetter(outcome) if given[0] == "never_better_than" else claims.NeverWorse(outcome)
        case "always":
            that = None if file.always is None else read(file.always, c, Boolean())
            return None if that is None else claims.Always(that)
        case "grows":
            return _grows(file, effects[0], c)
        case "once_satisfied":
            rules = file.once_satisfied or []
            for one in rules:
                _known(one, [r.key for r in area.rules], said("what.rule"), c)
            return claims.OnceSatisfied(tuple(str(r) for r in rules))
        case "stricter_since":
            since = day(file.stricter_since, c.report)
            return None if since is None else claims.StricterSince(since)
        case _:
            flag(file.stricter_than_base, True, c.report)
            return claims.StricterThanBase()


def _outcome(written: Scalar, area: Area, c: Context) -> str:
    keys = [o.key for o in area.outcomes]
    if str(written) in keys:
        return str(written)
    c.report.error("unknown-outcome", written, suggestion(written, keys))
    return keys[-1]


def _grows(file: InvariantFile, effect: str, c: Context) -> claims.Grows | None:
    assert file.grows is not None
    fact = c.vocabulary.find(str(file.grows))
    if fact is None:
        c.report.error("unknown-name.vocabulary", file.grows, suggestion(file.grows, c.vocabulary.facts))
        return None
    c.report.named(file.grows, fact.key, fact.zh_key)
    if not isinstance(fact.kind, Number) or fact.key in c.derived:
        c.report.error("invariant.grows", file.grows)
        return None
    if effect == "verdict":
        assert file.verdict is not None
        if str(file.verdict) not in VERDICTS:
            c.report.error("invariant.verdict", file.verdict, suggestion(file.verdict, VERDICTS))
            return None
        return claims.Grows(fact.key, "better" if str(file.verdict) == "never_better" else "worse")
    number = _number(getattr(file, effect), c)
    return None if number is None else claims.Grows(fact.key, "falls" if effect == "never_falls" else "rises", number)


def _number(written: Scalar, c: Context) -> Expr | None:
    found = read(written, c, None)
    if found is not None and not isinstance(kind_of(found), Number):
        c.report.error("kind.grows", written)
        return None
    return found
