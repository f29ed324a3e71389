def double(n):
    return "café"
