"""Forms of the account and user pages."""

from __future__ import annotations

from flask_wtf import FlaskForm
from wtforms import EmailField, PasswordField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # not in its stubs
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from phases.core.accounts.security import SHORTEST_PASSWORD
from phases.core.accounts.services import ROLES


class LoginForm(FlaskForm):
    email = StringField(
        "E-mail address",
        [InputRequired("Enter your e-mail address."), Length(max=254, message="This is too long.")],
        render_kw={"autocomplete": "username", "inputmode": "email", "spellcheck": "false"},
    )
    password = PasswordField(
        "Password",
        [InputRequired("Enter your password."), Length(max=500, message="This is too long.")],
        render_kw={"autocomplete": "current-password"},
    )


class ProveForm(FlaskForm):
    password = PasswordField(
        "Password",
        [InputRequired("Enter your password."), Length(max=500, message="This is too long.")],
        render_kw={"autocomplete": "current-password"},
    )


class FirstPasswordForm(FlaskForm):
    """After a one-time password, which was given a moment ago."""

    password = PasswordField(
        "New password",
        [InputRequired("Enter a new password."), Length(max=500, message="This is too long.")],
        description=f"At least {SHORTEST_PASSWORD} characters. A few unrelated words work well.",
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        "New password again",
        [InputRequired("Enter the new password again.")],
        render_kw={"autocomplete": "new-password"},
    )

    def validate_again(self, field: PasswordField) -> None:
        if field.data != self.password.data:
            field.errors = [*field.errors, "The two passwords differ. Type both again."]


class PasswordForm(FirstPasswordForm):
    current = PasswordField(
        "Current password",
        [
            InputRequired("Enter your current password."),
            Length(max=500, message="This is too long."),
        ],
        render_kw={"autocomplete": "current-password"},
    )


class ProfileForm(FlaskForm):
    name = StringField(
        "Name",
        [
            InputRequired("Enter your name."),
            Length(max=120, message="Use 120 characters or fewer."),
        ],
        description="Shown on pages and in documents you sign.",
        render_kw={"autocomplete": "name"},
    )


class Checkboxes(SelectMultipleField):
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class UserForm(FlaskForm):
    name = StringField(
        "Name",
        [
            InputRequired("Enter the person's name."),
            Length(max=120, message="Use 120 characters or fewer."),
        ],
        render_kw={"autocomplete": "off"},
    )
    roles = Checkboxes(
        "Roles",
        choices=[SelectChoice(slug, slug.replace("_", " ").capitalize()) for slug in ROLES],
        validate_choice=False,  # the service says what is wrong
    )


class NewUserForm(UserForm):
    email = EmailField(
        "E-mail address",
        [
            InputRequired("Enter the person's e-mail address."),
            Length(max=254, message="Use 254 characters or fewer."),
        ],
        render_kw={"autocomplete": "off"},
    )
