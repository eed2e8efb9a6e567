"""What operators watch, in Prometheus' text format (https://prometheus.io/docs/practices/naming/)."""

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

from domain.steps import Step


class Metrics:
    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.steps = Counter(
            "stempel_steps", "Steps of updates and messages", ["step"], registry=self._registry
        )
        self._step_counters = {step: self.steps.labels(step.value) for step in Step}
        self.messages = Counter(
            "stempel_messages",
            "Outbox messages by kind and outcome",
            ["kind", "outcome"],
            registry=self._registry,
        )
        self.replayed = Counter(
            "stempel_updates_replayed",
            "Updates taken up again after a restart; each may repeat an answer",
            registry=self._registry,
        )
        self.violations = Gauge(
            "stempel_invariant_violations", "What the last verify found", registry=self._registry
        )

    def count_step(self, step: Step) -> None:
        self._step_counters[step].inc()

    def exposition(self) -> bytes:
        return generate_latest(self._registry)
