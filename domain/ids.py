"""Types for identifiers, so that one kind is never passed as another."""

from typing import NewType

MerchantId = NewType("MerchantId", str)
StoreId = NewType("StoreId", str)
ProgramId = NewType("ProgramId", str)
CustomerId = NewType("CustomerId", str)
CardId = NewType("CardId", str)
StaffId = NewType("StaffId", str)
InviteId = NewType("InviteId", str)
EntryId = NewType("EntryId", str)
MessageId = NewType("MessageId", str)
ChangeId = NewType("ChangeId", str)
NoteId = NewType("NoteId", str)
MoveId = NewType("MoveId", str)
FlagId = NewType("FlagId", str)
ApprovalId = NewType("ApprovalId", str)
ClosureId = NewType("ClosureId", str)
CampaignId = NewType("CampaignId", str)
PassId = NewType("PassId", str)
SheetId = NewType("SheetId", str)
AdoptionId = NewType("AdoptionId", str)

FieldName = NewType("FieldName", str)
"""The name of a field in domain/fields.py."""

BotId = NewType("BotId", int)
UserId = NewType("UserId", int)
UpdateId = NewType("UpdateId", int)

CardNumber = NewType("CardNumber", str)
"""Nine digits, the last of which is a check digit."""

TokenHash = NewType("TokenHash", str)
"""SHA-256 of a link token, hexadecimal; the token itself is never stored."""

Fingerprint = NewType("Fingerprint", str)
"""Tells secret keys apart; the key cannot be computed from it."""

OperationKey = NewType("OperationKey", str)
"""New for every button; derived from chat and message for every typed command."""
