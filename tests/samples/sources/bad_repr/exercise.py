class Awkward:
    def __repr__(self):
        raise RuntimeError

def double(n):
    return Awkward()


def double_all(numbers):
    return [number * 2 for number in numbers]
