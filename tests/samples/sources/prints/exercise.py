def double(n):
    print("n is", n)
    return n + 1


def double_all(numbers):
    return [number * 2 for number in numbers]
