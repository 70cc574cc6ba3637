"""The waveform of a file: how low and how high the signal goes in each short stretch, read in constant memory."""

import sys
import time
import wave
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

MAX_COLUMNS = 2**20
COLUMNS_PER_SECOND = 4000
MAX_SECONDS = 24 * 3600
DECODING_LIMIT_S = 120.0
_SAMPLES_AT_ONCE = 2**20
_SAMPLES_LOOKED_AT = 2**23
_FULL_SCALE = 32767


class WaveformError(Exception):
    """There is no waveform of a file; the message says why."""


@dataclass(frozen=True)
class Waveform:
    """Lowest and highest values of equal stretches of a recording, all channels together."""

    seconds: float
    lows: "array[int]"
    highs: "array[int]"

    @cached_property
    def peak(self) -> float:
        """The largest value of all, in [0, 1]."""
        return max(-min(self.lows, default=0), max(self.highs, default=0)) / _FULL_SCALE

    def reduce(self, start: float, end: float, columns: int) -> list[int]:
        """Return lowest and highest values in turn, in [-127, 127] of the peak, of equal parts of a stretch.

        >>> Waveform(4.0, array("h", [-32767, 0, 0, -5]), array("h", [0, 9, 32767, 0])).reduce(0, 4, 2)
        [-127, 0, 0, 127]
        """
        per_second = len(self.lows) / self.seconds if self.seconds else 0
        first, last = start * per_second, min(end * per_second, len(self.lows))
        columns = max(0, min(columns, round(last - first)))
        scale = 127 / (self.peak * _FULL_SCALE or 1)
        values: list[int] = []
        for number in range(columns):
            left = int(first + (last - first) * number / columns)
            right = max(left + 1, int(first + (last - first) * (number + 1) / columns))
            values.append(round(min(self.lows[left:right]) * scale))
            values.append(round(max(self.highs[left:right]) * scale))
        return values


def read_waveform(path: Path, *, is_wanted: Callable[[], bool] = lambda: True) -> Waveform:
    """Read a file with libsndfile (the extra `audio`), or a plain WAV file with what Python has.

    Args:
        path: the file.
        is_wanted: asked now and then; when it says no, reading ends.

    Raises:
        WaveformError: if the file cannot be decoded here, is longer than a day, or takes more than two minutes.
    """
    deadline = time.monotonic() + DECODING_LIMIT_S

    def check() -> None:
        if not is_wanted():
            raise WaveformError("nobody waits for it any more")
        if time.monotonic() > deadline:
            raise WaveformError(f"decoding it takes more than {DECODING_LIMIT_S:.0f} seconds")

    try:
        import soundfile
    except (ImportError, OSError):  # OSError: the package is there, its library is not
        return _read_wave(path, check)
    try:
        with soundfile.SoundFile(path) as file:
            return _read_decoded(file, check)
    except (soundfile.SoundFileError, RuntimeError, ValueError) as error:
        reason = str(error).rpartition(": ")[2].rstrip(".")
        raise WaveformError(f"it cannot be decoded here: {reason}") from error


def _stretch(frames: int, rate: int) -> int:
    """How many frames make a column of the waveform."""
    if frames > rate * MAX_SECONDS:
        raise WaveformError("it is longer than a day")
    return max(1, rate // COLUMNS_PER_SECOND, -(-frames // MAX_COLUMNS))


def _read_decoded(file: Any, check: Callable[[], None]) -> Waveform:
    stretch = _stretch(file.frames, file.samplerate)
    frames_at_once = stretch * max(1, _SAMPLES_AT_ONCE // (stretch * file.channels))
    lows, highs, read = array("h"), array("h"), 0
    while len(block := file.read(frames_at_once, dtype="float32", always_2d=True)):
        check()
        read += len(block)
        whole = len(block) // stretch * stretch
        for part, columns in ((block[:whole], whole // stretch), (block[whole:], 1)):
            if len(part):
                _append(part.reshape(columns, -1), lows, highs)
    return Waveform(read / file.samplerate, lows, highs)


def _append(columns: Any, lows: "array[int]", highs: "array[int]") -> None:
    for values, found in ((lows, columns.min(axis=1)), (highs, columns.max(axis=1))):
        values.frombytes((found.clip(-1, 1) * _FULL_SCALE).astype("int16").tobytes())


def _read_wave(path: Path, check: Callable[[], None]) -> Waveform:
    """Only the upper byte of each sample is looked at, and of long files not every sample."""
    try:
        with wave.open(str(path), "rb") as file:
            stretch = _stretch(file.getnframes(), file.getframerate())
            skip = max(1, file.getnframes() * file.getnchannels() // _SAMPLES_LOOKED_AT)
            lows, highs, read = array("h"), array("h"), 0
            for part, frames in _upper_bytes(file, stretch):
                check()
                read += frames
                wide = stretch * file.getnchannels()
                for left in range(0, len(part), wide):
                    values = part[left : left + wide : min(skip, wide)]
                    lows.append(min(values) * 256)
                    highs.append(max(values) * 256)
            return Waveform(read / file.getframerate(), lows, highs)
    except (wave.Error, EOFError) as error:
        raise WaveformError(
            f"it cannot be decoded here: {error}; other formats than plain WAV need pip install 'prodflow[audio]'"
        ) from error


def _upper_bytes(file: wave.Wave_read, stretch: int) -> Iterator[tuple[memoryview, int]]:
    width, channels = file.getsampwidth(), file.getnchannels()
    frames_at_once = stretch * max(1, _SAMPLES_AT_ONCE // (stretch * channels))
    while data := file.readframes(frames_at_once):
        if width == 1:  # the only width without a sign
            data = bytes(data).translate(_SIGNED)
        if width > 1 and sys.byteorder == "big":
            data = _swapped(data, width)
        yield memoryview(data).cast("b")[width - 1 :: width], len(data) // (width * channels)


_SIGNED = bytes((value + 128) % 256 for value in range(256))


def _swapped(data: bytes, width: int) -> bytes:
    """`wave` gives samples in the machine's byte order."""
    return b"".join(data[place : place + width][::-1] for place in range(0, len(data), width))
