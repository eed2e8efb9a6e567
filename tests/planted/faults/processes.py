"""Faults of several processes on one database."""

from tests.planted.fault import fault

PRESENCE = "tests/storage/test_presence.py"
AMONG = "tests/bot/telegram/test_among_processes.py"
FAULTS = (
    fault(
        "who stands still is dead as soon as who was killed",
        "storage.postgres.presence:Presence._bury",
        "STILL_AFTER_S if has_session else GONE_AFTER_S",
        "GONE_AFTER_S",
        PRESENCE,
    ),
    fault(
        "what was not watched counts as silence",
        "storage.postgres.presence:Presence._bury",
        "pulse is None or pulse.beat != beat",
        "pulse is None",
        PRESENCE,
    ),
    fault(
        "who was taken for dead goes on under its name",
        "storage.postgres.presence:Presence._beat",
        "self._tell(self._tellings)",
        "",
        PRESENCE,
    ),
    fault(
        "who leaves leads until it is gone",
        "domain.crew:Crew.leads",
        "not mate.is_leaving and bot_id in (None, mate.bot_id)",
        "bot_id in (None, mate.bot_id)",
        PRESENCE,
    ),
    fault(
        "a person's next update goes to whose the chat is, whoever has the one before",
        "storage.inbox:InboxRows._owner_of",
        "busy is not None",
        "False",
        PRESENCE,
    ),
    fault(
        "two processes receive a person's updates side by side",
        "storage.inbox:InboxRows._owner_of",
        "self.session.one(LOCK_PERSON, person_lock=_lock_of(received))",
        "",
        PRESENCE,
    ),
    fault(
        "nobody is told of what was received for them",
        "storage.inbox:InboxRows.receive",
        "self.session.one(CALL, whom=owner)",
        "",
        PRESENCE,
    ),
    fault(
        "what others have received is handled by who received it",
        "storage.inbox:InboxRows.receive",
        "inserted == 1 and is_mine",
        "inserted == 1",
        PRESENCE,
    ),
    fault(
        "what the living have to do is taken over",
        "storage.inbox:TAKE_NOBODYS",
        "_is_nobodys",
        "_inbox.c.owner.is_not(None)",
        PRESENCE,
    ),
    fault(
        "a dispatcher leases the chats of others",
        "storage.outbox:OutboxRows.lease_due",
        "SELECT_DUE_OF_MINE if self.crew.is_shared else SELECT_DUE",
        "SELECT_DUE",
        PRESENCE,
    ),
    fault(
        "a chat that has moved is not left to who is at it",
        "storage.outbox:OutboxRows._of_mine",
        "_listed({address for address, in busy})",
        "_listed(())",
        PRESENCE,
    ),
    fault(
        "a start frees the leases of others",
        "storage.outbox:RELEASE_LEASES",
        "or_(_deliveries.c.leased_by == bindparam('me'), _is_nobodys)",
        "_is_leased",
        PRESENCE,
    ),
    fault(
        "what comes later is handled before what another process has kept",
        "bot.telegram.inbox:Inbox.keep",
        "each.after is None or each.after in self._known",
        "True",
        AMONG,
    ),
    fault(
        "a process that may count as dead goes on to handle updates",
        "bot.telegram.inbox:Inbox._may_begin",
        "self._peers.is_sure() or self._stops.is_set()",
        "True",
        AMONG,
    ),
    fault(
        "a process that counted as dead keeps what waits",
        "bot.telegram.inbox:Inbox.__init__",
        "peers.on_lost(self._lets_go)",
        "",
        AMONG,
    ),
    fault(
        "an update that was marked while others' were fetched is handled again",
        "bot.telegram.inbox:Inbox._forgets",
        "self._forgotten_later is None",
        "True",
        AMONG,
    ),
    fault(
        "all processes run every job",
        "bot.jobs.schedule:make_scheduler",
        "recorder.run if entry.in_each else partial(_if_it_leads, peers, recorder)",
        "recorder.run",
        "tests/bot/jobs/test_schedule.py",
    ),
    fault(
        "each process sends as fast as one alone may",
        "bot.telegram.pacing:Pacer._interval",
        "self._sharing()",
        "1",
        "tests/bot/telegram/test_pacing.py",
    ),
)
