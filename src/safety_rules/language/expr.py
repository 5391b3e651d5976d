"""The closed tree of conditions and formulas: twenty-one nodes, and no others.

Every reading of the language (check, evaluate, format, each engine) is one function with one
`match` over these nodes, in this order. Numbers are in the units that the facts and parameters
declare; `Scale` is the only place where a unit is converted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias, assert_never

from safety_rules.language.diagnostic import Span
from safety_rules.language.kinds import Boolean, Date, Kind, Number, Value
from safety_rules.language.operators import FOLDS, FUNCTIONS, Comparison, Folding, Operator, joint
from safety_rules.language.units import MONTH, Unit


@dataclass(frozen=True, slots=True)
class Literal:
    """A value written in the rule; `unit` is shown with numbers as it was written."""

    value: Value
    kind: Kind
    at: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class FactRef:
    """A fact of the record, given or derived."""

    key: str
    kind: Kind
    at: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ItemField:
    """A field of the list item that `variable` stands for; `key` is the field's fact key."""

    variable: str
    key: str
    kind: Kind
    at: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ItemSelf:
    """The item itself, where the list is a list of choices."""

    variable: str
    kind: Kind
    at: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ParameterRef:
    """A dated parameter as of the day of the verdict, or as of the day that `day` gives."""

    key: str
    kind: Kind
    day: Expr | None = None
    at: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class AsOf:
    """The day of the verdict."""

    at: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Not:
    """Negation."""

    operand: Expr
    at: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class And:
    """Conjunction of two or more."""

    operands: tuple[Expr, ...]
    at: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Or:
    """Disjunction of two or more."""

    operands: tuple[Expr, ...]
    at: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Compare:
    """A comparison of two values of one kind and one scale."""

    op: Comparison
    left: Expr
    right: Expr
    at: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class In:
    """Membership of a choice or text in a list: literal, parameter or fact."""

    item: Expr
    container: Expr
    at: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """A sum, difference, product or quotient; a quotient by zero is unknown."""

    op: Operator
    left: Expr
    right: Expr
    unit: Unit
    at: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Negate:
    """The number with the other sign."""

    operand: Expr
    at: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Scale:
    """A number times an exact factor, into `unit`; written by the checker, never by an author."""

    operand: Expr
    factor: Fraction
    unit: Unit
    at: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Shift:
    """A day moved by a period in whole days or calendar months (clamped to the month's end)."""

    day: Expr
    period: Expr
    backwards: bool
    at: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class DaysBetween:
    """`later - earlier`, in days."""

    later: Expr
    earlier: Expr
    unit: Unit
    at: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class If:
    """`then if test else otherwise`; with an unknown test it is known only where both arms agree.

    `kind` is kept, for asking the arms at every level of a long `else if` would cost more with each.
    """

    test: Expr
    then: Expr
    otherwise: Expr
    at: Span | None = field(default=None, compare=False, repr=False)
    kind: Kind = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", joint([kind_of(self.then), kind_of(self.otherwise)]))


@dataclass(frozen=True, slots=True)
class Aggregate:
    """One value from one list; items for which `where` is false are left out."""

    fold: Folding
    body: Expr
    variable: str
    list: Expr
    where: Expr | None = None
    at: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Listed:
    """Whether a reference table, as of the day, has a row of that spelling."""

    table: str
    key: Expr
    at: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Lookup:
    """A cell of the row of a reference table, as of the day, that a spelling names.

    Where several rows share the spelling, a second key (the qualifier) tells them apart; without it
    the cell is known only where those rows agree. No row of the spelling: unknown.
    """

    table: str
    keys: tuple[Expr, ...]
    column: str
    kind: Kind
    at: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the table `FUNCTIONS`, by its key."""

    function: str
    arguments: tuple[Expr, ...]
    at: Span | None = field(default=None, compare=False, repr=False)


Expr: TypeAlias = (
    Literal
    | FactRef
    | ItemField
    | ItemSelf
    | ParameterRef
    | AsOf
    | Not
    | And
    | Or
    | Compare
    | In
    | Arithmetic
    | Negate
    | Scale
    | Shift
    | DaysBetween
    | If
    | Aggregate
    | Listed
    | Lookup
    | Call
)


def kind_of(expr: Expr) -> Kind:
    """Return the kind of the expression's value."""
    match expr:
        case Literal(_, kind) | FactRef(_, kind) | ItemField(_, _, kind) | ItemSelf(_, kind) | ParameterRef(_, kind):
            return kind
        case AsOf():
            return Date()
        case Not() | And() | Or() | Compare() | In() | Listed():
            return Boolean()
        case Arithmetic(_, _, _, unit):
            return Number(unit)
        case Negate(operand):
            return kind_of(operand)
        case Scale(_, _, unit):
            return Number(unit)
        case Shift():
            return Date()
        case DaysBetween(_, _, unit):
            return Number(unit, whole=True)
        case If():
            return expr.kind
        case Aggregate(fold, body):
            return FOLDS[fold].kind(kind_of(body))
        case Lookup(_, _, _, kind):
            return kind
        case Call(function, arguments):
            return FUNCTIONS[function].kind([kind_of(a) for a in arguments])
        case _:
            assert_never(expr)


def in_months(period: Expr) -> bool:
    """Return whether a period is one of months, not of days."""
    kind = kind_of(period)
    return isinstance(kind, Number) and kind.unit.dimension == MONTH.dimension


def children(expr: Expr) -> tuple[Expr, ...]:
    """Return the direct parts of an expression, left to right."""
    match expr:
        case Literal() | FactRef() | ItemField() | ItemSelf() | AsOf():
            return ()
        case ParameterRef(_, _, day):
            return () if day is None else (day,)
        case Not(operand) | Negate(operand) | Scale(operand):
            return (operand,)
        case And(operands) | Or(operands):
            return operands
        case Compare(_, left, right) | Arithmetic(_, left, right):
            return (left, right)
        case In(item, container):
            return (item, container)
        case Shift(day, period):
            return (day, period)
        case DaysBetween(later, earlier):
            return (later, earlier)
        case If(test, then, otherwise):
            return (test, then, otherwise)
        case Aggregate(_, body, _, source, where):
            return (source, body) if where is None else (source, where, body)
        case Listed(_, key):
            return (key,)
        case Lookup(_, keys):
            return keys
        case Call(_, arguments):
            return arguments
        case _:
            assert_never(expr)


def walk(expr: Expr) -> list[Expr]:
    """Return the expression and everything below it, in reading order."""
    found, todo = list[Expr](), [expr]
    while todo:
        found.append(todo.pop())
        todo.extend(reversed(children(found[-1])))
    return found
