#!/usr/bin/env python3
# An expert as a program: one request a line on standard input, one answer a line on standard output.
# It is an example, not a detector: it calls a picture fake when neighbouring pixels hardly differ.
import json
import math
import sys


def read_ppm(path):
    """Width, height and bytes (RGB) of a binary PPM file."""
    with open(path, "rb") as file:
        assert file.readline() == b"P6\n"
        width, height = map(int, file.readline().split())
        assert file.readline() == b"255\n"
        return width, height, file.read()


def score(path):
    """The probability that the picture is fake."""
    width, height, rgb = read_ppm(path)
    total = count = 0
    for y in range(0, height, max(1, height // 200)):
        row = rgb[3 * width * y : 3 * width * (y + 1)]
        for x in range(0, len(row) - 3, max(1, width // 200)):
            total += abs(row[x] - row[x + 3])
            count += 1
    return 1 / (1 + math.exp(total / max(count, 1) - 6))


for line in sys.stdin:
    request = json.loads(line)
    try:
        print(json.dumps({"score": score(request["picture"])}), flush=True)
    except Exception as error:  # this picture's failure; the next one is asked about all the same
        print(json.dumps({"error": str(error)}), flush=True)
