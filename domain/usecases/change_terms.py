"""The terms of a program are changed: a new version, which never reaches back."""

from dataclasses import dataclass, replace

from domain.merchant import Program
from domain.ports import Tx
from domain.refusals import ProgramNotFound, TermsChangedMeanwhile
from domain.rules.terms import check_program


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeTerms:
    """``program`` is the present version with what should be different."""

    program: Program


def change_terms(*, tx: Tx, command: ChangeTerms) -> Program:
    """The program's next version. What customers hold expires by a new policy from now on, never earlier.

    Raises ProgramNotFound, TermsChangedMeanwhile, and what ``check_program`` raises.
    """
    wanted = check_program(command.program)
    for present in tx.programs_of(wanted.merchant_id):
        if present.program_id == wanted.program_id:
            if present.version != wanted.version:
                raise TermsChangedMeanwhile
            policy = (present.expiry_kind, present.expiry_months)
            is_same = policy == (wanted.expiry_kind, wanted.expiry_months)
            program = replace(
                wanted,
                version=present.version + 1,
                expiry_since=present.expiry_since if is_same else tx.now,
                valid_from=tx.now,
            )
            tx.add_program_version(program)
            return program
    raise ProgramNotFound
