"""Numbers for Prometheus: requests as they end, and what the controller knows when it is asked."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, GCCollector, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric

from prodflow import __version__
from prodflow.session.controller import Controller

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_METHODS = ("GET", "HEAD", "POST", "OPTIONS")


class Metrics:
    """The numbers of one server; several in a process do not mix.

    Args:
        controller: what is asked and answered.
    """

    def __init__(self, controller: Controller) -> None:
        """Start at zero."""
        self._registry = CollectorRegistry(auto_describe=False)
        self._requests = Counter(
            "prodflow_requests", "Requests answered.", ("method", "route", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "prodflow_request_seconds", "Time to answer.", ("route",), buckets=_SECONDS, registry=self._registry
        )
        self._refused = Counter("prodflow_wrong_tokens", "Links and tokens refused.", registry=self._registry)
        self._registry.register(_ControllerNumbers(controller))
        ProcessCollector(registry=self._registry)
        GCCollector(registry=self._registry)

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request."""
        self._requests.labels(method if method in _METHODS else "other", route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)
        if status in (401, 429):
            self._refused.inc()

    def text(self) -> bytes:
        """Return all numbers in the text format of Prometheus."""
        return generate_latest(self._registry)


class _ControllerNumbers:
    """Asks the controller at each scrape."""

    def __init__(self, controller: Controller) -> None:
        self._controller = controller

    def collect(self) -> Iterator[Metric]:
        controller = self._controller
        yield InfoMetricFamily(
            "prodflow",
            "What is served.",
            {"version": __version__, "dataset": controller.dataset, "view": controller.view_id},
        )
        yield GaugeMetricFamily("prodflow_answers", "Answers in the dataset.", controller.total_annotated)
        yield CounterMetricFamily(
            "prodflow_answered_tasks", "Tasks answered since the start.", controller.session_annotated
        )
        yield GaugeMetricFamily("prodflow_sessions", "Sessions that have connected.", len(controller.session_ids))
        yield GaugeMetricFamily(
            "prodflow_open_tasks", "Tasks that are out or wait to be.", len(controller.open_tasks())
        )
        failed = 1 if controller.stream_error is not None else 0
        yield GaugeMetricFamily("prodflow_stream_failed", "Whether the stream stopped with an error.", failed)
        progress = controller.progress
        if progress is not None:
            yield GaugeMetricFamily("prodflow_progress", "Progress of the whole, from 0 to 1.", progress)
