"""The pages of a reading journal: each reader sees their own entries, and no others."""

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import Http404
from django.views.generic import CreateView, DetailView, ListView

from .models import Entry


class OwnEntries(LoginRequiredMixin):
    """The entries of whoever asks. All pages that show some take them from here."""

    def get_queryset(self):
        # Made for each request. What is kept on the class is kept for every reader, until the
        # server is started again: rows that were fetched once, and the user who fetched them.
        entries = Entry.objects.filter(owner=self.request.user)
        return entries.select_related("book__author").order_by("-read_on", "-pk")


class EntryList(OwnEntries, ListView):
    """All entries of the reader, the latest day first; of one day the higher primary key first.

    The template shows `object_list` with the book and author of each, and `authors`: how many
    different authors they are about.
    """

    def get_context_data(self, **kwargs):
        # The list is fetched once, and the template goes through the same queryset.
        authors = {entry.book.author_id for entry in self.object_list}
        return super().get_context_data(authors=len(authors), **kwargs)


class EntryDetail(OwnEntries, DetailView):
    """One entry of the reader's; 404 for all others.

    The template shows `object`, and `others`: the reader's other entries about the same book, in
    the order of the list.
    """

    def get_object(self, queryset=None):
        return self.get_queryset().get(pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs):
        # self.object, which get() has fetched: get_object() would ask once more.
        others = self.get_queryset().filter(book=self.object.book_id).exclude(pk=self.object.pk)
        return super().get_context_data(others=others, **kwargs)


class LatestEntry(EntryDetail):
    """The same page for the entry that the list shows first; 404 if there is none."""

    def get_object(self, queryset=None):
        entry = self.get_queryset().first()
        if entry is None:
            raise Http404("There is no entry yet.")
        return entry


class EntryCreate(LoginRequiredMixin, CreateView):
    """A form for an entry: `book`, `read_on` and `text`. It is the reader's who sends it.

    Then on to the page of the new entry.
    """

    model = Entry
    fields = ["book", "read_on", "text"]

    def form_valid(self, form):
        # Whose it is follows from who asks: a form field, even a hidden one, anybody can fill in.
        form.instance.owner = self.request.user
        return super().form_valid(form)
