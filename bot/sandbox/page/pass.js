// A pass as a phone's wallet shows it, kept up to date for as long as somebody looks.

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
  const stand = el("div", { class: "wallet" });
  const { closed } = openOverlay(phone, "Wallet", "wallet-app", (close) => [
    el("div", { class: "overlay-head" }, el("h3", {}, "Wallet"),
      el("button", { type: "button", class: "round", "aria-label": "Close", onclick: close }, icon("close"))),
    stand,
  ]);
  let before = "";
  const id = file.url.split("/").at(-1);
  const refresh = async () => {
    try {
      const pass = await get(`/sandbox/wallet/${id}?language=${phone.person.language}`);
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

function draw(pass) {
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
  const back = el("details", { class: "pass-back" }, el("summary", {}, "Back"),
    el("dl", {}, pass.backFields.flatMap((each) => [el("dt", {}, each.label ?? ""), el("dd", {}, String(each.value))])));
  return [front, back];
}

function field({ label, value }, kind = "") {
  return el("div", { class: `pass-field ${kind}` }, label && el("small", {}, label), el("span", {}, String(value)));
}
