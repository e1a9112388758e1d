"""The database: who asks is set at BEGIN, row security does the rest."""

from kreisportal.kernel.database.base import Base, Scope, scope_of
from kreisportal.kernel.database.context import ActorKind, Context
from kreisportal.kernel.database.engine import Database, check_role

__all__ = ["ActorKind", "Base", "Context", "Database", "Scope", "check_role", "scope_of"]
