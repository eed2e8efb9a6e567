// A card as a phone's wallet shows it, kept up to date for as long as somebody looks: an Apple pass, or a Google card.

import { get } from "./api.js";
import { el, icon } from "./dom.js";
import { openOverlay } from "./overlay.js";

const EVERY_MS = 2000;

export function passButton(file, phone) {
  return el("button", { type: "button", class: "document", onclick: () => openPass(file, phone) },
    el("span", { class: "document-icon" }, icon("file")),
    el("span", {}, el("strong", {}, file.name), el("small", {}, "Open in Wallet")));
}

function openPass(file, phone) {
  openWallet(phone, "Wallet", `/sandbox/wallet/${file.url.split("/").at(-1)}?`, drawPass);
}

// What the link puts there stands behind the last slash.
export function openGoogle(link, phone) {
  openWallet(phone, "Google Wallet", `/sandbox/google?token=${encodeURIComponent(link.split("/").at(-1))}&`, drawGoogle);
}

function openWallet(phone, name, path, draw) {
  const stand = el("div", { class: "wallet" });
  const { closed } = openOverlay(phone, name, "wallet-app", (close) => [
    el("div", { class: "overlay-head" }, el("h3", {}, name),
      el("button", { type: "button", class: "round", "aria-label": "Close", onclick: close }, icon("close"))),
    stand,
  ]);
  let before = "";
  const refresh = async () => {
    try {
      const pass = await get(`${path}language=${phone.person.language}`);
      const now = JSON.stringify(pass);
      if (now !== before && !closed.aborted) stand.replaceChildren(...draw(pass));
      before = now;
    } catch (error) {
      stand.replaceChildren(el("p", { class: "empty" }, error.message));
    }
  };
  const timer = setInterval(refresh, EVERY_MS);
  closed.addEventListener("abort", () => clearInterval(timer));
  refresh();
}

function drawPass(pass) {
  const [ground, ink, label] = pass.colours;
  const style = { "--pass-ground": ground, "--pass-ink": ink, "--pass-label": label };
  const strip = el("div", { class: "pass-strip" }, pass.strip && el("img", { src: pass.strip, alt: "" }),
    pass.primaryFields.map((each) => field(each, "pass-large")));
  const front = el("article", { class: pass.voided ? "pass voided" : "pass", style },
    el("header", { class: "pass-head" },
      pass.logo && el("img", { src: pass.logo, alt: "" }), el("strong", {}, pass.name),
      el("div", { class: "pass-fields" }, pass.headerFields.map((each) => field(each)))),
    strip,
    el("div", { class: "pass-fields" }, [...pass.secondaryFields, ...pass.auxiliaryFields].map((each) => field(each))),
    pass.code && el("figure", { class: "pass-code" }, el("img", { src: pass.code, alt: "Code" }), el("figcaption", {}, pass.number)));
  return [front, behind("Back", pass.backFields)];
}

function drawGoogle(card) {
  const ink = isDark(card.colour) ? "#fff" : "#1f1f1f";
  const style = { "--pass-ground": card.colour, "--pass-ink": ink, "--pass-label": ink };
  const fields = [...card.balances, ...(card.account ? [card.account] : [])];
  const front = el("article", { class: card.state === "ACTIVE" ? "pass google" : "pass google voided", style },
    el("header", { class: "pass-head" }, card.logo && el("img", { src: card.logo, alt: "" }), el("span", {}, card.issuer)),
    el("h4", {}, card.name),
    el("div", { class: "pass-fields" }, fields.map((each) => field(each))),
    card.front.map((each) => el("div", { class: "pass-fields" }, field(each))),
    card.code && el("figure", { class: "pass-code" }, el("img", { src: card.code, alt: "Code" }), el("figcaption", {}, card.number)));
  return [front, behind("Details", card.back)];
}

function behind(title, fields) {
  return el("details", { class: "pass-back" }, el("summary", {}, title),
    el("dl", {}, fields.flatMap((each) => [el("dt", {}, each.label ?? ""), el("dd", {}, String(each.value))])));
}

// By how light red, green and blue are to the eye (ITU-R BT.601).
function isDark(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  return 0.299 * red + 0.587 * green + 0.114 * blue < 150;
}

function field({ label, value }, kind = "") {
  return el("div", { class: `pass-field ${kind}` }, label && el("small", {}, label), el("span", {}, String(value)));
}
