"""The questions that users ask, answered for everybody: who cannot sign in asks how to."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from inbox.queries.page_help import Answer, answers, matching_answers
from inbox.views.help import MOST_LETTERS
from organisations.views.public import PublicView


class PublicAnswersView(PublicView):
    """Every question by topic, or those in which all the words occur."""

    template_name = "inbox/public_answers.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        words = request.GET.get("q", "").strip()[:MOST_LETTERS]
        topics: dict[str, list[Answer]] = {}
        for each in matching_answers(words) if words else answers():
            topics.setdefault(each.topic, []).append(each)
        return self.page(words=words, topics=topics, active="answers")
