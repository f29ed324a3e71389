import itertools

def double(n):
    return all(itertools.repeat(True))


def double_all(numbers):
    return [number * 2 for number in numbers]
