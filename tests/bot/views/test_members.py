"""What the pages of the team say about roles."""

from bot.texts import plain, texts
from bot.views.members import confirm_hand_over, member_role
from domain.account import Locale
from domain.rights import RIGHTS, Right
from domain.staff import Role
from tests.bot.views.scenes import ORDINARY, colleague

NAMED = {
    Right.MANAGE_OWNERS: "owners",
    Right.EXPORT: "exports",
    Right.ENTER_TAKINGS: "takings",
    Right.JUDGE_ONESELF: "told",
    Right.CLOSE_SHOP: "closing the shop",
}


def test_what_owners_alone_may_is_named_where_a_manager_is_made() -> None:
    assert RIGHTS[Role.OWNER] - RIGHTS[Role.MANAGER] == set(NAMED), "say so in member_role, in four languages"
    said = plain(member_role(texts(Locale.EN), colleague(ORDINARY)).text)
    assert [word for word in NAMED.values() if word not in said] == []


def test_who_hands_over_reads_what_they_lose() -> None:
    said = plain(confirm_hand_over(texts(Locale.EN), colleague(ORDINARY)).text)
    assert "exports, takings and closing the shop are theirs alone then" in said
