"""What operators watch, in Prometheus' text format (https://prometheus.io/docs/practices/naming/)."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

from domain.ids import BotId
from domain.steps import Step, Trace


class Metrics:
    """What a bot has done bears its id; jobs of the process bear bot 0."""

    def __init__(self, processes: Callable[[], int] = lambda: 1) -> None:
        """``processes`` says how many are at work on the database."""
        self._registry = CollectorRegistry()
        at_work = Gauge("stempel_processes", "Processes at work on the database", registry=self._registry)
        at_work.set_function(processes)
        self.steps = self._counter("stempel_steps", "Steps of updates and messages", "bot", "step")
        self.messages = self._counter(
            "stempel_messages", "Outbox messages by kind and outcome", "bot", "kind", "outcome"
        )
        self.returned = self._counter(
            "stempel_mails_returned", "Mails that came back: marked their address, or noted", "bot", "outcome"
        )
        self.replayed = self._counter(
            "stempel_updates_replayed",
            "Updates taken up again after a restart; each may repeat an answer",
            "bot",
        )
        self.passes = self._counter(
            "stempel_wallet_passes",
            "Passes that wallets were told of, by outcome",
            "bot",
            "wallet",
            "outcome",
        )
        self.violations = Gauge(
            "stempel_invariant_violations", "What the last verify found", registry=self._registry
        )
        self.jobs = self._counter("stempel_job_runs", "Runs of jobs by outcome", "bot", "job", "outcome")
        self.job_seconds = self._counter("stempel_job_seconds", "Time spent in jobs", "bot", "job")

    def count_job(self, bot_id: BotId, name: str, *, is_ok: bool, seconds: float) -> None:
        self.jobs.labels(bot_id, name, "ok" if is_ok else "failed").inc()
        self.job_seconds.labels(bot_id, name).inc(seconds)

    def exposition(self) -> bytes:
        return generate_latest(self._registry)

    def _counter(self, name: str, documentation: str, *labels: str) -> Counter:
        return Counter(name, documentation, labels, registry=self._registry)


class BotMetrics:
    def __init__(self, metrics: Metrics, bot_id: BotId, trace: Trace) -> None:
        """``trace`` is called at each step, too."""
        self._trace = trace
        self._messages = metrics.messages
        self._returned = metrics.returned
        self._passes = metrics.passes
        self._bot_id = bot_id
        self._steps = {step: metrics.steps.labels(bot_id, step.value) for step in Step}
        self.replayed = metrics.replayed.labels(bot_id)

    def step(self, step: Step) -> None:
        self._steps[step].inc()
        self._trace(step)

    def count_message(self, kind: str, outcome: str) -> None:
        self._messages.labels(self._bot_id, kind, outcome).inc()

    def count_returned(self, outcome: str) -> None:
        self._returned.labels(self._bot_id, outcome).inc()

    def count_pass(self, wallet: str, outcome: str) -> None:
        self._passes.labels(self._bot_id, wallet, outcome).inc()
