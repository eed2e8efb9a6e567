"""A store in memory that keeps the same constraints as the database: dictionaries, and no event loop needed."""

from tests.support.memory.store import MemoryStore
from tests.support.memory.tables import ConstraintBroken

__all__ = ["ConstraintBroken", "MemoryStore"]
