"""Where the families of the demonstration would transfer a fee to."""

from secondopinion.program import actions
from secondopinion.program import queries as program
from secondopinion.program.sections import SECTIONS

BANK = (
    "Harbour Children's Hospital, international program\n"
    "Example Bank (this account does not exist)\n"
    "IBAN XX00 0000 0000 0000 0000 00 · BIC EXAMPLEXXX"
)


def say_how_to_pay() -> None:
    """Give the program the account of a bank that does not exist: nobody can pay into it."""
    terms = SECTIONS["terms"].read()
    if not terms["bank"]:
        actions.change(
            by=None, section="terms", value=terms | {"bank": BANK},
            revision=program.program().revision,
        )  # fmt: skip
