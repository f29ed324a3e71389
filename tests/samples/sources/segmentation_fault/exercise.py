import ctypes

def double(n):
    return ctypes.string_at(0)


def double_all(numbers):
    return [number * 2 for number in numbers]
