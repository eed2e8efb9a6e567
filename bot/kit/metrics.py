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

        self.jobs = Counter(
            "stempel_job_runs", "Runs of jobs by outcome", ["job", "outcome"], registry=self._registry
        )
        self.job_seconds = Counter(
            "stempel_job_seconds", "Time spent in jobs", ["job"], registry=self._registry
        )

    def count_job(self, name: str, *, is_ok: bool, seconds: float) -> None:
        self.jobs.labels(name, "ok" if is_ok else "failed").inc()
        self.job_seconds.labels(name).inc(seconds)

    def count_step(self, step: Step) -> None:
        self._step_counters[step].inc()

    def exposition(self) -> bytes:
        return generate_latest(self._registry)
