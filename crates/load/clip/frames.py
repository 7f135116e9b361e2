"""Draws the pictures of the clip: petals that turn by one petal in two seconds, to standard output as raw YUV 4:2:0."""

import sys

import numpy as np

WIDTH, HEIGHT, LOOP, LOOPS = 1280, 720, 60, 2

rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
x, y = (columns - WIDTH / 2) / HEIGHT, (rows - HEIGHT / 2) / HEIGHT
radius, angle = np.hypot(x, y), np.arctan2(y, x)
glow = np.exp(-2.2 * radius**2)


def plane(values):
    return np.clip(values, 16, 235).astype(np.uint8).tobytes()


def frame(number):
    phase = 2 * np.pi * number / LOOP
    petals = 0.5 + 0.5 * np.cos(6 * angle - phase)
    rings = 0.5 + 0.5 * np.cos(14 * radius - 2.4 * np.sin(3 * angle) - phase)
    weave = np.cos(40 * x + 6 * np.sin(phase)) * np.cos(40 * y - 6 * np.cos(phase))
    luma = 30 + 150 * glow * (0.45 + 0.35 * petals + 0.2 * rings) + 12 * weave
    blue = 128 + 26 * np.cos(angle + phase) * glow + 10 * petals
    red = 128 + 22 * np.sin(angle - phase) * glow - 12 * rings * glow
    return plane(luma) + plane(blue[::2, ::2]) + plane(red[::2, ::2])


for number in range(LOOP * LOOPS):
    sys.stdout.buffer.write(frame(number % LOOP))
