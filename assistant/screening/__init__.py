"""What a firm could claim in a year: what happened, the facts that matter, every benefit's result, totals per recipient."""

from assistant.screening.amounts import Fault, read_number
from assistant.screening.gate import gate_of
from assistant.screening.profile import Profile, ProfileError, read_profile, write_profile
from assistant.screening.quick import quick, quick_fields
from assistant.screening.screen import NOT_WRITTEN, Line, Question, Screening, screen
from assistant.screening.totals import PayeeTotal

__all__ = [
    "NOT_WRITTEN",
    "Fault",
    "Line",
    "PayeeTotal",
    "Profile",
    "ProfileError",
    "Question",
    "Screening",
    "gate_of",
    "quick",
    "quick_fields",
    "read_number",
    "read_profile",
    "screen",
    "write_profile",
]
