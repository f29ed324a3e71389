"""The addresses of the catalogue. `/` lists what there is."""

from rest_framework.routers import SimpleRouter

from .views import BookViewSet

router = SimpleRouter()
# The serializers link to "book-detail": one book is a book, also where the address has the plural.
router.register("books", BookViewSet, basename="book")

urlpatterns = router.urls
