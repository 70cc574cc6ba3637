"""Loaders start streams: files, folders, datasets and standard input become tasks."""

from prodflow.loaders.csv import csv
from prodflow.loaders.dataset import dataset
from prodflow.loaders.guess import get_loader
from prodflow.loaders.images import images
from prodflow.loaders.json import json
from prodflow.loaders.jsonl import jsonl
from prodflow.loaders.parquet import parquet
from prodflow.loaders.recordings import audio, video
from prodflow.loaders.stream import Stream, get_stream
from prodflow.loaders.txt import txt
from prodflow.loaders.wrapper import STREAM_PLACEHOLDER

CSV, JSON, JSONL, TXT, Audio, Images, Parquet, Video = csv, json, jsonl, txt, audio, images, parquet, video
"""The loaders by the names that recipes written for Prodigy import."""

__all__ = [
    "CSV",
    "JSON",
    "JSONL",
    "STREAM_PLACEHOLDER",
    "TXT",
    "Audio",
    "Images",
    "Parquet",
    "Stream",
    "Video",
    "audio",
    "csv",
    "dataset",
    "get_loader",
    "get_stream",
    "images",
    "json",
    "jsonl",
    "parquet",
    "txt",
    "video",
]
