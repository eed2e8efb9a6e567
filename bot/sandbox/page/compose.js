// The bottom of a phone: START, the text box with the command menu, the reply keyboard.

import { el, icon } from "./dom.js";
import { choosePeople, choosePicture } from "./overlay.js";

export class Compose {
  constructor(phone) {
    this.phone = phone;
    this.root = el("footer", { class: "compose" });
    this.input = el("textarea", { rows: "1", "aria-label": `Message as ${phone.person.name}` });
    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("keydown", (event) => this.keydown(event));
    this.menu = el("div", { class: "commands", role: "listbox", "aria-label": "Commands", hidden: true });
    this.keysHidden = false;
    this.mode = "";
    this.drawn = "";
  }

  render() {
    const { person, pendingLink } = this.phone;
    const mode = pendingLink ? "start" : person.blocked ? "blocked" : person.started ? "chat" : "start";
    if (mode !== "chat") this.root.replaceChildren(this.bigButton(mode));
    else if (this.mode !== "chat") this.root.replaceChildren(this.menu, this.replyStrip(), this.bar(), this.keyboard());
    else this.refresh();
    this.mode = mode;
  }

  refresh() {
    const { keyboard, commands, menu } = this.phone.person;
    const wanted = JSON.stringify([keyboard, commands, menu, this.keysHidden, this.original()?.text]);
    if (wanted === this.drawn) return;
    this.drawn = wanted;
    this.root.querySelector(".reply-strip").replaceWith(this.replyStrip());
    this.root.querySelector(".reply-keyboard").replaceWith(this.keyboard());
    this.showBarButtons();
  }

  bigButton(mode) {
    const label = mode === "blocked" ? "Restart bot" : "START";
    const note = mode === "blocked" ? "The bot is blocked." : this.phone.pendingLink ? "A link opened this chat. Tap START to go on." : "";
    return el("div", { class: "big" }, note && el("small", {}, note),
      el("button", { type: "button", class: "start", onclick: () => this.phone.start() }, label));
  }

  bar() {
    this.menuButton = el("button", { type: "button", class: "menu-button", "aria-haspopup": "listbox", onclick: () => this.toggleMenu() },
      icon("menu"), el("span", {}, "Menu"));
    this.keysButton = el("button", { type: "button", class: "round", "aria-label": "Show or hide the keyboard", onclick: () => this.toggleKeys() }, icon("keys"));
    const attach = el("button", { type: "button", class: "round", "aria-label": "Send a photo", onclick: () => choosePicture(this.phone) }, icon("clip"));
    const send = el("button", { type: "button", class: "round send", "aria-label": "Send", onclick: () => this.send() }, icon("send"));
    this.showBarButtons();
    return el("div", { class: "bar-row" }, this.menuButton, this.input, this.keysButton, attach, send);
  }

  showBarButtons() {
    const { person } = this.phone;
    this.menuButton.hidden = !person.menu || person.commands.length === 0;
    this.keysButton.hidden = !person.keyboard;
    this.input.placeholder = person.keyboard?.placeholder || "Message";
  }

  // -- sending ----------------------------------------------------------------------------------------------

  send() {
    const text = this.input.value.trim();
    if (!text) return;
    this.input.value = "";
    this.typed();
    this.phone.say(text);
  }

  keydown(event) {
    if (this.menuKey(event)) return;
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      this.send();
    }
  }

  typed() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, 120)}px`;
    const text = this.input.value;
    if (/^\/\w*$/.test(text)) this.openMenu(text.slice(1));
    else this.closeMenu();
  }

  // -- the command menu -------------------------------------------------------------------------------------

  toggleMenu() {
    if (this.menu.hidden) { this.openMenu(""); this.input.focus(); } else this.closeMenu();
  }

  openMenu(prefix) {
    const commands = this.phone.person.commands.filter((each) => each.command.startsWith(prefix.toLowerCase()));
    this.menu.replaceChildren(...commands.map((each) => this.commandRow(each)));
    this.menu.hidden = commands.length === 0;
    this.mark(0);
  }

  commandRow({ command, description }) {
    const choose = () => { this.input.value = ""; this.typed(); this.phone.say(`/${command}`); };
    return el("div", { role: "option", class: "command", onclick: choose }, el("span", {}, description), el("code", {}, `/${command}`));
  }

  closeMenu() {
    this.menu.hidden = true;
  }

  mark(index) {
    const rows = [...this.menu.children];
    this.marked = rows.length ? (index + rows.length) % rows.length : 0;
    rows.forEach((row, at) => row.setAttribute("aria-selected", at === this.marked));
    rows[this.marked]?.scrollIntoView({ block: "nearest" });
  }

  menuKey(event) {
    if (this.menu.hidden) return false;
    const moves = { ArrowDown: 1, ArrowUp: -1 };
    if (moves[event.key]) this.mark(this.marked + moves[event.key]);
    else if (event.key === "Enter" || event.key === "Tab") this.menu.children[this.marked]?.click();
    else if (event.key === "Escape") this.closeMenu();
    else return false;
    event.preventDefault();
    return true;
  }

  // -- replies and the reply keyboard -----------------------------------------------------------------------

  replyStrip() {
    const original = this.original();
    if (!original) return el("div", { class: "reply-strip", hidden: true });
    return el("div", { class: "reply-strip" }, el("span", {}, `Reply to: ${original.text || "picture"}`),
      el("button", { type: "button", class: "round", "aria-label": "Do not reply", onclick: () => this.phone.cancelReply() }, icon("close")));
  }

  original() {
    return this.phone.replyTo ? this.phone.message(this.phone.replyTo) : undefined;
  }

  toggleKeys() {
    this.keysHidden = !this.keysHidden;
    this.refresh();
  }

  keyboard() {
    const keyboard = this.phone.person.keyboard;
    const rows = (keyboard?.rows ?? []).map((row) => el("div", { class: "button-row" }, row.map((key) => this.key(key))));
    return el("div", { class: "reply-keyboard", hidden: !keyboard || this.keysHidden, role: "group", "aria-label": "Keyboard of the bot" }, rows);
  }

  key(key) {
    const tap = (picks) => this.phone.act("/sandbox/tap", { text: key.text, picks });
    const press = () => (key.picks ? choosePeople(this.phone, this.phone.others(), key.picks, tap) : tap([]));
    return el("button", { type: "button", class: `key ${key.style}`, onclick: press }, key.text);
  }
}
