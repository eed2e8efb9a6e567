// One person's phone with the chat with the bot.

import { post } from "./api.js";
import { playEffect, renderMessage } from "./bubble.js";
import { Compose } from "./compose.js";
import { day, el, icon } from "./dom.js";
import { openCamera, showAlert } from "./overlay.js";
import { openGoogle } from "./pass.js";

const ROLES = { customer: "Customer", staff: "Staff", terminal: "Terminal", owner: "Owner" };
const ACTIONS = {
  typing: "is typing", upload_photo: "is sending a photo", upload_document: "is sending a file",
  choose_sticker: "is choosing a sticker", find_location: "is looking for a place",
};
const NEAR_BOTTOM = 80;

// The focus stays where it is when a part of the phone is drawn again.
const CONTROLS = "button, a, select";
const focusedControl = (node) => [...node.querySelectorAll(CONTROLS)].indexOf(document.activeElement);
const focusControl = (node, index) => node.querySelectorAll(CONTROLS)[index]?.focus();
const STOPS = "button:enabled, a[href], select, input, textarea, [tabindex='0']";

export class Phone {
  constructor(person, page) {
    this.page = page;
    this.person = person;
    this.messages = new Map();
    this.nodes = new Map();
    this.busy = new Map();
    this.answered = new Set();
    this.pendingLink = null;
    this.droppedReply = null;
    this.actions = {
      copy: (text) => this.copy(text),
      command: (text) => this.say(text),
      openLink: (url) => this.offerStart(url),
      isOwnLink: (url) => page.isOwnLink(url),
    };
    this.build();
  }

  build() {
    this.log = el("div", { class: "log", role: "log", "aria-live": "polite", tabindex: "0", "aria-label": `Chat of ${this.person.name} with the bot` });
    this.welcome = el("div", { class: "welcome" });
    this.toasts = el("div", { class: "toasts", role: "status" });
    this.owner = el("header", { class: "owner" });
    this.chatHead = el("div", { class: "chat-head" });
    this.compose = new Compose(this);
    this.screen = el("div", { class: "screen" }, this.chatHead, this.log, this.toasts, this.compose.root);
    this.log.append(this.welcome);
    this.followTheNewest();
    this.root = el("section", { class: `phone role-${this.person.role}`, "aria-label": `${this.person.name}, ${this.roleName()}`, "aria-describedby": "keys" }, this.owner, this.screen);
    this.root.addEventListener("keydown", (event) => this.keydown(event));
    this.update(this.person);
  }

  // Whoever reads the newest message goes on seeing it when pictures, fonts or the keyboard take their room.
  followTheNewest() {
    this.atNewest = true;
    this.below = 0;
    let top = 0;
    this.log.addEventListener("scroll", () => {
      // Only a person scrolls up: what grows between a scroll and its event must not look like it.
      const isUp = this.log.scrollTop < top;
      this.below = isUp ? this.hiddenBelow() : Math.min(this.below, this.hiddenBelow());
      if (isUp || this.isNearNewest()) this.atNewest = this.isNearNewest();
      top = this.log.scrollTop;
    });
    this.sizes = new ResizeObserver(() => { if (this.atNewest) this.hideBelow(this.below); });
    this.sizes.observe(this.log);
  }

  hiddenBelow() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight;
  }

  hideBelow(pixels) {
    this.below = pixels;
    this.log.scrollTop = this.log.scrollHeight - this.log.clientHeight - pixels;
  }

  isNearNewest() {
    return this.hiddenBelow() < NEAR_BOTTOM;
  }

  showNewest() {
    this.hideBelow(0);
    this.atNewest = true;
  }

  isInSight(node) {
    return node.getBoundingClientRect().top < this.log.getBoundingClientRect().bottom;
  }

  // -- the keyboard: Tab goes round in a phone, or in what covers its screen ---------------------------------

  enter() {
    this.root.scrollIntoView({ inline: "nearest", block: "nearest" });
    this.screen.querySelector(".overlay button, .start, .compose:not([inert]) textarea")?.focus();
  }

  keydown(event) {
    if (event.defaultPrevented) return;
    if (event.key === "Tab") this.goRound(event);
    else if (event.key === "F6") { event.preventDefault(); this.page.step(this, event.shiftKey ? -1 : 1); }
    else if (event.key === "Escape") this.page.leave();
  }

  goRound(event) {
    const within = this.screen.querySelector(".overlay") ?? this.root;
    const stops = [...within.querySelectorAll(STOPS)].filter((node) => node.checkVisibility());
    const [next, last] = event.shiftKey ? [stops.at(-1), stops[0]] : [stops[0], stops.at(-1)];
    if (document.activeElement !== last && within.contains(document.activeElement)) return;
    event.preventDefault();
    next?.focus();
  }

  roleName() {
    return ROLES[this.person.role] ?? this.person.role;
  }

  // -- what the sandbox says --------------------------------------------------------------------------------

  update(person) {
    const before = JSON.stringify([this.person.language, this.person.blocked]);
    this.person = person;
    if (!this.owner.childElementCount || before !== JSON.stringify([person.language, person.blocked])) this.renderOwner();
    this.renderChatHead();
    this.renderWelcome();
    this.compose.render();
    clearTimeout(this.actionTimer);
    if (person.action) {
      this.actionTimer = setTimeout(() => this.update({ ...this.person, action: null }), person.action_seconds * 1000);
    }
  }

  showAll(messages) {
    const kept = new Set(messages.map((message) => message.id));
    for (const id of [...this.messages.keys()]) if (!kept.has(id)) this.show(id, null);
    for (const message of messages) this.show(message.id, message, { quiet: true });
    this.showNewest();
  }

  show(id, message, { quiet = false } = {}) {
    const old = this.messages.get(id);
    if (JSON.stringify(old) === JSON.stringify(message ?? undefined)) return;
    const isNew = !old;
    const follows = isNew && (this.atNewest || !message.from_bot);
    // What changes keeps its lower edge, however far up the chat is: the finger on a button stays on its row.
    const below = !isNew && this.isInSight(this.nodes.get(id)) ? this.hiddenBelow() : null;
    if (!message) this.drop(id);
    else this.put(id, message, quiet);
    if (follows) this.showNewest();
    else if (below !== null) this.hideBelow(below);
    this.renderWelcome();
    this.compose.render();
  }

  put(id, message, quiet) {
    const isNew = !this.messages.has(id);
    this.messages.set(id, message);
    const node = renderMessage(message, this);
    if (isNew && !quiet) node.classList.add("arrives");
    const before = this.nodes.get(id);
    const focused = before ? focusedControl(before) : -1;
    if (before) before.replaceWith(node);
    else this.log.append(...this.dayBefore(message), node);
    this.nodes.set(id, node);
    this.sizes.observe(node);
    focusControl(node, focused);
    if (focused >= 0 && !node.contains(document.activeElement)) this.log.focus();
    if (isNew && !quiet) playEffect(message, this.screen);
  }

  dayBefore(message) {
    const name = day(message.sent_at);
    if (name === this.day) return [];
    this.day = name;
    return [el("p", { class: "day" }, name)];
  }

  drop(id) {
    this.messages.delete(id);
    if (this.nodes.get(id)?.contains(document.activeElement)) this.log.focus();
    this.nodes.get(id)?.remove();
    this.nodes.delete(id);
  }

  answer({ query, text, alert, url }) {
    this.answered.add(query);
    this.busy.get(query)?.classList.remove("busy");
    this.busy.delete(query);
    if (text && alert) showAlert(this, text);
    else if (text) this.toast(text);
    if (url) this.offerStart(url);
  }

  message(id) {
    return this.messages.get(id);
  }

  others() {
    return this.page.people().filter((person) => person.id !== this.person.id);
  }

  get replyTo() {
    return this.person.reply_to !== this.droppedReply ? this.person.reply_to : null;
  }

  // -- what the person does ---------------------------------------------------------------------------------

  async act(path, body = {}) {
    try {
      return await post(path, { person: this.person.id, ...body });
    } catch (error) {
      this.toast(error.message, "refused");
      return null;
    }
  }

  say(text) {
    return this.act("/sandbox/send", this.replyTo ? { text, reply_to: this.replyTo } : { text });
  }

  start() {
    const link = this.pendingLink ?? this.page.botLink();
    this.pendingLink = null;
    this.compose.render();
    this.act("/sandbox/open", { link });
  }

  offerStart(link) {
    if (!this.page.isOwnLink(link)) {
      this.toast(`This code does not lead to the bot: ${link}`, "refused");
      return;
    }
    this.pendingLink = link;
    this.compose.render();
    this.screen.querySelector(".start")?.focus();
  }

  async pressInline(message, button, node) {
    if (button.kind === "copy") this.copy(button.copy);
    else if (button.kind === "chat") this.offerStart(button.url);
    else if (button.kind === "url" && this.page.isGoogleLink(button.url)) openGoogle(button.url, this);
    else if (button.kind === "url") window.open(button.url, "_blank", "noopener");
    else if (button.kind === "inline_mode") this.toast("The sandbox has no inline mode.", "refused");
    else await this.pressCallback(message, button, node);
  }

  async pressCallback(message, button, node) {
    node.classList.add("busy");
    const pressed = await this.act("/sandbox/press", { message_id: message.id, data: button.data });
    if (!pressed || this.answered.has(pressed.id)) node.classList.remove("busy");
    else this.busy.set(pressed.id, node);
  }

  async copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      this.toast(`Copied: ${text}`);
    } catch {
      this.toast(`The browser does not let this page copy: ${text}`, "refused");
    }
  }

  cancelReply() {
    this.droppedReply = this.person.reply_to;
    this.compose.render();
  }

  enlarge(url) {
    this.page.enlarge(url);
  }

  toast(text, kind = "") {
    const node = el("p", { class: `toast ${kind}` }, text);
    this.toasts.replaceChildren(node);
    setTimeout(() => node.remove(), 2500 + text.length * 40);
  }

  // -- the frame --------------------------------------------------------------------------------------------

  renderOwner() {
    const { name, language, blocked } = this.person;
    const focused = focusedControl(this.owner);
    const options = [...new Set([...this.page.languages, language])].map((code) => el("option", { value: code, selected: code === language }, code));
    const choice = el("select", { "aria-label": `Language of ${name}'s Telegram`, title: "Language of the phone" }, options);
    choice.addEventListener("change", () => this.act("/sandbox/language", { language: choice.value }));
    const blockLabel = blocked ? "Unblock the bot" : "Block the bot";
    this.owner.replaceChildren(
      el("span", { class: "avatar", "aria-hidden": "true" }, name.slice(0, 1)),
      el("h2", {}, name, el("small", {}, this.roleName())),
      choice,
      el("button", { type: "button", class: `round ${blocked ? "on" : ""}`, "aria-label": blockLabel, title: blockLabel, onclick: () => this.act("/sandbox/block", { blocked: !this.person.blocked }) }, icon("block")),
      el("button", { type: "button", class: "scan", onclick: () => openCamera(this) }, icon("camera"), "Scan"));
    focusControl(this.owner, focused);
  }

  renderChatHead() {
    const { bot_name: name, action } = this.person;
    const status = action ? el("span", { class: "doing" }, ACTIONS[action] ?? "is busy", el("i", {}), el("i", {}), el("i", {})) : "bot";
    this.chatHead.replaceChildren(el("span", { class: "bot-avatar", "aria-hidden": "true" }, name.slice(0, 1)),
      el("div", {}, el("strong", {}, name), el("small", {}, status)));
  }

  renderWelcome() {
    this.welcome.hidden = this.messages.size > 0;
    const { description, bot_name: name } = this.person;
    this.welcome.replaceChildren(
      el("strong", {}, description ? "What can this bot do?" : name),
      el("p", {}, description || "No messages here yet."));
  }
}
