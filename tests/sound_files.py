"""Recordings made on the spot."""

import math
import struct
import wave
from array import array
from pathlib import Path


def tone(seconds: float, *, rate: int = 8000, hertz: float = 440.0, loudness: float = 0.5) -> bytes:
    """A sine, 16 bits, one channel."""
    values = (
        round(32767 * loudness * math.sin(2 * math.pi * hertz * place / rate)) for place in range(round(seconds * rate))
    )
    return array("h", values).tobytes()


def silence(seconds: float, *, rate: int = 8000) -> bytes:
    """Nothing, 16 bits, one channel."""
    return bytes(2 * round(seconds * rate))


def write_wav(path: Path, *parts: bytes, rate: int = 8000, channels: int = 1, width: int = 2) -> Path:
    """Write frames as a WAV file."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        for part in parts:
            file.writeframes(part)
    return path


def write_long_wav(path: Path, hours: float) -> Path:
    """A second of a tone, then nine of silence, again and again; not held in memory."""
    part = tone(1) + silence(9)
    count = round(hours * 360)
    size = count * len(part)
    head = struct.pack("<4sI8sIHHIIHH4sI", b"RIFF", 36 + size, b"WAVEfmt ", 16, 1, 1, 8000, 16000, 2, 16, b"data", size)
    with path.open("wb") as file:
        file.write(head)
        for _ in range(count):
            file.write(part)
    return path
