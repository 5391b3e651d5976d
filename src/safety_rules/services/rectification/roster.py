"""Who is who: a roster of those who may act, with role and organisation, so that a role is not taken at its word.

Without a roster a role is only claimed, and every record says so. With one, who is not on it, or is there in
another role, is refused; and the organisation behind a name counts as its hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from safety_rules.services.rectification.life import Event, RefusedError, hand
from safety_rules.services.rectification.sheets import Refusal, Row, Sheet, once
from safety_rules.services.store.store import Entry, text_of

if TYPE_CHECKING:
    from safety_rules.services.rectification.table import Lifecycle

ACTOR = "actor"
SHEET = "办理人名册"
HEADINGS = ("名称", "角色", "所属单位", "统一社会信用代码")


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or unit that acts: its role, the organisation it belongs to, and that one's credit code if any."""

    name: str
    role: str
    organisation: str
    code: str = ""

    def entry(self) -> Entry:
        """Return the actor as an entry of the ledger; a later one of the same name takes its place."""
        return Entry(ACTOR, self.name, {"role": self.role, "organisation": self.organisation, "code": self.code})


Roster = Mapping[str, Actor]


def actor_of(key: str, body: Mapping[str, Any]) -> Actor:
    """Return the actor of an entry; raises LedgerError where it is none."""
    return Actor(key, *(text_of(key, body, name) for name in ("role", "organisation", "code")))


def roster(actors: Iterable[Actor]) -> dict[str, Actor]:
    """Return the roster of actors, the latest of each name."""
    return {hand(actor.name): actor for actor in actors}


def acted(event: Event, known: Roster, table: Lifecycle) -> Event:
    """Return an event with the organisation that the roster names; raises RefusedError where the role is not its own.

    Without a roster the event stays as it was claimed.
    """
    if not known:
        return event
    actor = known.get(hand(event.by))
    if actor is None:
        raise RefusedError(f"“{event.by}”不在办理人名册中", f"`{event.by}` is not on the roster", "by")
    if actor.role != event.role:
        own, claimed = (table.parties[r].zh if r in table.parties else r for r in (actor.role, event.role))
        zh = f"“{event.by}”在办理人名册中是“{own}”，不是“{claimed}”"
        raise RefusedError(zh, f"on the roster `{event.by}` is `{actor.role}`, not `{event.role}`", "by")
    return replace(event, organisation=actor.organisation, code=actor.code, verified=True)


def actor(row: Row, table: Lifecycle, enterprises: Mapping[str, str]) -> Actor:
    """Return the actor of a row; raises RefusedError with the heading at fault."""
    name, role, organisation, code = (row.text(h) for h in HEADINGS)
    for heading, text in zip(HEADINGS[:3], (name, role, organisation), strict=True):
        if not text:
            raise RefusedError(f"“{heading}”未填写", f"`{heading}` is blank", heading)
    party = table.party_key(role)
    if party is None:
        known = "、".join(n.zh for n in table.parties.values())
        raise RefusedError(f"角色“{role}”不是{known}之一", f"there is no role `{role}`", "角色")
    if code and enterprises and enterprises.get(code) != organisation:
        zh = f"统一社会信用代码“{code}”在“整改单位”表中没有对应单位“{organisation}”"
        raise RefusedError(zh, f"the key `{code}` joins no enterprise `{organisation}`", "统一社会信用代码")
    return Actor(name, party, organisation, code)


def actors_of(
    sheet: Sheet | None, table: Lifecycle, codes: Mapping[str, str], refusals: list[Refusal]
) -> tuple[Actor, ...]:
    """Return the actors of a sheet; a bad row is refused."""
    found = []
    for row in once(sheet.rows, "名称", refusals) if sheet is not None else ():
        try:
            found.append(actor(row, table, codes))
        except RefusedError as error:
            refusals.append(Refusal(row.place(error.about), error.reason))
    return tuple(found)
