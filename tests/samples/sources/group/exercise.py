def double(n):
    raise ExceptionGroup("two things", [ValueError("one"), TypeError("two")])


def double_all(numbers):
    return [number * 2 for number in numbers]
