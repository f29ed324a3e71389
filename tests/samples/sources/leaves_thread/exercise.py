import threading
import time

def double(n):
    threading.Thread(target=time.sleep, args=(3600,)).start()
    return n * 2


def double_all(numbers):
    return [number * 2 for number in numbers]
