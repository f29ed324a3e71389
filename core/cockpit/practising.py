"""Requests of practice: a graded repeat, questions, the path that is followed."""

from datetime import datetime

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from core.catalogue import relative
from core.cockpit.question_page import question_page
from core.cockpit.request import kata_or_404, learner_of, require
from core.cockpit.run_filter import whole
from core.cockpit.views import page_of, render
from core.kata import Kata
from core.models import Review
from core.practice import cards, following, grading, questions
from core.report.practice import when

MOST = 10_000  # questions that one may have answered in a row


@require_http_methods(["GET", "HEAD", "POST"])
def again(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask, then open a graded repeat: the files as shipped take the place of the learner's."""
    require(request, "view_kata")
    require(request, "change_kata")
    kata, learner = kata_or_404(slug), learner_of(request)
    grading.require_pass(kata, learner)
    if request.method != "POST":
        card = cards.of_kata(kata, learner)
        context = {"kata": kata, "repeated": card is not None and card.repeated}
        return render(request, "again.html", f"Repeat {kata.slug}?", context)
    kept = grading.again(kata, learner)
    where = f" Yours is in {relative(kept)}." if kept and kept.exists() else ""
    messages.success(request, f"A graded repeat of {slug}: the next pass is graded.{where}")
    return redirect(page_of(kata))


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """A question, or the grade of one and on to the next."""
    require(request, "view_kata")
    query = request.POST if request.method == "POST" else request.GET
    kata = kata_or_404(query["kata"]) if query.get("kata") else None
    done = whole(query, "done", most=MOST)
    if request.method == "POST":
        grade(request)
        return redirect(questions_of(kata, min(done + 1, MOST)))
    page = question_page(kata, done, learner_of(request))
    title = f"Questions of {kata.slug}" if kata else "Questions"
    return render(request, "questions.html", title, {"page": page})


def grade(request: HttpRequest) -> None:
    """Grade the learner's own card as the form says; a form that is sent twice grades once."""
    query, learner = request.POST, learner_of(request)
    rating, shown = whole(query, "rating", most=4), whole(query, "shown")
    if not rating:
        raise BadRequest("rating is missing.")
    number = whole(query, "card")
    card = cards.mine(learner).filter(pk=number, question__gt=0).first()
    if card is None:
        raise Http404(f"You have no question {number}.")
    seconds = int(timezone.now().timestamp()) - shown if shown else None
    if seconds is not None and not 0 <= seconds <= questions.LONGEST:
        seconds = None
    review = questions.answer(card, Review.Rating(rating), due=_due(query), seconds=seconds)
    if review is None:
        messages.info(request, "That question was answered already: its first grade is kept.")
    elif review.card.due:
        messages.success(request, f"It comes again {when(review.card.due)}.")


def _due(query: QueryDict) -> datetime:
    text = query.get("due", "")
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadRequest(f"due={text!r} is no time.") from error
    if found.tzinfo is None:
        raise BadRequest(f"due={text!r} has no zone.")
    return found


def questions_of(kata: Kata | None, done: int = 0) -> str:
    query = QueryDict(mutable=True)
    if kata:
        query["kata"] = kata.slug
    if done:
        query["done"] = str(done)
    address = reverse("admin:questions")
    return f"{address}?{query.urlencode()}" if query else address


@require_POST
def follow(request: HttpRequest) -> HttpResponse:
    require(request, "view_kata")
    path = following.follow(request.POST.get("path", ""), learner_of(request))
    followed = f"You follow the path {path.title}." if path else "You follow no path."
    messages.success(request, followed)
    return redirect("admin:index")
