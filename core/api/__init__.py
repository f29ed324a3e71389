"""The workspace for programs: katas, runs, hints, progress and practice as JSON, under /api/.

A face as the others are: views parse, call, and translate. A learner is who asks, and sees what is
their own.
"""
