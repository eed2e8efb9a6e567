// What covers a phone's screen for a while: the camera, the picture chooser, the people chooser, an alert.

import { get, post } from "./api.js";
import { el, icon } from "./dom.js";

export function openOverlay(phone, label, kind, build) {
  const opener = document.activeElement;
  const covered = [...phone.screen.children];
  const overlay = el("div", { class: `overlay ${kind}`, role: "dialog", "aria-modal": "true", "aria-label": label });
  const closing = new AbortController();
  const close = () => {
    closing.abort();
    overlay.remove();
    covered.forEach((node) => node.removeAttribute("inert"));
    if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
  };
  overlay.addEventListener("keydown", (event) => { if (event.key === "Escape") { event.stopPropagation(); close(); } });
  covered.forEach((node) => node.setAttribute("inert", ""));
  overlay.append(...build(close));
  phone.screen.append(overlay);
  overlay.querySelector("button, input")?.focus();
  return { close, closed: closing.signal };
}

function head(title, close) {
  return el("div", { class: "overlay-head" }, el("h3", {}, title),
    el("button", { type: "button", class: "round", "aria-label": "Close", onclick: close }, icon("close")));
}

export function openCamera(phone) {
  const view = el("div", { class: "viewfinder" }, el("p", {}, "Choose what the camera points at"));
  const result = el("div", { class: "scan-result", "aria-live": "polite" });
  const choices = el("div", { class: "choices" });
  const { close, closed } = openOverlay(phone, "Camera", "camera", (done) =>
    [head(`${phone.person.name}'s camera`, done), view, result, choices]);
  const point = (source) => aim(phone, source, view, result, close);
  showSources(phone, choices, closed, point, "No code is on any screen now. Let a customer open the card first.");
}

// What can be pointed at, in step with the screens until the overlay is closed.
function showSources(phone, choices, closed, choose, empty) {
  let shown = null;
  const fill = async () => {
    const sources = await get(`/sandbox/scannable?person=${phone.person.id}`);
    const ids = sources.map((source) => source.id).join();
    if (closed.aborted || ids === shown) return;
    const focus = !shown || choices.contains(document.activeElement);
    shown = ids;
    choices.replaceChildren(...sources.map((source) => sourceButton(source, choose)));
    if (!sources.length) choices.replaceChildren(el("p", { class: "empty" }, empty));
    if (focus) choices.querySelector("button")?.focus();
  };
  const refused = (error) => {
    shown = null;
    choices.replaceChildren(el("p", { class: "empty" }, error.message));
  };
  let last = Promise.resolve();
  const refresh = () => { last = last.then(fill).catch(refused); };
  phone.page.screens.addEventListener("change", refresh, { signal: closed });
  refresh();
}

function sourceButton(source, choose) {
  return el("button", { type: "button", class: "choice", onclick: () => choose(source) },
    el("img", { src: source.picture, alt: "" }), el("span", {}, source.label));
}

async function aim(phone, source, view, result, close) {
  view.replaceChildren(el("img", { src: source.picture, alt: source.label }));
  view.classList.add("aimed");
  try {
    const { text } = await post("/sandbox/scan", { person: phone.person.id, source: source.id });
    const open = () => { close(); phone.offerStart(text); };
    const button = el("button", { type: "button", class: "open-link", onclick: open },
      el("small", {}, "Open in Telegram"), el("span", {}, text.replace(/^https?:\/\//, "")));
    result.replaceChildren(button);
    button.focus();
  } catch (error) {
    result.replaceChildren(el("p", { class: "empty" }, error.message));
  }
}

export function choosePicture(phone) {
  const choices = el("div", { class: "choices" });
  const input = el("input", { type: "file", accept: "image/png,image/jpeg", class: "visually-hidden", "aria-label": "A picture of your own" });
  const own = el("label", { class: "own-picture" }, input, "Choose a picture of your own…");
  const place = locationForm((where) => { close(); phone.act("/sandbox/location", where); });
  const { close, closed } = openOverlay(phone, "Send a photo", "sheet", (done) =>
    [head("Send a photo of…", done), choices, own, place]);
  const send = (body) => { close(); phone.act("/sandbox/photo", body); };
  input.addEventListener("change", async () => input.files[0] && send({ image: await base64(input.files[0]) }));
  showSources(phone, choices, closed, (source) => send({ source: source.id }), "No code is on any other screen now.");
}

// Where somebody is: latitude and longitude in one line, as maps give them.
function locationForm(send) {
  const input = el("input", { type: "text", required: true, "aria-label": "Latitude, longitude", value: "49.61167, 6.13",
    pattern: "\\s*-?\\d+(\\.\\d+)?\\s*,\\s*-?\\d+(\\.\\d+)?\\s*" });
  const form = el("form", { class: "location" }, input, el("button", { type: "submit", class: "key" }, "Send this location"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const [latitude, longitude] = input.value.split(",").map(Number);
    send({ latitude, longitude });
  });
  return form;
}

async function base64(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = "";
  for (let at = 0; at < bytes.length; at += 32768) binary += String.fromCharCode(...bytes.subarray(at, at + 32768));
  return btoa(binary);
}

export function choosePeople(phone, people, most, done) {
  if (most === 1) chooseOne(phone, people, done);
  else chooseSeveral(phone, people, most, done);
}

function chooseOne(phone, people, done) {
  const { close } = openOverlay(phone, "Choose a person", "sheet", (shut) => [head("Choose a person", shut),
    el("div", { class: "people" }, people.map((person) =>
      el("button", { type: "button", class: "person-choice", onclick: () => { close(); done([person.id]); } },
        person.name, el("small", {}, person.role))))]);
}

function chooseSeveral(phone, people, most, done) {
  const chosen = new Set();
  const confirm = el("button", { type: "button", class: "key primary", disabled: true }, "Share");
  const { close } = openOverlay(phone, "Choose people", "sheet", (shut) => [head(`Choose up to ${most} people`, shut),
    el("div", { class: "people" }, people.map((person) => personToggle(person, chosen, most, confirm))), confirm]);
  confirm.addEventListener("click", () => { close(); done([...chosen]); });
}

function personToggle(person, chosen, most, confirm) {
  const box = el("input", { type: "checkbox" });
  box.addEventListener("change", () => {
    if (box.checked && chosen.size < most) chosen.add(person.id);
    else { chosen.delete(person.id); box.checked = false; }
    confirm.disabled = chosen.size === 0;
  });
  return el("label", { class: "person-choice" }, box, person.name, el("small", {}, person.role));
}

export function showAlert(phone, text) {
  openOverlay(phone, "Message", "alert", (close) => [
    el("div", { class: "alert-box" }, el("p", {}, text),
      el("button", { type: "button", class: "key primary", onclick: close }, "OK"))]);
}
