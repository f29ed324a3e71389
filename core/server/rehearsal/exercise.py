"""The edited file: what a failure is traced to."""


def wrong(number: int) -> int:
    return -number


def broken(numbers: list[int]) -> int:
    return numbers[len(numbers)]
