class Awkward(Exception):
    def __str__(self):
        raise RuntimeError

def double(n):
    raise Awkward


def double_all(numbers):
    return [number * 2 for number in numbers]
