"""What every template of the project has to keep: the Content-Security-Policy, no outside host, known icons."""

import re
from pathlib import Path

import pytest
from django.conf import settings

TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))
STATIC = settings.BASE_DIR / "static"
OWN = sorted(path for kind in ("css", "js", "img") for path in (STATIC / kind).iterdir())

FORBIDDEN = {
    "style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "style element": re.compile(r"<style[\s>]", re.IGNORECASE),
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)[^>]*>", re.IGNORECASE),
    "event attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "javascript address": re.compile(r"javascript:", re.IGNORECASE),
    "htmx evaluation": re.compile(r"\bhx-(on|vals=.js:)", re.IGNORECASE),
}
OUTSIDE = re.compile(r"""(?:src|href|action|url\(|@import)\s*[=(]?\s*["']?(?:https?:)?//""")
ICON = re.compile(r"""<c-icon\s+name="([a-z0-9-]+)\"""")


def named(path: Path) -> str:
    return path.relative_to(settings.BASE_DIR).as_posix()


def test_forbidden_patterns_find_what_they_name() -> None:
    samples = {
        "style attribute": '<p class="a" style="color:red">',
        "style element": "<style>",
        "inline script": "<script>alert(1)</script>",
        "event attribute": '<a href="#" onclick="x()">',
        "javascript address": '<a href="javascript:x()">',
        "htmx evaluation": '<div hx-on::load="x()">',
    }
    assert {name for name, sample in samples.items() if FORBIDDEN[name].search(sample)} == set(
        FORBIDDEN
    )
    assert OUTSIDE.search('<script src="//cdn.example/x.js">')


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_template_keeps_the_content_security_policy(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert [name for name, pattern in FORBIDDEN.items() if pattern.search(text)] == []


@pytest.mark.parametrize("path", [*TEMPLATES, *OWN], ids=named)
def test_file_names_no_outside_host(path: Path) -> None:
    assert OUTSIDE.findall(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_template_uses_icons_of_the_sprite(path: Path) -> None:
    sprite = (STATIC / "vendor" / "icons" / "sprite.svg").read_text(encoding="utf-8")
    shipped = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    assert set(ICON.findall(path.read_text(encoding="utf-8"))) - shipped == set()


TWICE = re.compile(
    r"<c-form\s+:form=\"([\w.]+)\"(?:(?!</c-form>).)*?<c-field :field=\"\1\.", re.DOTALL
)


@pytest.mark.parametrize("path", TEMPLATES, ids=named)
def test_a_form_that_draws_its_fields_is_not_given_them_again(path: Path) -> None:
    """`c-form :form=` draws every visible field: the same field in its slot would stand twice."""
    assert not TWICE.findall(path.read_text(encoding="utf-8"))


def test_twice_finds_what_it_names() -> None:
    assert TWICE.findall('<c-form :form="form" x="1">\n<c-field :field="form.a" />\n</c-form>')
    assert not TWICE.findall('<c-form :form="form" /><p></c-form><c-field :field="form.a" />')
