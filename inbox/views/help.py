"""Help: the page's own, and a search over all pages and questions."""

from __future__ import annotations

from typing import Any

from django.http import Http404

from inbox.queries.page_help import answers, help_of, matching_answers, matching_pages
from organisations.queries.navigation import entries_for
from organisations.queries.scope import Scope
from organisations.views.scoped import ScopedTemplateView

MOST_LETTERS = 60


class ForEverybody:
    def exists_for(self, scope: Scope) -> bool:
        return scope.active


class HelpView(ForEverybody, ScopedTemplateView):
    """Pages of the person's own menu, and every question."""

    template_name = "inbox/help.html"
    page_title = "帮助"
    page_note = "各页的说明和常见问题；找不到答案时按“办事指南”上的电话咨询"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        words = self.request.GET.get("q", "").strip()[:MOST_LETTERS]
        routes = [entry.route for entry in entries_for(self.scope)]
        found = matching_answers(words) if words else list(answers())
        topics: dict[str, list[Any]] = {}
        for each in found:
            topics.setdefault(each.topic, []).append(each)
        return super().get_context_data(
            words=words,
            pages=matching_pages(words, routes),
            topics=topics,
            **kwargs,
        )


class HelpPageView(ForEverybody, ScopedTemplateView):
    """One page's help, for browsers without scripts and for links."""

    template_name = "inbox/help_page.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        told = help_of(kwargs["route"])
        if told is None:
            raise Http404
        crumbs = [{"label": "帮助", "url": "/help/"}, {"label": told.title}]
        return super().get_context_data(
            **kwargs | {"told": told, "page_title": told.title, "breadcrumbs": crumbs}
        )
