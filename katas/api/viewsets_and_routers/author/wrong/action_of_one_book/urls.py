"""The addresses of the catalogue. `/` lists what there is."""

from rest_framework.routers import DefaultRouter

from .views import BookViewSet

router = DefaultRouter()
# The serializers link to "book-detail": one book is a book, also where the address has the plural.
router.register("books", BookViewSet, basename="book")

urlpatterns = router.urls
