"""The forms of a page as a reader without a script fills them in."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

TYPED = {"text", "search", "tel", "number", "date", "time", "email", "password", "file", "checkbox", "radio"}


@dataclass
class Control:
    """One thing to type into or to choose from."""

    name: str
    kind: str
    attrs: dict[str, str]
    value: str = ""

    @property
    def is_figure(self) -> bool:
        return self.attrs.get("inputmode") == "numeric" or self.kind == "number"

    @property
    def is_wrong(self) -> bool:
        return self.attrs.get("aria-invalid") == "true"


@dataclass
class Form:
    """What is sent where: hidden fields, what somebody fills in, and the button (the primary one, else the last)."""

    action: str
    hidden: dict[str, str] = field(default_factory=dict)
    controls: list[Control] = field(default_factory=list)
    buttons: dict[str, str] = field(default_factory=dict)

    @property
    def names(self) -> set[str]:
        return {each.name for each in self.controls}

    @property
    def which(self) -> dict[str, str]:
        """Its hidden fields but for the token that is drawn anew for each page."""
        return {name: value for name, value in self.hidden.items() if name != "csrfmiddlewaretoken"}

    def named(self, name: str) -> Control | None:
        return next((each for each in self.controls if each.name == name), None)


class _Reader(HTMLParser):
    def __init__(self, here: str) -> None:
        super().__init__()
        self.here, self.forms, self.ids = here, list[Form](), dict[str, str]()
        self.form: Form | None = None
        self.has_primary = False
        self.area: Control | None = None
        self.open_id = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if told.get("id"):
            self.open_id = told["id"]
            self.ids.setdefault(self.open_id, "")
        if tag == "form" and told.get("method", "").lower() == "post":
            self.form = Form(told.get("action") or self.here)
            self.forms.append(self.form)
            self.has_primary = False
        elif self.form is not None and told.get("name"):
            self._control(tag, told)

    def _control(self, tag: str, told: dict[str, str]) -> None:
        assert self.form is not None
        kind = told.get("type", "text") if tag == "input" else tag
        if kind == "hidden":
            self.form.hidden[told["name"]] = told.get("value", "")
        elif kind in ("button", "submit"):
            if not self.has_primary:
                self.form.buttons[told["name"]] = told.get("value", "")
            self.has_primary |= "button--primary" in told.get("class", "")
        elif kind in TYPED or tag in ("select", "textarea"):
            control = Control(told["name"], kind, told, told.get("value", ""))
            self.form.controls.append(control)
            self.area = control if tag == "textarea" else None

    def handle_data(self, data: str) -> None:
        if self.open_id:
            self.ids[self.open_id] += data
        if self.area is not None:
            self.area.value += data

    def handle_endtag(self, tag: str) -> None:
        self.open_id = ""
        if tag == "textarea":
            self.area = None
        if tag == "form":
            self.form = None


def forms_of(html: str, here: str) -> tuple[list[Form], dict[str, str]]:
    """The posted forms of a page, and the words at each id."""
    reader = _Reader(here)
    reader.feed(html)
    return reader.forms, reader.ids
