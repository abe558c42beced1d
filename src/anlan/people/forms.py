"""Forms of sign-in and accounts. They check that something was entered; what it means is for the actions."""

from typing import Any

from django import forms

from anlan.foundation.words import w
from anlan.people.accounts import tokens


class Code(forms.Form):
    """The one-time code alone: who came by a provider has no password to give."""

    code = forms.CharField(
        label=w("动态码"),
        max_length=8,
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}),
    )


class SignIn(forms.Form):
    username = forms.CharField(
        label=w("用户名"),
        max_length=40,
        widget=forms.TextInput({"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label=w("密码"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )
    code = forms.CharField(
        label=w("动态码"),
        max_length=8,
        required=False,
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class ChangePassword(forms.Form):
    """Who came by a link and never had a password sets the first one."""

    old = forms.CharField(
        label=w("原密码"), strip=False, widget=forms.PasswordInput({"autocomplete": "current-password"})
    )
    new = forms.CharField(
        label=w("新密码"), strip=False, widget=forms.PasswordInput({"autocomplete": "new-password"})
    )
    again = forms.CharField(
        label=w("再输一遍新密码"), strip=False, widget=forms.PasswordInput({"autocomplete": "new-password"})
    )

    def __init__(self, *args: Any, first: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if first:
            del self.fields["old"]


class Enrol(forms.Form):
    """The first binding asks for the new code alone, the next ones for password and old code too."""

    password = forms.CharField(
        label=w("密码"), strip=False, widget=forms.PasswordInput({"autocomplete": "current-password"})
    )
    old_code = forms.CharField(
        label=w("原来的动态码"),
        max_length=8,
        widget=forms.TextInput({"autocomplete": "off", "inputmode": "numeric"}),
    )
    code = forms.CharField(
        label=w("动态码"),
        max_length=8,
        widget=forms.TextInput({"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}),
    )

    def __init__(self, *args: object, again: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if not again:
            del self.fields["password"], self.fields["old_code"]


class NewToken(forms.Form):
    label = forms.CharField(label=w("给谁用"), max_length=60)
    days = forms.IntegerField(label=w("能用几天"), min_value=1, max_value=tokens.LONGEST.days, initial=30)


class Language(forms.Form):
    language = forms.ChoiceField(label=w("语言"), choices=[("zh", "中文"), ("en", "English")])


class Move(forms.Form):
    post = forms.ChoiceField(label=w("岗位"))

    def __init__(self, *args: object, posts: list[tuple[str, str]], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["post"].choices = posts  # type: ignore[attr-defined]
