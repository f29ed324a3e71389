def take(user):
    raise NotImplementedError
