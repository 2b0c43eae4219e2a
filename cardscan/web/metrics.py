"""Counters for an operator. Labels are templates, codes and outcomes: nothing of a card, a file or a person."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from cardscan.records import Timing, Verification

SECONDS = (0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)


class Metrics:
    """The metrics of one app, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "cardscan_requests", "Requests answered.", ("route", "method", "status"), registry=self.registry
        )
        self.seconds = Histogram(
            "cardscan_request_seconds", "Time to answer.", ("route",), buckets=SECONDS, registry=self.registry
        )
        self.verifications = Counter("cardscan_verifications", "Cards answered.", ("outcome",), registry=self.registry)
        self.stages = Histogram(
            "cardscan_stage_seconds", "Time in a stage.", ("stage",), buckets=SECONDS, registry=self.registry
        )
        self.errors = Counter("cardscan_errors", "Errors answered.", ("code",), registry=self.registry)
        self.running = Gauge("cardscan_readers_busy", "Cards being read.", registry=self.registry)
        self.waiting = Gauge("cardscan_queue_length", "Cards waiting for a reader.", registry=self.registry)
        self.ready = Gauge("cardscan_ready", "1 when cards can be read.", registry=self.registry)

    def note(self, verification: Verification) -> None:
        """Count an answer and the time it took."""
        self.verifications.labels(verification.decision.outcome).inc()
        for stage in Timing.model_fields:
            self.stages.labels(stage).observe(getattr(verification.timing_ms, stage) / 1000)

    def text(self) -> bytes:
        return generate_latest(self.registry)
