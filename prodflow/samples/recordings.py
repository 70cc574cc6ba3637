"""A sound and a film made on the spot, with nothing but the standard library and Pillow."""

import math
import struct
import wave
from array import array
from pathlib import Path

from prodflow.samples.shelf import COLUMNS, SIZE, shelf_bytes

RATE_HZ = 16_000
LENGTH_S = 6.0
VOICES = ((0.5, 2.4, 118.0), (3.1, 5.2, 205.0))
"""When two voices sound, from and to in seconds, and how high, in hertz."""

FRAMES_PER_S = 10
FRAMES = 40


def two_voices(file: Path) -> Path:
    """Write a WAV file in which two voices hum one after the other, in syllables."""
    samples = array("h", (round(32_000 * _loudness(place / RATE_HZ)) for place in range(round(LENGTH_S * RATE_HZ))))
    with wave.open(str(file), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(RATE_HZ)
        sound.writeframes(samples.tobytes())
    return file


def _loudness(second: float) -> float:
    for start, end, pitch_hz in VOICES:
        if start <= second < end:
            syllable = 0.5 - 0.5 * math.cos(2 * math.pi * 3.2 * (second - start))
            swell = math.sin(math.pi * (second - start) / (end - start))
            angle = 2 * math.pi * pitch_hz * second
            tone = math.sin(angle) + 0.5 * math.sin(2 * angle) + 0.3 * math.sin(3 * angle)
            return 0.5 * syllable * swell * tone
    return 0.004 * math.sin(second * 9_973)


def passing_shelf(file: Path) -> Path:
    """Write a WebM file, four seconds long, in which the shelf of `shelf_picture` passes by.

    Each picture of the film is the VP8 key frame out of a lossy WebP picture.
    """
    step = SIZE[0] // COLUMNS // 4
    frames = [_key_frame(shelf_bytes(shift=number * step, kind="WEBP")) for number in range(FRAMES)]
    file.write_bytes(_webm(frames, *SIZE))
    return file


def _key_frame(webp: bytes) -> bytes:
    place = webp.index(b"VP8 ")
    length = int.from_bytes(webp[place + 4 : place + 8], "little")
    return webp[place + 8 : place + 8 + length]


def _webm(frames: list[bytes], width: int, height: int) -> bytes:
    """Put VP8 frames into a Matroska file; times are milliseconds."""
    head = _element(0x1A45DFA3, _element(0x4282, b"webm"), _element(0x4287, _number(4)), _element(0x4285, _number(2)))
    length_ms = struct.pack(">d", 1000.0 * len(frames) / FRAMES_PER_S)
    about = [_element(0x2AD7B1, _number(1_000_000)), _element(0x4489, length_ms)]
    names = [_element(0x4D80, b"prodflow"), _element(0x5741, b"prodflow")]
    picture = _element(0xE0, _element(0xB0, _number(width)), _element(0xBA, _number(height)))
    codec = [_element(0xD7, _number(1)), _element(0x73C5, _number(1)), _element(0x83, _number(1))]
    track = _element(0x1654AE6B, _element(0xAE, *codec, _element(0x86, b"V_VP8"), picture))
    blocks = [
        _element(0xA3, b"\x81" + struct.pack(">hB", number * 1000 // FRAMES_PER_S, 0x80) + frame)
        for number, frame in enumerate(frames)
    ]
    cluster = _element(0x1F43B675, _element(0xE7, _number(0)), *blocks)
    return head + _element(0x18538067, _element(0x1549A966, *about, *names), track, cluster)


def _element(identity: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    name = identity.to_bytes((identity.bit_length() + 7) // 8, "big")
    return name + (len(body) | 1 << 56).to_bytes(8, "big") + body


def _number(value: int) -> bytes:
    return value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big")
