// The mails that came to anybody's address: a list beside the phones, and one of them open in a frame that runs nothing.

import { clock, day, el, icon } from "./dom.js";

const NARROW = matchMedia("(max-width: 900px)");

export class Inbox {
  constructor(button, root) {
    this.button = button;
    this.root = root;
    this.mails = [];
    this.open = null;
    this.seen = 0;
    button.addEventListener("click", () => this.toggle(root.hidden));
    root.addEventListener("keydown", (event) => { if (event.key === "Escape") this.back(); });
  }

  show(mails) {
    const isFirst = !this.mails.length && mails.length > 0;
    if (JSON.stringify(mails) === JSON.stringify(this.mails)) return;
    this.mails = mails;
    if (isFirst && !NARROW.matches && document.body.dataset.ready) this.root.hidden = false;
    this.render();
  }

  toggle(isOpen) {
    this.root.hidden = !isOpen;
    this.open = null;
    this.render();
    if (isOpen) this.root.querySelector("button")?.focus();
    else this.button.focus();
  }

  back() {
    if (!this.open) { this.toggle(false); return; }
    const number = this.open.number;
    this.open = null;
    this.render();
    this.root.querySelector(`[data-number="${number}"]`)?.focus();
  }

  read(mail) {
    this.open = mail;
    this.render();
    this.root.querySelector("button").focus();
  }

  render() {
    if (!this.root.hidden) this.seen = Math.max(this.seen, this.mails[0]?.number ?? 0);
    const unseen = this.mails.filter((mail) => mail.number > this.seen).length;
    this.button.hidden = !this.mails.length;
    this.button.setAttribute("aria-expanded", String(!this.root.hidden));
    this.button.replaceChildren("Inbox", unseen ? el("span", { class: "unseen" }, String(unseen)) : "");
    if (!this.root.hidden && !(this.open && this.root.querySelector("iframe")?.dataset.number === String(this.open.number))) {
      this.root.replaceChildren(...(this.open ? this.opened(this.open) : this.list()));
    }
  }

  list() {
    return [
      el("header", {}, el("h2", {}, "Inbox"), round("close", "Close the inbox", () => this.toggle(false))),
      el("ul", {}, this.mails.map((mail) => el("li", {}, this.line(mail)))),
    ];
  }

  line(mail) {
    const when = `${day(mail.received_at)}, ${clock(mail.received_at)}`;
    return el("button", { type: "button", class: "mail", "data-number": mail.number, onclick: () => this.read(mail) },
      el("strong", {}, mail.subject), el("small", {}, `${mail.to} · ${when}`));
  }

  opened(mail) {
    return [
      el("header", {}, round("back", "Back to the inbox", () => this.back()), el("h2", {}, mail.subject),
        round("close", "Close the inbox", () => this.toggle(false))),
      el("p", {}, el("span", {}, mail.sender), el("small", {}, `to ${mail.to}`)),
      el("iframe", { sandbox: true, src: mail.url, title: mail.subject, "data-number": mail.number }),
    ];
  }
}

function round(name, label, press) {
  return el("button", { type: "button", class: "round", "aria-label": label, onclick: press }, icon(name));
}
