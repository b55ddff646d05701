"""The form of a new user, or of one to change (`docs/rules.md 8.1`)."""

from __future__ import annotations

from thrumsg_tui.domain.errors import NotPermitted, Refused
from thrumsg_tui.domain.name_cells import given_name
from thrumsg_tui.domain.permissions import Role
from thrumsg_tui.domain.users import Identity, User
from thrumsg_tui.store.changes.users import add_user, edit_user
from thrumsg_tui.tui.dialogs.form import Entered, FormDialog, Unfit, touched
from thrumsg_tui.tui.glyphs import Glyphs
from thrumsg_tui.tui.store_client import StoreClient
from thrumsg_tui.tui.widgets.form_fields import ChoiceField, Field, TextField

_ROLES = tuple((str(role), str(role)) for role in Role)


def user_form(store: StoreClient, who: Identity, glyphs: Glyphs, user: User | None = None) -> FormDialog[User]:
    """Make the form; it returns the stored user."""
    login = [] if user else [TextField("login", "Login", hint="their login on this machine")]
    fields: list[Field] = [
        *login,
        TextField("first_name", "First name", user.first_name if user else ""),
        TextField("last_name", "Last name", user.last_name if user else ""),
        TextField("email", "Email", user.email if user else "", "may be empty"),
        ChoiceField("role", "Role", _ROLES, user.role if user else Role.SENDER),
    ]

    async def save(entered: Entered) -> User:
        if wrong := {
            key: "It cannot be empty." for key in ("login", "first_name") if not given_name(entered.get(key, "x"))
        }:
            raise Unfit(wrong)
        role = Role(entered["role"])
        if user is None:
            names = {key: entered[key].strip() for key in ("first_name", "last_name", "email")}
            try:
                return await store.execute(add_user, who, entered["login"].strip(), **names, role=role)
            except NotPermitted:
                raise
            except Refused as reason:  # the other fields were checked above
                raise Unfit({"login": str(reason)}) from None
        changed = touched(entered, first_name=user.first_name, last_name=user.last_name, email=user.email)
        return await store.execute(edit_user, who, user.login, **changed, role=None if role is user.role else role)

    return FormDialog(f"Change {user.name} ({user.login})" if user else "New user", fields, save, glyphs)
