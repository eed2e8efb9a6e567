"""What operators see: ``/status``, and alarms about what they must look into."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from babel.numbers import format_decimal

from bot.texts import Texts
from bot.views.view import View
from domain.invariants import Violation
from domain.job_run import JobOutcome, JobRun
from domain.plumbing.dead_letters import DeadLetters
from domain.plumbing.see_status import Status
from domain.quick import dataclass
from domain.wallet import WalletCounts, WalletKind

VERIFY = "verify"
WALLETS = {WalletKind.APPLE: "Apple Wallet", WalletKind.GOOGLE: "Google Wallet"}
NAMED_MAX = 5
DETAIL_LENGTH_MAX = 200
BYTES_A_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """Facts about the process that are not in the database."""

    version: str
    started_at: datetime
    database_size_bytes: int
    at_work: Sequence[str] = ()
    """The names of all processes on the database, where there may be several."""


def status(t: Texts, process: Process, found: Status, now: datetime) -> View:
    lines = [
        t(
            "<b>Stempel {version}</b> · at work for {duration}",
            version=process.version,
            duration=_span(t, now - process.started_at),
        ),
        *_at_work(t, process.at_work),
        t("Database: {size} MB", size=_megabytes(t, process.database_size_bytes)),
        t(
            "Inbox: {waiting} waiting, {aside} kept aside",
            waiting=max(0, found.updates_waiting - 1),
            aside=found.dead_letters,
        ),
        t(
            "Outbox: {owed} to send, {failed} given up",
            owed=found.messages_owed,
            failed=found.messages_failed,
        ),
        *_held_back(t, found.messages_held),
        *_refused(t, found.mailboxes_refused),
        *_wallets(t, found.wallets),
        _last_check(t, found.jobs, now),
    ]
    jobs = [_job(t, run, now) for run in found.jobs]
    return View(text="\n".join([*lines, "", t("<b>Jobs</b>"), *(jobs or [t("None has run yet.")])]))


def violations_found(t: Texts, count: int, named: Sequence[Violation]) -> View:
    """The first few, with the rest counted."""
    said = [_violation(t, violation) for violation in named[:NAMED_MAX]]
    head = t.n(
        "🚨 <b>The nightly check found {count} violation.</b>",
        "🚨 <b>The nightly check found {count} violations.</b>",
        count,
    )
    hint = t("All of them: stempel verify")
    return View(text="\n".join([head, *said, *_and_more(t, count - len(said)), hint]))


def _violation(t: Texts, violation: Violation) -> str:
    detail = violation.detail[:DETAIL_LENGTH_MAX]
    if violation.card_id is None:
        return t("The database is damaged: {detail}", detail=detail)
    return t(
        "{invariant}: card {card}, {detail}",
        invariant=violation.invariant,
        card=violation.card_id,
        detail=detail,
    )


def check_failed(t: Texts, error: str) -> View:
    return View(
        text=t(
            "🚨 <b>The nightly check could not be carried out.</b>\n{error}. The log says more.", error=error
        )
    )


def copy_failed(t: Texts, error: str) -> View:
    return View(
        text=t(
            "🚨 <b>The nightly copy of the database could not be made.</b>\n{error}. The log says more.",
            error=error,
        )
    )


def dead_letters(t: Texts, found: DeadLetters) -> View:
    """What was kept aside: updates, each with the reference that its sender and the log have, and the bot's
    messages."""
    updates, messages = len(found.updates), len(found.deliveries)
    lines = []
    if updates:
        head = t.n(
            "🚨 <b>{count} message to the bot could not be handled</b> and was kept aside.",
            "🚨 <b>{count} messages to the bot could not be handled</b> and were kept aside.",
            updates,
        )
        hint = t("The log says more under the reference.")
        lines += [head, *_kept_aside(t, found.updates), hint]
    if messages:
        head = t.n(
            "🚨 <b>{count} message of the bot cannot be read</b> and was kept aside. Nobody will get it.",
            "🚨 <b>{count} messages of the bot cannot be read</b> and were kept aside. Nobody will get them.",
            messages,
        )
        ids = [(delivery.message_id, error) for delivery, error in found.deliveries]
        lines += [head, *_kept_aside(t, ids)]
    return View(text="\n".join(lines))


def certificate_ends(t: Texts, wallet: WalletKind, ends_at: datetime, now: datetime) -> View:
    """The certificate that signs the cards in a wallet ends soon, or has ended."""
    name, day = WALLETS[wallet], t.local_date(ends_at.date())
    if ends_at <= now:
        return View(
            text=t(
                "🚨 <b>The certificate for {wallet} ran out on {date}.</b> Cards there show no new stamps until it is"
                " renewed.",
                wallet=name,
                date=day,
            )
        )
    return View(
        text=t(
            "⚠️ <b>The certificate for {wallet} runs out on {date}.</b> Renew it before: without it, cards there show"
            " no new stamps.",
            wallet=name,
            date=day,
        )
    )


def _kept_aside(t: Texts, found: Sequence[tuple[object, str]]) -> list[str]:
    """The first few, with the rest counted."""
    named = [
        t("{update}: {error}", update=which, error=error[:DETAIL_LENGTH_MAX])
        for which, error in found[:NAMED_MAX]
    ]
    return [*named, *_and_more(t, len(found) - len(named))]


def _at_work(t: Texts, names: Sequence[str]) -> list[str]:
    """The names of all processes; empty for a process that is alone."""
    if len(names) < 2:
        return []
    return [t("{count} processes at work: {names}", count=len(names), names=", ".join(names))]


def _held_back(t: Texts, count: int) -> list[str]:
    said = t.n(
        "⚠️ {count} message is held back after a restore: stempel outbox release sends it",
        "⚠️ {count} messages are held back after a restore: stempel outbox release sends them",
        count,
    )
    return [said] if count else []


def _refused(t: Texts, count: int) -> list[str]:
    said = t.n(
        "E-mail: {count} address takes no mail",
        "E-mail: {count} addresses take no mail",
        count,
    )
    return [said] if count else []


def _wallets(t: Texts, counts: WalletCounts) -> list[str]:
    """The counts of cards in wallets; empty where there is no card in any."""
    if not (counts.passes or counts.owed or counts.given_up):
        return []
    return [
        t(
            "Wallets: {passes} cards, {owed} to tell, {failing} put off, {failed} given up",
            passes=counts.passes,
            owed=counts.owed,
            failing=counts.failing,
            failed=counts.given_up,
        )
    ]


def _last_check(t: Texts, jobs: Sequence[JobRun], now: datetime) -> str:
    for run in jobs:
        if run.job == VERIFY:
            ago = _span(t, now - run.last_finished_at)
            if run.outcome is JobOutcome.FAILED:
                return t("🚨 Last check: {duration} ago, it could not be carried out", duration=ago)
            if run.count:
                return t.n(
                    "🚨 Last check: {duration} ago, {count} violation",
                    "🚨 Last check: {duration} ago, {count} violations",
                    run.count,
                    duration=ago,
                )
            return t("Last check: {duration} ago, all in order", duration=ago)
    return t("Last check: none yet")


def _job(t: Texts, run: JobRun, now: datetime) -> str:
    ago = _span(t, now - run.last_finished_at)
    if run.outcome is JobOutcome.FAILED:
        return t.n(
            "🚨 {job}: {ago} ago, failed {count} time in a row ({error})",
            "🚨 {job}: {ago} ago, failed {count} times in a row ({error})",
            run.failures_in_a_row,
            job=run.job,
            ago=ago,
            error=run.error,
        )
    return t(
        "{job}: {ago} ago, {done} done in {took} ms",
        job=run.job,
        ago=ago,
        done=run.count,
        took=run.duration_ms,
    )


def _span(t: Texts, span: timedelta) -> str:
    """A duration in its largest unit, with the next smaller one for days and hours."""
    seconds = max(0, round(span.total_seconds()))
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
    if days:
        return t("{days} d {hours} h", days=days, hours=hours % 24)
    if hours:
        return t("{hours} h {minutes} min", hours=hours, minutes=minutes % 60)
    if minutes:
        return t("{minutes} min", minutes=minutes)
    return t("{seconds} s", seconds=seconds)


def _megabytes(t: Texts, size_bytes: int) -> str:
    return str(format_decimal(round(size_bytes / BYTES_A_MEGABYTE, 1), locale=t.locale.value))


def _and_more(t: Texts, count: int) -> list[str]:
    return [t.n("and {count} more", "and {count} more", count)] if count > 0 else []
