// One message: bubble, picture, document, inline keyboard.

import { clock, el, fileSize, icon } from "./dom.js";
import { passButton } from "./pass.js";
import { richText } from "./richtext.js";

export function renderMessage(message, phone) {
  const side = message.from_bot ? "from-bot" : "from-person";
  const node = el("article", { class: `message ${side}`, "data-id": message.id });
  node.append(bubble(message, phone));
  if (message.inline.length) node.append(inlineKeyboard(message, phone));
  return node;
}

function bubble(message, phone) {
  const parts = [media(message, phone), words(message, phone)];
  if (message.caption_above) parts.reverse();
  const classes = ["bubble", message.photo && "has-photo", !message.text && "wordless"].filter(Boolean);
  return el("div", { class: classes.join(" ") },
    quote(message, phone), ...parts, shared(message), !message.text && meta(message));
}

function words(message, phone) {
  if (!message.text) return null;
  return el("div", { class: "text" }, richText(message.text, message.entities, phone.actions), meta(message));
}

function meta(message) {
  const time = clock(message.sent_at);
  return el("span", { class: "meta" }, message.edited ? `edited ${time}` : time);
}

function quote(message, phone) {
  const original = message.reply_to && phone.message(message.reply_to);
  return original && el("div", { class: "quote" }, original.text || (original.photo ? "Photo" : "File"));
}

function shared(message) {
  return message.shared.length > 0 && el("div", { class: "text" }, `Picked: ${message.shared.join(", ")}`);
}

function media(message, phone) {
  if (message.photo) return photo(message, phone);
  if (message.document?.name.endsWith(".pkpass")) return passButton(message.document, phone);
  if (message.document) return documentLink(message.document);
  if (message.location) return el("div", { class: "text" }, `📍 ${message.location.latitude}, ${message.location.longitude}`);
  return null;
}

function photo(message, phone) {
  const { url, width, height } = message.photo;
  const image = el("img", { src: url, width, height, alt: message.text || "Photo", class: message.spoiler && "veiled" });
  return el("button", { type: "button", class: "photo", "aria-label": "Enlarge the picture", onclick: () => phone.enlarge(url) }, image);
}

function documentLink(file) {
  return el("a", { class: "document", href: file.url, download: file.name },
    el("span", { class: "document-icon" }, icon("file")),
    el("span", {}, el("strong", {}, file.name), el("small", {}, `${fileSize(file.size_bytes)} · Download`)));
}

function inlineKeyboard(message, phone) {
  const rows = message.inline.map((row) => el("div", { class: "button-row" },
    row.map((button) => inlineButton(message, button, phone))));
  return el("div", { class: "inline-keyboard", role: "group", "aria-label": "Buttons of the message" }, rows);
}

const MARKS = { copy: "copy", url: "link" };

function inlineButton(message, button, phone) {
  const press = (event) => phone.pressInline(message, button, event.currentTarget);
  const mark = MARKS[button.kind];
  return el("button", { type: "button", class: `key ${button.style}`, onclick: press },
    el("span", { class: "label" }, button.text), mark && icon(mark));
}

// Telegram's free message effects, by id.
const EFFECTS = {
  "5104841245755180586": "🔥", "5107584321108051014": "👍", "5104858069142078462": "👎",
  "5159385139981059251": "❤️", "5046509860389126442": "🎉", "5046589136895476101": "💩",
};

export function playEffect(message, screen) {
  const emoji = EFFECTS[message.effect];
  if (!emoji || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const burst = el("div", { class: "burst", "aria-hidden": "true" });
  for (let index = 0; index < 14; index += 1) {
    const style = { "--x": `${(index * 53) % 100}%`, "--delay": `${(index % 5) * 90}ms`, "--drift": `${((index * 37) % 60) - 30}px` };
    burst.append(el("span", { style }, emoji));
  }
  screen.append(burst);
  setTimeout(() => burst.remove(), 2600);
}
