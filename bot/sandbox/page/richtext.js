// Telegram's text with entities as DOM nodes. Offsets count UTF-16 units, as JavaScript strings do.

import { el } from "./dom.js";

export function richText(text, entities, actions) {
  const ordered = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return pieces(text, 0, text.length, ordered, actions);
}

function pieces(text, start, end, entities, actions) {
  const nodes = [];
  let position = start;
  let index = 0;
  while (index < entities.length) {
    const entity = entities[index];
    const stop = Math.min(entity.offset + entity.length, end);
    let next = index + 1;
    while (next < entities.length && entities[next].offset < stop) next += 1;
    nodes.push(text.slice(position, entity.offset));
    const inner = pieces(text, entity.offset, stop, entities.slice(index + 1, next), actions);
    nodes.push(wrap(entity, text.slice(entity.offset, stop), inner, actions));
    position = BLOCKS.has(entity.type) && text[stop] === "\n" ? stop + 1 : stop;
    index = next;
  }
  nodes.push(text.slice(position, end));
  return nodes;
}

// A block ends its line by itself: the line break after it is not shown twice.
const BLOCKS = new Set(["pre", "blockquote", "expandable_blockquote"]);

const PLAIN = {
  bold: "strong", italic: "em", underline: "u", strikethrough: "s", pre: "pre",
  blockquote: "blockquote", expandable_blockquote: "blockquote",
};

function wrap(entity, source, inner, actions) {
  if (PLAIN[entity.type]) return el(PLAIN[entity.type], {}, inner);
  switch (entity.type) {
    case "code": return el("code", { title: "Copy", onclick: () => actions.copy(source) }, inner);
    case "spoiler": return spoiler(inner);
    case "bot_command": return actingLink("#", inner, () => actions.command(source));
    case "text_link": return link(entity.url, inner, actions);
    case "url": return link(source.includes("://") ? source : `https://${source}`, inner, actions);
    default: return el("span", { class: `entity-${entity.type}` }, inner);
  }
}

function spoiler(inner) {
  const node = el("span", { class: "spoiler", tabindex: "0", role: "button", "aria-label": "Hidden text: show" }, inner);
  const reveal = () => { node.classList.add("shown"); node.removeAttribute("aria-label"); };
  node.addEventListener("click", reveal);
  node.addEventListener("keydown", (event) => event.key === "Enter" && reveal());
  return node;
}

// A link that acts in the chat instead of leaving the page; as a button it could not break across lines.
function actingLink(href, inner, act) {
  return el("a", { href, onclick: (event) => { event.preventDefault(); act(); } }, inner);
}

function link(url, inner, actions) {
  if (actions.isOwnLink(url)) return actingLink(url, inner, () => actions.openLink(url));
  if (!/^(https?|mailto|tel):/.test(url)) return el("span", {}, inner);
  return el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, inner);
}
