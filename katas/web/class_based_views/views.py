"""The pages of a reading journal: each reader sees their own entries, and no others."""

from django.views.generic import CreateView, DetailView, ListView

from .models import Entry


class EntryList(ListView):
    """All entries of the reader, the latest day first; of one day the higher primary key first.

    The template shows `object_list` with the book and author of each, and `authors`: how many
    different authors they are about.
    """

    template_name = "class_based_views/entry_list.html"
    entries = Entry.objects.order_by("-read_on")

    def get_queryset(self):
        return [entry for entry in self.entries if entry.owner == self.request.user]

    def get_context_data(self, **kwargs):
        authors = {entry.book.author for entry in self.object_list}
        return super().get_context_data(authors=len(authors), **kwargs)


class EntryDetail(DetailView):
    """One entry of the reader's; 404 for all others.

    The template shows `object`, and `others`: the reader's other entries about the same book, in
    the order of the list.
    """

    model = Entry

    def get_context_data(self, **kwargs):
        entry = self.get_object()
        others = Entry.objects.filter(book=entry.book).exclude(pk=entry.pk)
        return super().get_context_data(others=others, **kwargs)


class LatestEntry(EntryDetail):
    """The same page for the entry that the list shows first; 404 if there is none."""

    def get_object(self, queryset=None):
        return Entry.objects.latest("read_on")


class EntryCreate(CreateView):
    """A form for an entry: `book`, `read_on` and `text`. It is the reader's who sends it.

    Then on to the page of the new entry.
    """

    model = Entry
    fields = ["owner", "book", "read_on", "text"]

    def get_initial(self):
        return {"owner": self.request.user}
