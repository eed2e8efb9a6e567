"""Methods by which the bot receives updates: https://core.telegram.org/bots/api#getting-updates."""

from bot.sandbox.api_methods import DeleteWebhook, GetUpdates, GetWebhookInfo, SetWebhook
from bot.sandbox.errors import conflict
from bot.sandbox.webhook import checked_settings
from bot.sandbox.wire import Json
from bot.sandbox.world import World


async def get_updates(world: World, request: GetUpdates) -> list[Json]:
    if world.webhook.settings:
        raise conflict(
            "can't use getUpdates method while webhook is active; use deleteWebhook to delete it first"
        )
    world.updates.allow(request.allowed_updates)
    updates = await world.updates.poll(
        offset=request.offset or 0,
        limit=100 if request.limit is None else request.limit,
        timeout_seconds=request.timeout or 0,
    )
    return [update.as_json() for update in updates]


async def set_webhook(world: World, request: SetWebhook) -> bool:
    settings = None
    if request.url:
        settings = checked_settings(request.url, request.secret_token, request.max_connections)
    world.updates.allow(request.allowed_updates)
    if request.drop_pending_updates:
        world.updates.drop_all()
    world.updates.terminate_poller(conflict("terminated by setWebhook request"))
    await world.webhook.use(settings)
    return True


async def delete_webhook(world: World, request: DeleteWebhook) -> bool:
    if request.drop_pending_updates:
        world.updates.drop_all()
    await world.webhook.use(None)
    return True


async def get_webhook_info(world: World, _: GetWebhookInfo) -> Json:
    webhook = world.webhook
    info: Json = {
        "url": webhook.settings.url if webhook.settings else "",
        "has_custom_certificate": False,
        "pending_update_count": len(world.updates.pending),
        "allowed_updates": list(world.updates.allowed),
    }
    if webhook.settings:
        info["max_connections"] = webhook.settings.max_connections
    if webhook.last_error:
        info["last_error_date"] = webhook.last_error.at
        info["last_error_message"] = webhook.last_error.message
    return info
