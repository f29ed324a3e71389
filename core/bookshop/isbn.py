"""The thirteenth digit of an ISBN, which proves the other twelve."""


def check_digit(first_twelve: str) -> str:
    """What fills the sum of twelve digits, weighted 1 and 3 by turns, up to tens."""
    odd = sum(map(int, first_twelve[0::2]))
    even = sum(map(int, first_twelve[1::2]))
    return str(-(odd + 3 * even) % 10)


def is_valid(isbn: str) -> bool:
    return (
        len(isbn) == 13
        and isbn.isascii()
        and isbn.isdigit()
        and isbn[:3] in ("978", "979")
        and isbn[12] == check_digit(isbn[:12])
    )
