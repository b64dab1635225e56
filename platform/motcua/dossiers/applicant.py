"""Who of a dossier is written to by phone, and which of its followers are that very person."""

from collections.abc import Callable, Collection

from motcua.citizens.models import Citizen

from .models import Dossier, Follow, proof_index

PROOFS = ("phone", "id_number")


def phone_of(dossier: Dossier) -> str | None:
    """The number to write to where nobody follows: the authorised person's first."""
    person = _written_to(dossier.people)
    return person["phone"] if person else None


def proof_indexes(dossier_code: str, people: Collection[dict[str, str]]) -> set[str]:
    """Of the last four digits that prove one to be one of `people`."""
    return {
        proof_index(dossier_code, person[item][-4:])
        for person in people
        for item in PROOFS
        if person.get(item)
    }


def among(
    hearing: list[tuple[Citizen, Follow]], dossier: Dossier, connected: Callable[[], Collection[str]]
) -> frozenset[int]:
    """The ids of those of `hearing` who proved with digits that they are whom we write to by phone, and whose OA can
    write to them. `connected` answers the ids of the OAs that can; it is asked only where somebody proved digits."""
    by_digits = [one for one in hearing if one[1].proof == "digits" or one[1].proof_index is not None]
    person = _written_to(dossier.people) if by_digits else None
    if person is None:
        return frozenset()
    theirs = proof_indexes(dossier.code, [person])
    # Of a proof before we kept the digits we know whose they were only where all digits are one person's.
    is_one_person = theirs.issuperset(dossier.proof_indexes)
    working = connected()
    return frozenset(
        citizen.id
        for citizen, follow in by_digits
        if citizen.oa_id in working
        and (is_one_person if follow.proof_index is None else follow.proof_index in theirs)
    )


def _written_to(people: dict[str, dict[str, str]]) -> dict[str, str] | None:
    roles = ("authorised", "submitter", "owner")
    return next((people[role] for role in roles if people.get(role, {}).get("phone")), None)
